package dev.lamina.cuda.lowering;

import dev.lamina.cuda.api.Kernel;
import dev.lamina.cuda.api.Launch;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Builds the step that launches a kernel: extents, then arguments in the order of the kernel's parameters, then {@link #add}. */
public final class KernelCall {
    /** Threads of a block in one dimension, unless said. */
    public static final int BLOCK = 256;
    /** Blocks at most, where threads stride over the elements. */
    private static final long MOST_BLOCKS = 65_535;

    private final Assembly assembly;
    private final List<String> nodes;
    private final String implementation;
    private final Launch.Builder builder;
    private final List<Buffer> pointers = new ArrayList<>();

    KernelCall(Assembly assembly, List<String> nodes, String implementation, Kernel kernel) {
        this.assembly = assembly;
        this.nodes = nodes;
        this.implementation = implementation;
        this.builder = Launch.of(kernel).block(BLOCK, 1, 1);
    }

    /** A row of blocks with at least this many threads, up to a limit after which threads stride over the elements. At least one block. */
    public KernelCall over(long threads) {
        return grid(Math.clamp(Math.ceilDiv(threads, BLOCK), 1, MOST_BLOCKS), 1, 1);
    }

    /** Blocks. */
    public KernelCall grid(long x, long y, long z) {
        builder.grid(Math.toIntExact(x), Math.toIntExact(y), Math.toIntExact(z));
        return this;
    }

    /** Threads of a block. */
    public KernelCall block(int x, int y, int z) {
        builder.block(x, y, z);
        return this;
    }

    /** Dynamic shared memory of a block in bytes. */
    public KernelCall shared(int bytes) {
        builder.shared(bytes);
        return this;
    }

    /** A pointer to a buffer. */
    public KernelCall pointer(Buffer buffer) {
        builder.pointer();
        pointers.add(buffer);
        return this;
    }

    /** A pointer to a value. */
    public KernelCall pointer(Place place) {
        return pointer(place.buffer());
    }

    /** An {@code int}. */
    public KernelCall int32(long value) {
        builder.int32(Math.toIntExact(value));
        return this;
    }

    /** A {@code long long}. */
    public KernelCall int64(long value) {
        builder.int64(value);
        return this;
    }

    /** Several {@code long long}s, e.g. strides. */
    public KernelCall int64s(long... values) {
        for (long value : values) {
            builder.int64(value);
        }
        return this;
    }

    /** A {@code float}. */
    public KernelCall float32(double value) {
        builder.float32((float) value);
        return this;
    }

    /** A {@code double}. */
    public KernelCall float64(double value) {
        builder.float64(value);
        return this;
    }

    /** Adds the step. */
    public void add() {
        Launch launch = builder.build();
        for (int slot = 0; slot < pointers.size(); slot++) {
            pointers.get(slot).follow(launch, slot);
        }
        Set<Buffer> used = new LinkedHashSet<>(pointers);
        assembly.add(nodes, implementation, stream -> stream.launch(launch), List.copyOf(used));
    }
}

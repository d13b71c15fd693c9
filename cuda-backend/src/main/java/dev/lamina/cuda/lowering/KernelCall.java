package dev.lamina.cuda.lowering;

import dev.lamina.cuda.api.Kernel;
import dev.lamina.cuda.api.Launch;
import dev.lamina.cuda.api.Stream;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Builds the step that launches a kernel: extents, then arguments in the order of the kernel's parameters, then {@link #add}. The kernel
 * itself is needed when all steps are known, so that generated kernels of one graph are compiled together.
 */
public final class KernelCall {
    /** Threads of a block in one dimension, unless said. */
    public static final int BLOCK = 256;
    /** Blocks at most, where threads stride over the elements. */
    private static final long MOST_BLOCKS = 65_535;

    private final Assembly assembly;
    private final List<String> nodes;
    private final String implementation;
    private final Supplier<Kernel> kernel;
    private final List<Consumer<Launch.Builder>> parts = new ArrayList<>();
    private final List<Buffer> pointers = new ArrayList<>();
    private final Set<Buffer> used = new LinkedHashSet<>();

    KernelCall(Assembly assembly, List<String> nodes, String implementation, Supplier<Kernel> kernel) {
        this.assembly = assembly;
        this.nodes = nodes;
        this.implementation = implementation;
        this.kernel = kernel;
        block(BLOCK, 1, 1);
    }

    /** A row of blocks with at least this many threads, up to a limit after which threads stride over the elements. At least one block. */
    public KernelCall over(long threads) {
        return grid(Math.clamp(Math.ceilDiv(threads, BLOCK), 1, MOST_BLOCKS), 1, 1);
    }

    /** Blocks. */
    public KernelCall grid(long x, long y, long z) {
        int blocks = Math.toIntExact(x);
        int rows = Math.toIntExact(y);
        int planes = Math.toIntExact(z);
        parts.add(builder -> builder.grid(blocks, rows, planes));
        return this;
    }

    /** Threads of a block. */
    public KernelCall block(int x, int y, int z) {
        parts.add(builder -> builder.block(x, y, z));
        return this;
    }

    /** Dynamic shared memory of a block in bytes. */
    public KernelCall shared(int bytes) {
        parts.add(builder -> builder.shared(bytes));
        return this;
    }

    /** A pointer to a buffer. */
    public KernelCall pointer(Buffer buffer) {
        parts.add(Launch.Builder::pointer);
        pointers.add(buffer);
        used.add(buffer);
        return this;
    }

    /** A pointer to a value. */
    public KernelCall pointer(Place place) {
        return pointer(place.buffer());
    }

    /** An {@code int}. */
    public KernelCall int32(long value) {
        int exact = Math.toIntExact(value);
        parts.add(builder -> builder.int32(exact));
        return this;
    }

    /** A {@code long long}. */
    public KernelCall int64(long value) {
        parts.add(builder -> builder.int64(value));
        return this;
    }

    /** Buffers that the kernel reads or writes through a table of pointers. */
    public KernelCall uses(List<Buffer> buffers) {
        used.addAll(buffers);
        return this;
    }

    /** Several {@code long long}s, e.g. strides. */
    public KernelCall int64s(long... values) {
        for (long value : values) {
            int64(value);
        }
        return this;
    }

    /** A {@code float}. */
    public KernelCall float32(double value) {
        float single = (float) value;
        parts.add(builder -> builder.float32(single));
        return this;
    }

    /** A {@code double}. */
    public KernelCall float64(double value) {
        parts.add(builder -> builder.float64(value));
        return this;
    }

    /** Adds the step. */
    public void add() {
        Late launch = new Late();
        assembly.later(() -> launch.build(Launch.of(kernel.get()), parts, pointers, assembly.arguments()));
        assembly.add(nodes, implementation, launch, List.copyOf(used));
    }

    /** A launch that is built when its kernel is there. */
    private static final class Late implements Step.Work {
        private Launch launch;

        void build(Launch.Builder builder, List<Consumer<Launch.Builder>> parts, List<Buffer> pointers, Arena arguments) {
            parts.forEach(part -> part.accept(builder));
            launch = builder.build(arguments);
            for (int slot = 0; slot < pointers.size(); slot++) {
                pointers.get(slot).follow(launch, slot);
            }
        }

        @Override
        public void enqueue(Stream stream) {
            stream.launch(launch);
        }
    }
}

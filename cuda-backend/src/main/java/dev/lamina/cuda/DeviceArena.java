package dev.lamina.cuda;

import dev.lamina.backend.ArenaPlanner;
import dev.lamina.backend.BackendException;
import dev.lamina.backend.CompileOptions.Poison;
import dev.lamina.backend.Extent;
import dev.lamina.cuda.api.Context;
import dev.lamina.cuda.api.DeviceMemory;
import dev.lamina.cuda.api.Stream;
import dev.lamina.cuda.lowering.Buffer;
import dev.lamina.cuda.lowering.Owned;
import dev.lamina.cuda.lowering.Step;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The memory of an executable: one allocation, in which buffers lie that are not alive together share bytes. One thread. */
final class DeviceArena implements AutoCloseable {
    /** Every buffer starts at a multiple of this many bytes, as the device's own allocations do. */
    static final long ALIGNMENT = 256;
    private static final byte GUARD = (byte) 0xA5;
    private static final long GUARD_BYTES = 256;

    private final DeviceMemory memory;
    private final ArenaPlanner.Plan plan;
    private final List<Buffer> buffers;
    private final boolean guards;

    /** Plans, allocates, fills with NaN and moves the buffers to their places. */
    DeviceArena(Context context, Stream stream, List<Buffer> own, List<Step> steps, boolean guards) {
        this.buffers = List.copyOf(own);
        this.guards = guards;
        List<ArenaPlanner.Block> blocks = new ArrayList<>();
        int end = steps.size();
        for (Buffer buffer : own) {
            boolean kept = buffer.home() == Buffer.Home.KEPT;
            // Where guards are watched every buffer has its own bytes, so that a guard belongs to one buffer all the time.
            int birth = kept || guards ? -1 : Math.min(buffer.birth(), end);
            blocks.add(new ArenaPlanner.Block(buffer.bytes() + (guards ? GUARD_BYTES : 0), birth,
                    kept || guards ? end : Math.max(birth, buffer.death())));
        }
        plan = ArenaPlanner.plan(blocks, ALIGNMENT);
        memory = context.allocate(Math.max(ALIGNMENT, plan.bytes()), "the arena of the graph, of which " + plan.lowerBound()
                + " bytes are alive at once" + at(steps));
        try {
            place(stream);
        } catch (RuntimeException e) {
            new Owned(memory).closeAfter(e);
            throw e;
        }
    }

    private void place(Stream stream) {
        // All ones is NaN in every floating type: an element that a step forgot to write shows.
        stream.fill(memory.address(), guards ? GUARD : Poison.ONES.pattern(), memory.bytes());
        for (int i = 0; i < buffers.size(); i++) {
            Buffer buffer = buffers.get(i);
            buffer.moveTo(memory.address() + plan.offsets()[i]);
            if (guards && buffer.bytes() > 0) {
                stream.fill(buffer.address(), Poison.ONES.pattern(), buffer.bytes());
            }
        }
    }

    private String at(List<Step> steps) {
        int peak = plan.peakStep();
        return peak < 0 || peak >= steps.size() || steps.get(peak).nodes().isEmpty() ? ""
                : " during " + String.join("+", steps.get(peak).nodes());
    }

    long address() {
        return memory.address();
    }

    long bytes() {
        return plan.bytes();
    }

    long lowerBound() {
        return plan.lowerBound();
    }

    /** All memory without some buffers and without guards; offsets are addresses. */
    List<Extent> without(Set<Buffer> spared) {
        List<Extent> kept = new ArrayList<>();
        for (Buffer buffer : buffers) {
            long offset = buffer.address() - memory.address();
            if (spared.contains(buffer)) {
                kept.add(new Extent(offset, buffer.bytes()));
            }
            if (guards) {
                kept.add(new Extent(offset + buffer.bytes(), GUARD_BYTES));
            }
        }
        return Extent.outside(memory.bytes(), kept).stream().map(e -> new Extent(memory.address() + e.offset(), e.bytes())).toList();
    }

    /**
     * Looks at the guards.
     *
     * @throws BackendException if a step has written behind one of the buffers
     */
    void check(Staging staging) {
        if (!guards) {
            return;
        }
        try (Arena scope = Arena.ofConfined()) {
            MemorySegment copy = scope.allocate(memory.bytes(), 64);
            staging.download(memory.address(), copy);
            overrun(copy).ifPresent(buffer -> {
                throw new BackendException("cuda: a step has written behind buffer \"" + buffer.name() + "\" of " + buffer.bytes()
                        + " bytes.", "This is a defect of a kernel; compile without fusion to find which.");
            });
        }
    }

    private Optional<Buffer> overrun(MemorySegment copy) {
        for (Buffer buffer : buffers) {
            long end = buffer.address() - memory.address() + buffer.bytes();
            for (long i = end; i < end + GUARD_BYTES; i++) {
                if (copy.get(ValueLayout.JAVA_BYTE, i) != GUARD) {
                    return Optional.of(buffer);
                }
            }
        }
        return Optional.empty();
    }

    @Override
    public void close() {
        memory.close();
    }
}

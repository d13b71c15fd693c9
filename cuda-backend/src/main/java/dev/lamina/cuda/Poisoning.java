package dev.lamina.cuda;

import dev.lamina.backend.CompileOptions.Poison;
import dev.lamina.backend.Extent;
import dev.lamina.cuda.api.DeviceMemory;
import dev.lamina.cuda.api.Stream;
import dev.lamina.cuda.lowering.Assembly;
import dev.lamina.cuda.lowering.Buffer;
import dev.lamina.cuda.lowering.Memory;
import dev.lamina.cuda.lowering.PointerTable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Fills the memory of an executable before steps write it, in the order of a stream. What is written once stays: constants, fills, tables
 * of addresses, what kernels have reported; so do guards. What depends on the state only is filled when it is computed anew. One thread.
 */
final class Poisoning {
    private final byte pattern;
    private final List<Extent> run;
    private final List<Extent> prologue;

    /** Extents are addresses on the device. */
    private Poisoning(byte pattern, List<Extent> run, List<Extent> prologue) {
        this.pattern = pattern;
        this.run = run;
        this.prologue = prologue;
    }

    /**
     * What is to be filled, once all buffers have their places; nothing without poison.
     *
     * @param workspaces memory of libraries that steps of this executable use besides
     */
    static Poisoning of(Assembly assembly, DeviceArena arena, List<DeviceMemory> workspaces, Poison poison) {
        if (poison == Poison.NONE) {
            return new Poisoning(poison.pattern(), List.of(), List.of());
        }
        Set<Buffer> once = once(assembly.memory());
        Set<Buffer> prepared = new HashSet<>();
        assembly.prologue().forEach(step -> prepared.addAll(step.buffers()));
        prepared.removeIf(buffer -> buffer.home() == Buffer.Home.STATE || once.contains(buffer));
        once.addAll(prepared);
        List<Extent> run = new ArrayList<>(arena.without(once));
        workspaces.forEach(memory -> run.add(new Extent(memory.address(), memory.bytes())));
        return new Poisoning(poison.pattern(), List.copyOf(run),
                prepared.stream().filter(b -> b.bytes() > 0).map(b -> new Extent(b.address(), b.bytes())).toList());
    }

    private static Set<Buffer> once(Memory memory) {
        Set<Buffer> once = new HashSet<>(memory.contents().keySet());
        once.addAll(memory.fills().keySet());
        memory.tables().stream().map(PointerTable::memory).forEach(once::add);
        once.add(memory.faults().buffer());
        return once;
    }

    /** To be called before inputs are sent. */
    void beforeRun(Stream stream) {
        fill(stream, run);
    }

    /** To be called before what depends on the state only is computed. */
    void beforePrologue(Stream stream) {
        fill(stream, prologue);
    }

    private void fill(Stream stream, List<Extent> extents) {
        if (extents.isEmpty()) {
            // Walking an empty list would make an object in each run.
            return;
        }
        for (Extent extent : extents) {
            stream.fill(extent.offset(), pattern, extent.bytes());
        }
    }
}

package dev.lamina.cpu.onednn;

import dev.lamina.backend.CompileOptions.Poison;
import dev.lamina.backend.Extent;
import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Fills the memory of an executable before steps write it. What is written once, constants and fills, stays; what depends on the state only
 * is filled when it is computed anew. Padded channels need no care: whoever writes a blocked layout writes its padding too. One thread.
 */
final class Poisoning {
    private final MemorySegment arena;
    private final byte pattern;
    private final List<Extent> run;
    private final List<Extent> prologue;
    private final List<Step> scratch;

    private Poisoning(MemorySegment arena, byte pattern, List<Extent> run, List<Extent> prologue, List<Step> scratch) {
        this.arena = arena;
        this.pattern = pattern;
        this.run = run;
        this.prologue = prologue;
        this.scratch = scratch;
    }

    /** What is to be filled of an arena in which all buffers have their places; nothing without poison. */
    static Poisoning of(Assembly assembly, MemorySegment arena, Poison poison) {
        if (poison == Poison.NONE) {
            return new Poisoning(arena, poison.pattern(), List.of(), List.of(), List.of());
        }
        Set<Buffer> once = new HashSet<>(assembly.contents().keySet());
        once.addAll(assembly.fills().keySet());
        Set<Buffer> prepared = new HashSet<>();
        assembly.prologue().forEach(step -> prepared.addAll(step.buffers()));
        prepared.removeIf(buffer -> buffer.home() == Buffer.Home.STATE || once.contains(buffer));
        List<Extent> prologue = extents(arena, prepared);
        once.addAll(prepared);
        return new Poisoning(arena, poison.pattern(), Extent.outside(arena.byteSize(), extents(arena, once)), prologue,
                List.copyOf(assembly.steps()));
    }

    private static List<Extent> extents(MemorySegment arena, Set<Buffer> buffers) {
        return buffers.stream().map(b -> new Extent(b.pointer().address() - arena.address(), b.bytes())).toList();
    }

    /** To be called before inputs are put in. */
    void beforeRun() {
        if (pattern == Poison.NONE.pattern()) {
            // Walking an empty list would make an object in each run.
            return;
        }
        fill(run);
        for (Step step : scratch) {
            step.kernel().poison(pattern);
        }
    }

    /** To be called before what depends on the state only is computed. */
    void beforePrologue() {
        if (pattern != Poison.NONE.pattern()) {
            fill(prologue);
        }
    }

    private void fill(List<Extent> extents) {
        for (Extent extent : extents) {
            arena.asSlice(extent.offset(), extent.bytes()).fill(pattern);
        }
    }
}

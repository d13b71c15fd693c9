package dev.lamina.backend;

import java.util.List;

/**
 * What a compilation decided: which implementation runs each node, and which copies into another memory layout every run makes.
 *
 * @param lowered implementations in the order they run; nodes fused into one are named together
 * @param reorders layout changes of one run, in the order they run
 */
public record CompileReport(List<Lowered> lowered, List<Reorder> reorders) {

    /**
     * An implementation.
     *
     * @param nodes names of the nodes it computes
     * @param implementation for people, e.g. {@code oneDNN jit:avx512_core} or {@code vector pointwise}
     * @param note why a slower one was taken, or that not every run needs it; or empty
     */
    public record Lowered(List<String> nodes, String implementation, String note) {
        /** A copy of the list is kept. */
        public Lowered {
            nodes = List.copyOf(nodes);
        }
    }

    /**
     * A layout change.
     *
     * @param value name of the value
     * @param from its layout before
     * @param to its layout after
     * @param reason who needs it
     * @param bytes bytes written
     */
    public record Reorder(String value, String from, String to, String reason, long bytes) {
    }

    /** Copies of the lists are kept. */
    public CompileReport {
        lowered = List.copyOf(lowered);
        reorders = List.copyOf(reorders);
    }

    /** The report of a backend that has nothing to tell. */
    public static CompileReport empty() {
        return new CompileReport(List.of(), List.of());
    }
}

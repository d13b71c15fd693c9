package dev.lamina.check;

import dev.lamina.backend.CompileOptions;
import java.util.List;
import java.util.Optional;

/**
 * One side of a check.
 *
 * @param label the side's label
 * @param backend name of its backend
 * @param device name of the device
 * @param options how the graph was compiled, but for what the check sets
 * @param nodes every node that computes something, compiled so that all values are kept, in the graph's order; empty for the judge itself,
 *     which is right by definition
 * @param groups what the graph computes as it is compiled for use, with fused groups as one, in the graph's order; empty for the judge
 */
public record SideReport(String label, String backend, String device, CompileOptions options, List<NodeReport> nodes,
        List<NodeReport> groups) {
    /** Copies of the lists are kept. */
    public SideReport {
        nodes = List.copyOf(nodes);
        groups = List.copyOf(groups);
    }

    /** The first node in the graph's order that failed: with all values kept if one failed so, else as compiled for use. */
    public Optional<NodeReport> firstDivergent() {
        Optional<NodeReport> kept = nodes.stream().filter(n -> n.verdict().failed()).findFirst();
        return kept.isPresent() ? kept : groups.stream().filter(n -> n.verdict().failed()).findFirst();
    }
}

package dev.lamina.check;

import dev.lamina.graph.Graph;
import java.util.List;
import java.util.Optional;

/**
 * The result of a check.
 *
 * @param subject name of what was checked
 * @param graph what was checked
 * @param steps how many runs, each from the state that the side's own run before left
 * @param sides the sides, in the order given
 * @param drift how far the sides' states ran apart over the steps; empty if one step was made or the graph has no updates
 * @param seconds how long it took
 */
public record CheckReport(String subject, Graph graph, int steps, List<SideReport> sides, Optional<DriftReport> drift, double seconds) {
    /** A copy of the list is kept. */
    public CheckReport {
        sides = List.copyOf(sides);
    }

    /**
     * The node that a check names.
     *
     * @param side where
     * @param node which
     */
    public record Divergence(SideReport side, NodeReport node) {
    }

    /** Whether no node failed on any side, and no side drifted further than allowed. */
    public boolean agrees() {
        return firstDivergent().isEmpty() && drift.map(DriftReport::agrees).orElse(true);
    }

    /** The first node that failed, on the first side that has one. */
    public Optional<Divergence> firstDivergent() {
        return sides.stream().flatMap(side -> side.firstDivergent().map(node -> new Divergence(side, node)).stream()).findFirst();
    }
}

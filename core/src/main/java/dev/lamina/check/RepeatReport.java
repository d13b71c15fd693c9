package dev.lamina.check;

import dev.lamina.graph.Node;
import java.util.List;

/**
 * One backend, run several times from one state with one set of inputs.
 *
 * @param side label
 * @param runs how often
 * @param varying nodes whose bits differ from the first run's, in the graph's order; only the first of them need be at fault
 */
public record RepeatReport(String side, int runs, List<Varying> varying) {
    /** A copy of the list is kept. */
    public RepeatReport {
        varying = List.copyOf(varying);
    }

    /**
     * A node that gave different bits.
     *
     * @param node which
     * @param operandsVary whether an operand's bits differ too, so that the node may merely pass on what it was given
     * @param runsApart in how many runs
     * @param elements largest number of elements that differ in one run
     * @param position the first of them
     * @param largest largest difference
     */
    public record Varying(Node node, boolean operandsVary, int runsApart, long elements, List<Long> position, double largest) {
        /** A copy of the position is kept. */
        public Varying {
            position = List.copyOf(position);
        }
    }

    /** Whether all runs gave equal bits. */
    public boolean agrees() {
        return varying.isEmpty();
    }
}

package dev.lamina.check;

import dev.lamina.graph.Node;
import java.util.List;
import java.util.Optional;

/**
 * One node on one side: its results against what the judge computes of the very operands that this side had.
 *
 * @param node the node of the checked graph; of a fused group its last one
 * @param group all nodes judged together, in graph order; one unless the side fused them
 * @param verdict worst of all steps
 * @param step the step (from 0) that the figures are of
 * @param absolute largest difference of an element; infinite if NaN or an infinity stands on one side only
 * @param relative the same as a share of the scale that the tolerance is a share of
 * @param tolerance largest relative difference allowed
 * @param worst where the largest difference is; empty if nothing differs
 * @param apart Euclidean distance of this side's results from the first side's, as a share of those: what has come down to here from
 *     all nodes before; 0 on the first side
 * @param unwritten number of elements not written
 * @param nonFiniteOrigin whether NaN or infinity stands in the results, but in none of the operands
 * @param note more for people, or empty
 */
public record NodeReport(Node node, List<Node> group, Verdict verdict, int step, double absolute, double relative, double tolerance,
        Optional<Element> worst, double apart, long unwritten, boolean nonFiniteOrigin, String note) {

    /** A copy of the list is kept. */
    public NodeReport {
        group = List.copyOf(group);
    }

    /**
     * An element of a node's result.
     *
     * @param output which result of the node
     * @param position its index there
     * @param expected what the judge computes
     * @param actual what the side holds
     */
    public record Element(int output, List<Long> position, double expected, double actual) {
        /** A copy of the position is kept. */
        public Element {
            position = List.copyOf(position);
        }
    }
}

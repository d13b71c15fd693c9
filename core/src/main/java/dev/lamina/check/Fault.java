package dev.lamina.check;

import dev.lamina.graph.GraphException;

/**
 * A defect planted at a node of one side, so that users and tests can see a check find it.
 *
 * @param node name of the node
 * @param kind what goes wrong there
 */
public record Fault(String node, FaultKind kind) {

    /**
     * A fault as users write it: {@code NODE:KIND}, e.g. {@code conv1:wrong-stride}.
     *
     * @throws GraphException if there is no colon with a name before it, or no kind of this label
     */
    public static Fault parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 1) {
            throw new GraphException("fault \"" + text + "\": needs NODE:KIND, e.g. conv1:wrong-stride.");
        }
        return new Fault(text.substring(0, colon), FaultKind.of(text.substring(colon + 1)));
    }

    /** As {@link #parse} reads it. */
    @Override
    public String toString() {
        return node + ":" + kind.label();
    }
}

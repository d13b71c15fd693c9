package dev.lamina.graph;

/** A graph that cannot be: wrong shapes, types or options. The message names op, node, argument, the values and the rule. */
public final class GraphException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    /** An error with its full text. */
    public GraphException(String message) {
        super(message);
    }
}

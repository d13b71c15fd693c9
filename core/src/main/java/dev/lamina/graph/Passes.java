package dev.lamina.graph;

/**
 * Transformations of graphs. Each gives a new graph that computes the same outputs and updates under the same names, bit for bit unless
 * said, and says where the original's values went; the original stays as it is. Nodes that nothing needs are always left out.
 */
public final class Passes {
    private Passes() { }

    /**
     * Nodes of one op, with equal attributes and the same operands, become one: the first. Constants are the same if they hold one tensor,
     * or equal bytes of at most {@value CommonSubexpressions#LARGEST_COMPARED}. Random ops draw the same numbers only if they have one
     * stream, and become one only then. Updates are never joined.
     */
    public static Rewritten commonSubexpressions(Graph graph) {
        return Rewriter.rewrite(graph, new CommonSubexpressions());
    }
}

package dev.lamina.cpu.reference;

import dev.lamina.graph.Node;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/** The reference kernel of any node, for backends that lack one of their own. Runs on the caller's thread. Stateless. */
public final class ReferenceKernel {
    private static final Workers ALONE = new Workers(1);

    private ReferenceKernel() { }

    /** Why the node cannot be computed; empty if it can. */
    public static Optional<String> unsupported(Node node) {
        return Lowering.unsupported(node);
    }

    /**
     * Computes a node's results.
     *
     * @param in the operands, row-major
     * @param out the results, row-major; must not overlap the operands, unless the node updates a variable
     */
    public static void run(Node node, MemorySegment[] in, MemorySegment[] out) {
        Lowering.run(new Call(node, in, out, ALONE));
    }
}

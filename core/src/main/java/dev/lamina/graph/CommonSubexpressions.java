package dev.lamina.graph;

import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Equal nodes become one. That never makes a circle with the rule that updates wait for readers of the old value: equal nodes read the same
 * variables.
 */
final class CommonSubexpressions implements Rewriter.Rule {
    /** Larger constants are compared by identity, in bytes. */
    static final long LARGEST_COMPARED = 65_536;

    private final Map<Key, List<Value>> known = new HashMap<>();

    /** What makes nodes equal: the op, or a constant's content, and the operands. */
    private record Key(Object op, List<Value> operands) {
    }

    private record Content(DType dtype, Shape shape, ByteBuffer bytes) {
        static Content of(Tensor tensor) {
            byte[] bytes = tensor.contiguous().memory().toArray(ValueLayout.JAVA_BYTE);
            return new Content(tensor.dtype(), tensor.shape(), ByteBuffer.wrap(bytes));
        }
    }

    @Override
    public List<Value> results(Rewriter to, Node node, List<Value> operands) {
        if (node.op() instanceof Update) {
            return to.copy(node, operands);
        }
        return known.computeIfAbsent(new Key(identity(node.op()), operands), _ -> to.copy(node, operands));
    }

    private static Object identity(Op op) {
        return op instanceof Source.Constant(Tensor tensor) && tensor.byteSize() <= LARGEST_COMPARED ? Content.of(tensor) : op;
    }
}

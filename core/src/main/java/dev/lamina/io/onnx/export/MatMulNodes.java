package dev.lamina.io.onnx.export;

import dev.lamina.graph.MatMul;
import dev.lamina.graph.Node;
import java.util.List;
import java.util.Map;

/** Matrix products: {@code MatMul}, or {@code Gemm} of matrices that are transposed or have a bias. */
final class MatMulNodes {
    private MatMulNodes() { }

    static void add(Emitter to, Node node, MatMul op) {
        boolean bias = node.inputs().size() == 3;
        if (!op.transposeA() && !op.transposeB() && !bias) {
            to.add(node, "MatMul", to.inputs(node), Map.of());
        } else if (node.output(0).shape().rank() == 2) {
            to.add(node, "Gemm", to.inputs(node), Map.of("transA", Emitter.flag(op.transposeA()), "transB", Emitter.flag(op.transposeB())));
        } else {
            String a = op.transposeA() ? transposed(to, node, 0) : to.input(node, 0);
            String b = op.transposeB() ? transposed(to, node, 1) : to.input(node, 1);
            if (bias) {
                to.add(node, "Add", List.of(to.part(node, "product", "MatMul", List.of(a, b), Map.of()), to.input(node, 2)), Map.of());
            } else {
                to.add(node, "MatMul", List.of(a, b), Map.of());
            }
        }
    }

    private static String transposed(Emitter to, Node node, int operand) {
        int rank = node.input(operand).shape().rank();
        long[] order = new long[rank];
        for (int axis = 0; axis < rank; axis++) {
            order[axis] = axis < rank - 2 ? axis : 2L * rank - 3 - axis;
        }
        return to.part(node, operand == 0 ? "transposeA" : "transposeB", "Transpose", List.of(to.input(node, operand)),
                Map.of("perm", Emitter.integers(order)));
    }
}

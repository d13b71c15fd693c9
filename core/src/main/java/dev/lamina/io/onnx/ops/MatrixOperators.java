package dev.lamina.io.onnx.ops;

import static java.util.Map.entry;

import dev.lamina.graph.MatMul;
import dev.lamina.graph.Value;
import java.util.Map;

/** Matrix products. */
final class MatrixOperators {
    static final Map<String, Operator> ALL = Map.ofEntries(
            entry("MatMul", Operator.single(call -> MatMul.matmul(call.value(0), call.value(1)))),
            entry("Gemm", Operator.single(MatrixOperators::gemm)));

    private MatrixOperators() { }

    private static Value gemm(Call call) {
        Value product = MatMul.matmul(call.value(0), call.value(1), call.integer("transA", 0) != 0, call.integer("transB", 0) != 0);
        double alpha = call.number("alpha", 1);
        double beta = call.number("beta", 1);
        Value scaled = alpha == 1 ? product : product.times(alpha);
        if (!call.has(2) || beta == 0) {
            return scaled;
        }
        return scaled.plus(beta == 1 ? call.value(2) : call.value(2).times(beta));
    }
}

package dev.lamina.io.onnx.ops;

import static java.util.Map.entry;

import dev.lamina.graph.MatMul;
import dev.lamina.graph.Value;
import dev.lamina.tensor.Shape;
import java.util.Arrays;
import java.util.Map;

/** Matrix products. */
final class MatrixOperators {
    static final Map<String, Operator> ALL = Map.ofEntries(
            entry("MatMul", Operator.of(MatrixOperators::matmul)),
            entry("Gemm", Operator.single(MatrixOperators::gemm)));

    private MatrixOperators() { }

    /** By NumPy's rules: a vector is a row on the left and a column on the right, and the axes before the last two broadcast. */
    private static Operand matmul(Call call) {
        Operand a = call.operand(0);
        Operand b = call.operand(1);
        boolean row = a.shape().rank() == 1;
        boolean column = b.shape().rank() == 1;
        call.require(a.shape().rank() >= 1 && b.shape().rank() >= 1, "operands have shapes %s and %s, need at least one axis each.",
                a.shape(), b.shape());
        Shape left = row ? Shape.of(1, a.shape().dim(0)) : a.shape();
        Shape right = column ? Shape.of(b.shape().dim(0), 1) : b.shape();
        Shape batch = Shape.broadcast(outer(left), outer(right));
        String name = call.graph().takeName();
        // One matrix for all of a batch is multiplied with the batch's rows at once.
        boolean one = right.rank() == 2;
        Shape rows = Shape.of(batch.elements() * left.dim(-2), left.dim(-1));
        Value x = one ? call.wire(Folding.reshape(call, a, rows), false) : matrices(call, a, left, batch);
        Value y = one ? call.wire(Folding.reshape(call, b, right), false) : matrices(call, b, right, batch);
        call.graph().name(name);
        Value product = MatMul.matmul(x, y);
        long[] dims = Arrays.copyOf(batch.toArray(), batch.rank() + 2);
        dims[batch.rank()] = left.dim(-2);
        dims[batch.rank() + 1] = right.dim(-1);
        int last = dims.length - 1;
        long[] kept = java.util.stream.IntStream.range(0, dims.length).filter(i -> !(row && i == last - 1 || column && i == last))
                .mapToLong(i -> dims[i]).toArray();
        return Folding.reshape(call, Operand.of(product), Shape.of(kept));
    }

    private static Shape outer(Shape shape) {
        return Shape.of(Arrays.copyOf(shape.toArray(), shape.rank() - 2));
    }

    private static Value matrices(Call call, Operand x, Shape matrices, Shape batch) {
        long[] dims = Arrays.copyOf(batch.toArray(), batch.rank() + 2);
        dims[batch.rank()] = matrices.dim(-2);
        dims[batch.rank() + 1] = matrices.dim(-1);
        return call.wire(Folding.broadcastTo(call, Folding.reshape(call, x, matrices), Shape.of(dims)), false);
    }

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

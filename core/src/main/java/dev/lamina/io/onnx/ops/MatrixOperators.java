package dev.lamina.io.onnx.ops;

import static java.util.Map.entry;

import dev.lamina.graph.MatMul;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import java.util.Arrays;
import java.util.Map;

/** Matrix products. */
final class MatrixOperators {
    static final Map<String, Operator> ALL = Map.ofEntries(
            entry("Gemm", Operator.single(MatrixOperators::gemm)),
            entry("MatMul", Operator.single(call -> exact(call, matmul(call, factor(call, 0), factor(call, 1))))));

    private MatrixOperators() { }

    /** A factor. Lamina multiplies matrices of floating-point numbers; float64 holds every product of small integers exactly. */
    private static Value factor(Call call, int i) {
        DType dtype = call.dtype(i);
        call.require(dtype != DType.INT64 && dtype != DType.BOOL, "input %d is %s, needs a floating-point type or int32. Cast it.", i,
                dtype);
        call.require(dtype == call.dtype(0), "operands are %s and %s, need one type. Cast one of them.", call.dtype(0), dtype);
        return Pointwise.cast(call.value(i), dtype.isFloating() ? dtype : DType.FLOAT64);
    }

    private static Value exact(Call call, Value product) {
        return Pointwise.cast(product, call.dtype(0));
    }

    /** {@code α A B + β C}; C broadcasts. */
    private static Value gemm(Call call) {
        for (int i = 0; i < 2; i++) {
            call.require(call.shape(i).rank() == 2, "input %d has shape %s, needs two axes.", i, call.shape(i));
        }
        boolean transposeA = call.integer("transA", 0) != 0;
        boolean transposeB = call.integer("transB", 0) != 0;
        double alpha = call.number("alpha", 1);
        double beta = call.number("beta", 1);
        Value a = factor(call, 0);
        Value b = factor(call, 1);
        if (!call.has(2) || beta == 0) {
            Value product = MatMul.matmul(a, b, transposeA, transposeB);
            return exact(call, alpha == 1 ? product : product.times(alpha));
        }
        Value c = factor(call, 2);
        Shape row = Shape.of(call.shape(1).dim(transposeB ? 0 : 1));
        if (alpha == 1 && beta == 1 && (c.shape().equals(row) || c.shape().equals(Shape.of(1, row.dim(0))))) {
            Value bias = Shaping.reshape(c, row);
            return exact(call, call.graph().add(new MatMul(transposeA, transposeB), a, b, bias));
        }
        Value product = MatMul.matmul(a, b, transposeA, transposeB);
        call.require(ActivationOperators.stretches(c.shape(), product.shape()), "C has shape %s, which does not broadcast to the product's "
                + "%s.", c.shape(), product.shape());
        Value scaled = alpha == 1 ? product : product.times(alpha);
        return exact(call, scaled.plus(beta == 1 ? c : c.times(beta)));
    }

    /** NumPy's product: a vector on the left is a row, on the right a column; axes before the last two broadcast. */
    private static Value matmul(Call call, Value left, Value right) {
        Shape a = left.shape();
        Shape b = right.shape();
        call.require(a.rank() >= 1 && b.rank() >= 1, "operands have shapes %s and %s, need at least one axis.", a, b);
        boolean row = a.rank() == 1;
        boolean column = b.rank() == 1;
        Value x = row ? Shaping.reshape(left, Shape.of(1, a.dim(0))) : left;
        Value y = column ? Shaping.reshape(right, Shape.of(b.dim(0), 1)) : right;
        Value product = product(call, x, y);
        if (!row && !column) {
            return product;
        }
        long[] batch = leading(product.shape());
        long[] dims = Arrays.copyOf(batch, batch.length + (row ? 0 : 1) + (column ? 0 : 1));
        if (!row) {
            dims[batch.length] = product.shape().dim(-2);
        }
        if (!column) {
            dims[dims.length - 1] = product.shape().dim(-1);
        }
        return Shaping.reshape(product, Shape.of(dims));
    }

    private static Value product(Call call, Value x, Value y) {
        Shape a = x.shape();
        Shape b = y.shape();
        call.require(a.dim(-1) == b.dim(-2), "A has shape %s, B %s; the last axis of A and the last but one of B must be equal.", a, b);
        if (a.rank() > 2 && b.rank() == 2) {
            Value rows = Shaping.reshape(x, Shape.of(Shape.of(leading(a)).elements() * a.dim(-2), a.dim(-1)));
            return Shaping.reshape(MatMul.matmul(rows, y), a.with(-1, b.dim(-1)));
        }
        Shape batch;
        try {
            batch = Shape.broadcast(Shape.of(leading(a)), Shape.of(leading(b)));
        } catch (IllegalArgumentException e) {
            throw call.error("A has shape %s, B %s; the axes before the last two do not broadcast.", a, b);
        }
        return MatMul.matmul(Shaping.broadcastTo(x, join(batch, a)), Shaping.broadcastTo(y, join(batch, b)));
    }

    private static long[] leading(Shape shape) {
        return Arrays.copyOf(shape.toArray(), shape.rank() - 2);
    }

    private static Shape join(Shape batch, Shape matrix) {
        long[] dims = Arrays.copyOf(batch.toArray(), batch.rank() + 2);
        dims[batch.rank()] = matrix.dim(-2);
        dims[batch.rank() + 1] = matrix.dim(-1);
        return Shape.of(dims);
    }
}

package dev.lamina.graph;

import dev.lamina.tensor.Shape;
import java.util.List;

/**
 * Matrix product {@code C = op(A) op(B) + bias}, where {@code op} transposes the last two axes if asked.
 *
 * <p>Operands: A {@code [..., M, K]} (or {@code [..., K, M]} transposed), B {@code [..., K, N]} (or {@code [..., N, K]}), optionally bias
 * {@code [N]}, added to every row. Leading axes are batch axes and must be equal. Result {@code [..., M, N]}.
 *
 * @param transposeA whether A is stored transposed
 * @param transposeB whether B is stored transposed, as linear layers store their weight
 */
public record MatMul(boolean transposeA, boolean transposeB) implements Op {
    @Override
    public String name() {
        return "matmul";
    }

    @Override
    public List<TensorType> infer(OpInputs in) {
        in.count(2, 3);
        Shape a = in.shape(0);
        Shape b = in.shape(1);
        in.floating(0, "A");
        in.sameDType(0, "A", 1, "B");
        in.require(a.rank() >= 2, "A has rank %d %s, needs at least 2 [M, K].", a.rank(), a);
        in.require(b.rank() == a.rank(), "A has rank %d %s, B has rank %d %s; ranks must be equal.", a.rank(), a, b.rank(), b);
        for (int axis = 0; axis < a.rank() - 2; axis++) {
            in.require(a.dim(axis) == b.dim(axis), "batch axis %d is %d in A %s and %d in B %s.", axis, a.dim(axis), a, b.dim(axis), b);
        }
        long m = a.dim(transposeA ? -1 : -2);
        long k = a.dim(transposeA ? -2 : -1);
        long kb = b.dim(transposeB ? -1 : -2);
        long n = b.dim(transposeB ? -2 : -1);
        in.require(k == kb, "A%s is %s with inner extent %d, B%s is %s with %d; they must be equal.",
                transposeA ? " (transposed)" : "", a, k, transposeB ? " (transposed)" : "", b, kb);
        if (in.count() == 3) {
            in.shape(2, "bias", Shape.of(n), "one number a column");
            in.sameDType(0, "A", 2, "bias");
        }
        return List.of(in.type(0).withShape(a.with(-2, m).with(-1, n)));
    }

    @Override
    public long macs(List<TensorType> inputs, List<TensorType> outputs) {
        return Math.multiplyExact(outputs.get(0).elements(), inputs.get(0).shape().dim(transposeA ? -2 : -1));
    }

    @Override
    public Value[] gradient(Backward back) {
        Value a = back.input(0);
        Value b = back.input(1);
        Value g = back.grad();
        Value[] gradients = back.none();
        if (back.wants(0)) {
            gradients[0] = transposeA ? matmul(b, g, transposeB, true) : matmul(g, b, false, !transposeB);
        }
        if (back.wants(1)) {
            gradients[1] = transposeB ? matmul(g, a, true, transposeA) : matmul(a, g, !transposeA, false);
        }
        if (back.wants(2)) {
            gradients[2] = Reduction.sumTo(g, back.input(2).shape());
        }
        return gradients;
    }

    /** Adds {@code A B}. */
    public static Value matmul(Value a, Value b) {
        return matmul(a, b, false, false);
    }

    /** Adds a product with transposes. */
    public static Value matmul(Value a, Value b, boolean transposeA, boolean transposeB) {
        return a.graph().add(new MatMul(transposeA, transposeB), a, b);
    }

    /** Adds {@code x Wᵀ + b}, the linear layer with weight {@code [out, in]}. */
    public static Value linear(Value x, Value weight, Value bias) {
        return x.graph().add(new MatMul(false, true), x, weight, bias);
    }
}

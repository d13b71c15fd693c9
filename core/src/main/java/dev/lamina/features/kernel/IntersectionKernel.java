package dev.lamina.features.kernel;

import dev.lamina.backend.Backend;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.features.FitListener;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Reduction;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The histogram intersection {@code κ(a, b) = Σ min(a_i, b_i)}, exactly. Stateless. */
public final class IntersectionKernel {
    /** Elements of a block's intermediate value: small enough for a processor's cache. */
    private static final long BLOCK = 1 << 18;
    private static final int MOST = 256;

    private IntersectionKernel() { }

    /** κ of two vectors of equal length. */
    public static double of(double[] a, double[] b) {
        if (a.length != b.length) {
            throw new IllegalArgumentException("intersectionKernel: vectors of " + a.length + " and " + b.length + " numbers.");
        }
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += Math.min(a[i], b[i]);
        }
        return sum;
    }

    /**
     * κ of all pairs of rows.
     *
     * @param a float32 {@code [n, D]}
     * @param b float32 {@code [m, D]}; the same tensor as {@code a} takes half the time
     * @return float32 {@code [n, m]}
     */
    public static Tensor matrix(Backend backend, Tensor a, Tensor b, FitListener listener) {
        long d = a.shape().dim(1);
        if (a.shape().rank() != 2 || b.shape().rank() != 2 || b.shape().dim(1) != d) {
            throw new IllegalArgumentException("intersectionKernel: rows " + a.shape() + " and " + b.shape()
                    + ", needs [n, D] and [m, D].");
        }
        int n = Math.toIntExact(a.shape().dim(0));
        int m = Math.toIntExact(b.shape().dim(0));
        int side = Math.clamp(Math.round(Math.sqrt((double) BLOCK / Math.max(1, d))), 1, MOST);
        Tensor result = Tensor.zeros(DType.FLOAT32, Shape.of(n, m));
        Map<Shape, Executable> compiled = new HashMap<>();
        try (State none = backend.createState(List.of())) {
            for (int i = 0; i < n; i += side) {
                int rows = Math.min(side, n - i);
                for (int j = a == b ? i : 0; j < m; j += side) {
                    int columns = Math.min(side, m - j);
                    Executable block = compiled.computeIfAbsent(Shape.of(rows, columns), s -> compile(backend, s, d));
                    block.run(none, Map.of("a", a.slice(0, i, i + rows).reshape(rows, 1, d),
                            "b", b.slice(0, j, j + columns).reshape(1, columns, d)));
                    Tensor values = block.read("kernel");
                    result.slice(0, i, i + rows).slice(1, j, j + columns).copyFrom(values);
                    if (a == b && j > i) {
                        result.slice(0, j, j + columns).slice(1, i, i + rows).copyFrom(values.transpose(1, 0));
                    }
                }
                listener.onProgress("kernel", i + rows, n);
            }
        } finally {
            compiled.values().forEach(Executable::close);
        }
        return result;
    }

    private static Executable compile(Backend backend, Shape block, long d) {
        GraphBuilder graph = new GraphBuilder();
        Value a = graph.input("a", TensorType.of(DType.FLOAT32, block.dim(0), 1, d));
        Value b = graph.input("b", TensorType.of(DType.FLOAT32, 1, block.dim(1), d));
        graph.output("kernel", Reduction.sum(Pointwise.min(a, b), 2));
        return backend.compile(graph.build(), CompileOptions.defaults().requiringDeterminism());
    }
}

package dev.lamina.features.linear;

import dev.lamina.backend.Backend;
import dev.lamina.features.FeatureGraph;
import dev.lamina.features.FitListener;
import dev.lamina.features.Pass;
import dev.lamina.features.Samples;
import dev.lamina.graph.MatMul;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Philox;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;

/** The three ways to principal components. Products run on the backend, small decompositions on the host. One thread at a time. */
final class PcaSolvers {
    private static final int OVERSAMPLING = 10;
    private static final int POWER_ITERATIONS = 2;
    private static final int STREAM = 0x50434131;

    private final Backend backend;
    private final Samples samples;
    private final Tensor mean;
    private final double[] mean64;
    private final FitListener listener;
    private final int n;
    private final int size;

    PcaSolvers(Backend backend, Samples samples, double[] mean, FitListener listener) {
        this.backend = backend;
        this.samples = samples;
        this.mean64 = mean;
        this.mean = Tensor.of(DType.FLOAT32, mean, mean.length);
        this.listener = listener;
        this.n = samples.size();
        this.size = mean.length;
    }

    Matrices.Eigen covariance() {
        DMatrixRMaj scatter = Scatter.around(backend, samples, mean64, listener);
        listener.onProgress("eigenvectors", 0, 1);
        Matrices.Eigen eigen = Matrices.symmetric(Matrices.scaled(scatter, 1.0 / (n - 1)));
        listener.onProgress("eigenvectors", 1, 1);
        return eigen;
    }

    /** {@code v = Xᵀu / |Xᵀu|} for the eigenvectors u of {@code X Xᵀ}, X being centred. */
    Matrices.Eigen gram() {
        Tensor rows = centred();
        DMatrixRMaj gram = new DMatrixRMaj(n, n);
        Samples fromRows = Samples.of(rows);
        new Pass(backend, fromRows, "gram", listener).run(
                (graph, x) -> graph.output("products", MatMul.matmul(x, graph.weight("all", rows), false, true)), (first, done) -> {
                    float[] part = done.read("products").toFloats();
                    for (int i = 0; i < part.length; i++) {
                        gram.data[first * n + i] = part[i];
                    }
                });
        int most = Math.min(n - 1, size);
        Matrices.Eigen eigen = Matrices.symmetric(Matrices.scaled(gram, 1.0 / (n - 1))).first(most);
        DMatrixRMaj directions = timesTransposed(fromRows, (_, x) -> x, new DMatrixRMaj(eigen.vectors()), true);
        double[][] vectors = new double[most][size];
        for (int k = 0; k < most; k++) {
            for (int i = 0; i < size; i++) {
                vectors[k][i] = directions.unsafe_get(i, k);
            }
        }
        orthonormalize(vectors);
        return new Matrices.Eigen(eigen.values(), vectors);
    }

    /** Gram and Schmidt, twice: directions of eigenvalues near 0 hold little but rounding, and must stay at right angles all the same. */
    private static void orthonormalize(double[][] vectors) {
        for (int k = 0; k < vectors.length; k++) {
            for (int round = 0; round < 2; round++) {
                for (int j = 0; j < k; j++) {
                    subtractProjection(vectors[k], vectors[j]);
                }
                normalize(vectors[k]);
            }
            Matrices.signed(vectors[k]);
        }
    }

    private static void subtractProjection(double[] vector, double[] unit) {
        double dot = 0;
        for (int i = 0; i < vector.length; i++) {
            dot += vector[i] * unit[i];
        }
        for (int i = 0; i < vector.length; i++) {
            vector[i] -= dot * unit[i];
        }
    }

    private static void normalize(double[] vector) {
        double sum = 0;
        for (double v : vector) {
            sum += v * v;
        }
        double factor = sum > 0 ? 1 / Math.sqrt(sum) : 0;
        for (int i = 0; i < vector.length; i++) {
            vector[i] *= factor;
        }
    }

    private Tensor centred() {
        Tensor rows = Tensor.zeros(DType.FLOAT32, Shape.of(n, size));
        new Pass(backend, samples, "centre", listener).run((graph, x) -> graph.output("rows", centred(graph, x)), (first, done) ->
                done.read("rows", rows.slice(0, first, first + done.graph().output("rows").shape().dim(0))));
        return rows;
    }

    private Value centred(FeatureGraph graph, Value x) {
        return Shaping.flatten(x).minus(graph.weight("mean", mean));
    }

    /** {@code Xᵀ Y}, Y {@code [N, l]} (or its transpose). */
    private DMatrixRMaj timesTransposed(Samples of, java.util.function.BiFunction<FeatureGraph, Value, Value> rows, DMatrixRMaj y,
            boolean transposed) {
        DMatrixRMaj byRow = transposed ? CommonOps_DDRM.transpose(y, null) : y;
        Tensor all = Matrices.tensor(byRow);
        DMatrixRMaj total = new DMatrixRMaj(size, byRow.numCols);
        new Pass(backend, of, "products", listener).run((graph, x) -> graph.output("product",
                MatMul.matmul(rows.apply(graph, x), graph.rows("y", all), true, false)), (_, done) -> {
                    float[] part = done.read("product").toFloats();
                    for (int i = 0; i < part.length; i++) {
                        total.data[i] += part[i];
                    }
                });
        return total;
    }

    /** {@code X B}, B {@code [D, l]}; {@code [N, l]}. */
    private DMatrixRMaj times(DMatrixRMaj b) {
        Tensor weight = Matrices.tensor(b);
        DMatrixRMaj result = new DMatrixRMaj(n, b.numCols);
        new Pass(backend, samples, "products", listener).run((graph, x) -> graph.output("product",
                MatMul.matmul(centred(graph, x), graph.weight("b", weight))), (first, done) -> {
                    float[] part = done.read("product").toFloats();
                    for (int i = 0; i < part.length; i++) {
                        result.data[first * b.numCols + i] = part[i];
                    }
                });
        return result;
    }

    Matrices.Eigen randomized(int k, long seed) {
        int l = Math.min(k + OVERSAMPLING, Math.min(n, size));
        DMatrixRMaj omega = new DMatrixRMaj(size, l);
        Philox.Stream random = new Philox.Stream(seed, 0, STREAM);
        for (int i = 0; i < omega.data.length; i++) {
            omega.data[i] = random.nextNormal();
        }
        DMatrixRMaj q = Matrices.orthonormal(times(omega));
        for (int i = 0; i < POWER_ITERATIONS; i++) {
            DMatrixRMaj w = Matrices.orthonormal(timesTransposed(samples, this::centred, q, false));
            q = Matrices.orthonormal(times(w));
        }
        Matrices.Eigen found = Matrices.leftSingular(timesTransposed(samples, this::centred, q, false)).first(k);
        for (int i = 0; i < k; i++) {
            found.values()[i] /= n - 1;
            Matrices.signed(found.vectors()[i]);
        }
        return found;
    }
}

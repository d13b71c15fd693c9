package dev.lamina.features.linear;

import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.CholeskyDecomposition_F64;

/** Solves {@code S_b v = λ S_w v}. One thread at a time. */
final class LdaSolver {
    private static final double FLOAT_EPSILON = 0x1p-23;

    private final DMatrixRMaj lower;

    /**
     * Shrinks the within-class scatter and factors it.
     *
     * @throws IllegalArgumentException if it is singular
     */
    LdaSolver(DMatrixRMaj within, double shrinkage) {
        int size = within.numRows;
        double trace = CommonOps_DDRM.trace(within);
        if (shrinkage == 0) {
            requireFullRank(within);
        }
        DMatrixRMaj shrunk = Matrices.scaled(within.copy(), 1 - shrinkage);
        for (int i = 0; i < size; i++) {
            shrunk.add(i, i, shrinkage * trace / size);
        }
        CholeskyDecomposition_F64<DMatrixRMaj> cholesky = DecompositionFactory_DDRM.chol(size, true);
        if (!cholesky.decompose(shrunk)) {
            throw new IllegalArgumentException("lda: within-class scatter is not positive definite with shrinkage = " + shrinkage
                    + ". Set a larger shrinkage.");
        }
        lower = cholesky.getT(null);
    }

    /**
     * The rank is that of the correlations, which scaling of features does not change; a constant feature has none. Sums are float32 of a
     * batch, so eigenvalues below {@code D eps λ_max} are rounding.
     */
    private static void requireFullRank(DMatrixRMaj within) {
        int size = within.numRows;
        DMatrixRMaj correlations = new DMatrixRMaj(size, size);
        for (int i = 0; i < size; i++) {
            for (int j = 0; j < size; j++) {
                double scale = Math.sqrt(within.get(i, i) * within.get(j, j));
                correlations.set(i, j, scale > 0 ? within.get(i, j) / scale : 0);
            }
        }
        double[] values = Matrices.symmetric(correlations).values();
        int rank = 0;
        for (double value : values) {
            rank += value > values[0] * values.length * FLOAT_EPSILON ? 1 : 0;
        }
        if (rank < values.length) {
            throw new IllegalArgumentException(
                    "lda: within-class scatter has rank " + rank + " of " + values.length + ". Set shrinkage > 0.");
        }
    }

    /**
     * {@code S_b = M Mᵀ} with M's columns {@code sqrt(n_k/N) (μ_k - μ)}, so with {@code S_w = L Lᵀ} the eigenvectors are {@code L^-ᵀ u} of
     * the left singular vectors u of {@code L^-1 M}: K columns in place of a D x D problem.
     */
    Matrices.Eigen discriminants(double[][] means, double[] mean, int[] counts) {
        int size = mean.length;
        int classes = means.length;
        long n = 0;
        for (int count : counts) {
            n += count;
        }
        DMatrixRMaj between = new DMatrixRMaj(size, classes);
        for (int k = 0; k < classes; k++) {
            double weight = Math.sqrt((double) counts[k] / n);
            for (int i = 0; i < size; i++) {
                between.set(i, k, weight * (means[k][i] - mean[i]));
            }
        }
        solve(between.data, classes, false);
        Matrices.Eigen found = Matrices.leftSingular(between).first(Math.min(classes - 1, size));
        for (double[] vector : found.vectors()) {
            solve(vector, 1, true);
            Matrices.signed(vector);
        }
        return found;
    }

    /** {@code L^-1 B} or {@code L^-ᵀ B} in place, B row-major with so many columns. */
    private void solve(double[] b, int columns, boolean transposed) {
        int n = lower.numRows;
        for (int step = 0; step < n; step++) {
            int i = transposed ? n - 1 - step : step;
            for (int j = transposed ? i + 1 : 0; transposed ? j < n : j < i; j++) {
                double factor = transposed ? lower.unsafe_get(j, i) : lower.unsafe_get(i, j);
                for (int c = 0; c < columns; c++) {
                    b[i * columns + c] -= factor * b[j * columns + c];
                }
            }
            for (int c = 0; c < columns; c++) {
                b[i * columns + c] /= lower.unsafe_get(i, i);
            }
        }
    }
}

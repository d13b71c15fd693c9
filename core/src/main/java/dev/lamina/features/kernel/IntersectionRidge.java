package dev.lamina.features.kernel;

import dev.lamina.backend.Backend;
import dev.lamina.features.FitListener;
import dev.lamina.features.linear.Matrices;
import dev.lamina.tensor.Tensor;
import java.util.Locale;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.factory.LinearSolverFactory_DDRM;
import org.ejml.interfaces.linsol.LinearSolverDense;

/**
 * Kernel ridge classifier on histogram intersections, one against the rest: {@code (K + λI) A = Y} with {@code Y = ±1}; a sample belongs to
 * the class of the largest {@code κ(x, X) A}. K is {@code N x N}, so this is for thousands of samples; {@link HomogeneousMap} is for more.
 *
 * @param lambda λ > 0
 * @param limitBytes memory that the kernel may take, at 8 bytes a number
 */
public record IntersectionRidge(double lambda, long limitBytes) {
    /** λ = 0.1, at most 2 GiB. */
    public IntersectionRidge() {
        this(0.1, 2L << 30);
    }

    /** Checks the number. */
    public IntersectionRidge {
        if (!(lambda > 0) || Double.isInfinite(lambda)) {
            throw new IllegalArgumentException("intersectionKernel: lambda = " + lambda + ", needs a finite number > 0.");
        }
    }

    /** These options with another λ. */
    public IntersectionRidge withLambda(double value) {
        return new IntersectionRidge(value, limitBytes);
    }

    /** These options with another limit of the kernel's memory. */
    public IntersectionRidge withLimit(long bytes) {
        return new IntersectionRidge(lambda, bytes);
    }

    /**
     * Solves for the coefficients.
     *
     * @param vectors float32 {@code [N, D]}
     * @param labels one a row, in {@code [0, classes)}
     * @throws IllegalArgumentException if the kernel would take more memory than the limit
     */
    public Trained fit(Backend backend, Tensor vectors, int[] labels, int classes, FitListener listener) {
        int n = labels.length;
        long bytes = 8L * n * n;
        if (bytes > limitBytes) {
            throw new IllegalArgumentException(String.format(Locale.ROOT, "intersectionKernel: %d samples need a %d x %d kernel of "
                    + "%.1f GiB, the limit is %.1f GiB. Use the explicit map homkermap, or fewer samples.", n, n, n, bytes / 0x1p30,
                    limitBytes / 0x1p30));
        }
        DMatrixRMaj kernel = Matrices.matrix(IntersectionKernel.matrix(backend, vectors, vectors, listener));
        DMatrixRMaj targets = new DMatrixRMaj(n, classes);
        for (int i = 0; i < n; i++) {
            kernel.add(i, i, lambda);
            for (int k = 0; k < classes; k++) {
                targets.set(i, k, labels[i] == k ? 1 : -1);
            }
        }
        listener.onProgress("ridge", 0, 1);
        LinearSolverDense<DMatrixRMaj> solver = LinearSolverFactory_DDRM.chol(n);
        if (!solver.setA(kernel)) {
            throw new IllegalArgumentException("intersectionKernel: the kernel is not positive definite with lambda = " + lambda
                    + ". Are all vectors non-negative? Else set a larger lambda.");
        }
        DMatrixRMaj coefficients = new DMatrixRMaj(n, classes);
        solver.solve(targets, coefficients);
        listener.onProgress("ridge", 1, 1);
        return new Trained(vectors, coefficients);
    }

    /**
     * A trained classifier.
     *
     * @param vectors those it was trained on
     * @param coefficients {@code [N, K]}
     */
    public record Trained(Tensor vectors, DMatrixRMaj coefficients) {
        /** The class of each row of float32 {@code [M, D]}. */
        public int[] classify(Backend backend, Tensor rows, FitListener listener) {
            DMatrixRMaj kernel = Matrices.matrix(IntersectionKernel.matrix(backend, rows, vectors, listener));
            DMatrixRMaj scores = new DMatrixRMaj(kernel.numRows, coefficients.numCols);
            CommonOps_DDRM.mult(kernel, coefficients, scores);
            int[] classes = new int[kernel.numRows];
            for (int i = 0; i < classes.length; i++) {
                for (int k = 1; k < coefficients.numCols; k++) {
                    if (scores.get(i, k) > scores.get(i, classes[i])) {
                        classes[i] = k;
                    }
                }
            }
            return classes;
        }
    }
}

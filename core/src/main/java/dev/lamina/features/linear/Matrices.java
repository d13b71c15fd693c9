package dev.lamina.features.linear;

import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.EigenDecomposition_F64;
import org.ejml.interfaces.decomposition.QRDecomposition;
import org.ejml.interfaces.decomposition.SingularValueDecomposition_F64;

/** Small dense problems in float64 by EJML, with a fixed order and sign. Stateless. */
public final class Matrices {
    private Matrices() { }

    /**
     * Eigenvalues and eigenvectors of a symmetric matrix.
     *
     * @param values falling
     * @param vectors one a row, of length 1, the entry of largest magnitude positive (the first at ties)
     */
    public record Eigen(double[] values, double[][] vectors) {
        /** The first k of both. */
        Eigen first(int k) {
            return new Eigen(java.util.Arrays.copyOf(values, k), java.util.Arrays.copyOf(vectors, k));
        }
    }

    /** The eigenvalues and eigenvectors of a symmetric matrix, which is not changed. */
    public static Eigen symmetric(DMatrixRMaj matrix) {
        int n = matrix.numRows;
        EigenDecomposition_F64<DMatrixRMaj> eigen = DecompositionFactory_DDRM.eig(n, true, true);
        // The library reads one half only; what rounding made of the other is averaged in.
        DMatrixRMaj copy = matrix.copy();
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < i; j++) {
                double mean = (copy.unsafe_get(i, j) + copy.unsafe_get(j, i)) / 2;
                copy.unsafe_set(i, j, mean);
                copy.unsafe_set(j, i, mean);
            }
        }
        if (!eigen.decompose(copy)) {
            throw new IllegalArgumentException("eigenvalues: no convergence on a " + n + " x " + n
                    + " matrix. Does it hold NaN or infinite values?");
        }
        int[] order = IntStream.range(0, n).boxed().sorted(Comparator.comparingDouble((Integer i) -> -eigen.getEigenvalue(i).getReal()))
                .mapToInt(Integer::intValue).toArray();
        double[] values = new double[n];
        double[][] vectors = new double[n][];
        for (int i = 0; i < n; i++) {
            values[i] = eigen.getEigenvalue(order[i]).getReal();
            vectors[i] = signed(eigen.getEigenVector(order[i]).data.clone());
        }
        return new Eigen(values, vectors);
    }

    /** The vector or its negative: the entry of largest magnitude becomes positive. Changes and returns the array. */
    static double[] signed(double[] vector) {
        int largest = 0;
        for (int i = 1; i < vector.length; i++) {
            // Entries that differ by rounding only are a tie, so that all backends take the first.
            if (Math.abs(vector[i]) > Math.abs(vector[largest]) * (1 + 1e-6)) {
                largest = i;
            }
        }
        if (vector[largest] < 0) {
            for (int i = 0; i < vector.length; i++) {
                vector[i] = -vector[i];
            }
        }
        return vector;
    }

    /** An orthonormal basis of the columns of a tall matrix {@code [n, l]}, {@code n >= l} (Householder QR). */
    static DMatrixRMaj orthonormal(DMatrixRMaj tall) {
        QRDecomposition<DMatrixRMaj> qr = DecompositionFactory_DDRM.qr(tall.numRows, tall.numCols);
        if (!qr.decompose(tall.copy())) {
            throw new IllegalArgumentException("qr: a " + tall.numRows + " x " + tall.numCols + " matrix holds NaN or infinite values.");
        }
        return qr.getQ(null, true);
    }

    /** Left singular vectors, as columns, and squared singular values of a matrix with no more columns than rows, falling. */
    static Eigen leftSingular(DMatrixRMaj tall) {
        int k = Math.min(tall.numRows, tall.numCols);
        SingularValueDecomposition_F64<DMatrixRMaj> svd = DecompositionFactory_DDRM.svd(tall.numRows, tall.numCols, true, false, true);
        if (!svd.decompose(tall.copy())) {
            throw new IllegalArgumentException("svd: no convergence on a " + tall.numRows + " x " + tall.numCols + " matrix.");
        }
        double[] singular = svd.getSingularValues();
        DMatrixRMaj u = svd.getU(null, false);
        int[] order = IntStream.range(0, k).boxed().sorted(Comparator.comparingDouble((Integer i) -> -singular[i]))
                .mapToInt(Integer::intValue).toArray();
        double[] values = new double[k];
        double[][] vectors = new double[k][tall.numRows];
        for (int i = 0; i < k; i++) {
            values[i] = singular[order[i]] * singular[order[i]];
            for (int row = 0; row < tall.numRows; row++) {
                vectors[i][row] = u.get(row, order[i]);
            }
        }
        return new Eigen(values, vectors);
    }

    /** Rows as a float32 tensor. */
    public static Tensor rows(double[][] rows) {
        Tensor tensor = Tensor.zeros(DType.FLOAT32, Shape.of(rows.length, rows[0].length));
        for (int i = 0; i < rows.length; i++) {
            tensor.select(0, i).copyFrom(Tensor.of(DType.FLOAT32, rows[i], rows[i].length));
        }
        return tensor;
    }

    /** A float32 tensor of rank 2 as a matrix. */
    public static DMatrixRMaj matrix(Tensor tensor) {
        DMatrixRMaj matrix = new DMatrixRMaj((int) tensor.shape().dim(0), (int) tensor.shape().dim(1));
        float[] values = tensor.toFloats();
        for (int i = 0; i < values.length; i++) {
            matrix.data[i] = values[i];
        }
        return matrix;
    }

    /** A matrix as a float32 tensor. */
    public static Tensor tensor(DMatrixRMaj matrix) {
        return Tensor.of(DType.FLOAT32, java.util.Arrays.copyOf(matrix.data, matrix.getNumElements()), matrix.numRows, matrix.numCols);
    }

    /** {@code x = Z^-1 w + m} for each row w of float32 {@code [n, d]}. */
    public static Tensor unwhiten(Tensor rows, Tensor whitening, Tensor mean) {
        DMatrixRMaj inverse = matrix(whitening);
        CommonOps_DDRM.invert(inverse);
        DMatrixRMaj result = new DMatrixRMaj((int) rows.shape().dim(0), inverse.numCols);
        CommonOps_DDRM.mult(matrix(rows), inverse, result);
        double[] m = mean.toDoubles();
        for (int i = 0; i < result.data.length; i++) {
            result.data[i] += m[i % m.length];
        }
        return tensor(result);
    }

    /** The matrix times a number, in place. */
    static DMatrixRMaj scaled(DMatrixRMaj matrix, double factor) {
        CommonOps_DDRM.scale(factor, matrix);
        return matrix;
    }
}

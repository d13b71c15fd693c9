package dev.lamina.data.augment;

import dev.lamina.data.Dataset;
import dev.lamina.data.PixelSums;
import dev.lamina.tensor.DType;
import java.util.List;
import java.util.stream.IntStream;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.EigenDecomposition_F64;

/**
 * Principal axes of the colours of all pixels of a data set: eigenpairs of the 3 x 3 covariance of red, green and blue, 0 to 255. Immutable
 * and thread-safe.
 *
 * @param variances eigenvalues, largest first, at least 0
 * @param axes to each its eigenvector of length 1, whose largest component is positive
 */
public record ColourAxes(List<Double> variances, List<List<Double>> axes) {
    /** Copies the lists. */
    public ColourAxes {
        variances = List.copyOf(variances);
        axes = axes.stream().map(List::copyOf).toList();
    }

    /**
     * The axes of a data set; sums are exact integers, so threads do not matter.
     *
     * @throws IllegalArgumentException if samples are not uint8 of 3 channels, or there are none
     */
    public static ColourAxes of(Dataset data) {
        if (data.size() == 0 || data.sampleType() != DType.UINT8 || data.sampleShape().dim(0) != 3) {
            throw new IllegalArgumentException("data \"" + data.name() + "\": colour axes of " + data.size() + " " + data.sampleType() + " "
                    + data.sampleShape() + " samples, needs at least one, uint8 of 3 channels.");
        }
        PixelSums sums = PixelSums.of(data);
        double[][] covariance = new double[3][3];
        for (int a = 0; a < 3; a++) {
            for (int b = 0; b < 3; b++) {
                covariance[a][b] = sums.covariance(a, b);
            }
        }
        return of(covariance);
    }

    /** The eigenpairs of a symmetric 3 x 3 matrix. */
    static ColourAxes of(double[][] covariance) {
        EigenDecomposition_F64<DMatrixRMaj> eigen = DecompositionFactory_DDRM.eig(3, true, true);
        if (!eigen.decompose(new DMatrixRMaj(covariance))) {
            throw new IllegalArgumentException("colour axes: the covariance has no eigenvectors, is a number not finite?");
        }
        List<Integer> order = IntStream.range(0, 3).boxed()
                .sorted((i, k) -> Double.compare(eigen.getEigenvalue(k).getReal(), eigen.getEigenvalue(i).getReal())).toList();
        return new ColourAxes(order.stream().map(i -> Math.max(0, eigen.getEigenvalue(i).getReal())).toList(),
                order.stream().map(i -> positive(eigen.getEigenVector(i).getData())).toList());
    }

    /** An eigenvector's sign is free: this one does not depend on the solver. */
    private static List<Double> positive(double[] vector) {
        double largest = 0;
        for (double v : vector) {
            largest = Math.abs(v) > Math.abs(largest) ? v : largest;
        }
        double sign = largest < 0 ? -1 : 1;
        return List.of(sign * vector[0], sign * vector[1], sign * vector[2]);
    }
}

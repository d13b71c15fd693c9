package dev.lamina.data.augment;

import dev.lamina.data.Dataset;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
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
    private static final int CHUNK = 64;

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
        long[] sums = IntStream.range(0, Math.ceilDiv(data.size(), CHUNK)).parallel()
                .mapToObj(chunk -> sums(data, chunk * CHUNK, Math.min(data.size(), (chunk + 1) * CHUNK)))
                .reduce(new long[9], ColourAxes::plus);
        double n = (double) data.size() * data.sampleShape().dim(1) * data.sampleShape().dim(2);
        double[][] covariance = new double[3][3];
        for (int a = 0, at = 3; a < 3; a++) {
            for (int b = a; b < 3; b++, at++) {
                covariance[a][b] = sums[at] / n - sums[a] / n * (sums[b] / n);
                covariance[b][a] = covariance[a][b];
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

    /** Sums of r, g, b, rr, rg, rb, gg, gb, bb. */
    private static long[] sums(Dataset data, int from, int to) {
        long[] sums = new long[9];
        Tensor sample = Tensor.zeros(DType.UINT8, data.sampleShape());
        MemorySegment pixels = sample.memory();
        long plane = sample.elements() / 3;
        for (int index = from; index < to; index++) {
            data.read(index, sample);
            for (long i = 0; i < plane; i++) {
                int r = pixels.get(ValueLayout.JAVA_BYTE, i) & 0xff;
                int g = pixels.get(ValueLayout.JAVA_BYTE, plane + i) & 0xff;
                int b = pixels.get(ValueLayout.JAVA_BYTE, 2 * plane + i) & 0xff;
                sums[0] += r;
                sums[1] += g;
                sums[2] += b;
                sums[3] += r * r;
                sums[4] += r * g;
                sums[5] += r * b;
                sums[6] += g * g;
                sums[7] += g * b;
                sums[8] += b * b;
            }
        }
        return sums;
    }

    private static long[] plus(long[] a, long[] b) {
        return IntStream.range(0, a.length).mapToLong(i -> a[i] + b[i]).toArray();
    }
}

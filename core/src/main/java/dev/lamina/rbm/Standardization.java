package dev.lamina.rbm;

import dev.lamina.data.Dataset;
import dev.lamina.data.FloatDataset;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.lang.foreign.ValueLayout;

/**
 * {@code (v - mean) / deviation} for every visible unit by itself, as Gaussian units want it. A unit that never varies is only shifted.
 * Immutable as long as nobody writes to the tensors.
 *
 * @param mean float32 {@code [V]}
 * @param deviation float32 {@code [V]}, above 0
 */
public record Standardization(Tensor mean, Tensor deviation) {
    /** Checks that the sizes agree. */
    public Standardization {
        Ranges.require(mean.shape().rank() == 1 && mean.shape().equals(deviation.shape()) && mean.dtype() == DType.FLOAT32
                && deviation.dtype() == DType.FLOAT32, "standardization: mean is %s %s, deviation %s %s; needs float32 [V] twice.",
                mean.dtype(), mean.shape(), deviation.dtype(), deviation.shape());
    }

    /** Of all samples, uint8 pixels divided by 255; population deviations. */
    public static Standardization of(Dataset data) {
        double[] sum = new double[Math.toIntExact(data.sampleShape().elements())];
        double[] squares = new double[sum.length];
        VisibleData.forEach(data, (_, values) -> {
            for (int i = 0; i < values.length; i++) {
                sum[i] += values[i];
                squares[i] += (double) values[i] * values[i];
            }
        });
        Tensor mean = Tensor.zeros(DType.FLOAT32, Shape.of(sum.length));
        Tensor deviation = Tensor.zeros(DType.FLOAT32, Shape.of(sum.length));
        for (int i = 0; i < sum.length; i++) {
            double m = sum[i] / data.size();
            double variance = squares[i] / data.size() - m * m;
            mean.set(m, i);
            deviation.set(variance > 1e-12 ? Math.sqrt(variance) : 1, i);
        }
        return new Standardization(mean, deviation);
    }

    /** The samples standardised, as a new data set. */
    public Dataset apply(Dataset data) {
        float[] m = mean.toFloats();
        float[] d = deviation.toFloats();
        Ranges.require(data.sampleShape().elements() == m.length, "standardization: samples %s, the statistics are of %s numbers.",
                data.sampleShape(), m.length);
        Tensor all = Tensor.zeros(DType.FLOAT32, Shape.of(data.size(), m.length));
        VisibleData.forEach(data, (index, values) -> {
            long at = (long) index * m.length;
            for (int i = 0; i < m.length; i++) {
                all.memory().setAtIndex(ValueLayout.JAVA_FLOAT, at + i, (values[i] - m[i]) / d[i]);
            }
        });
        return FloatDataset.of(data, all, data.sampleShape());
    }
}

package dev.lamina.rbm;

import dev.lamina.data.Dataset;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Reads samples as visible values and looks whether they suit a machine. */
final class VisibleData {
    /** Sees one sample: uint8 pixels divided by 255, or the numbers as they are. The array is used again. */
    @FunctionalInterface
    interface Visitor {
        void sample(int index, float[] values);
    }

    private VisibleData() { }

    static void forEach(Dataset data, Visitor visitor) {
        Tensor sample = Tensor.zeros(data.sampleType(), data.sampleShape());
        MemorySegment memory = sample.memory();
        float[] values = new float[Math.toIntExact(sample.elements())];
        for (int index = 0; index < data.size(); index++) {
            data.read(index, sample);
            for (int i = 0; i < values.length; i++) {
                values[i] = data.sampleType() == DType.UINT8 ? (memory.get(ValueLayout.JAVA_BYTE, i) & 0xff) / 255f
                        : memory.getAtIndex(ValueLayout.JAVA_FLOAT, i);
            }
            visitor.sample(index, values);
        }
    }

    /** Mean of every visible unit over all samples. */
    static double[] mean(Dataset data) {
        double[] sum = new double[Math.toIntExact(data.sampleShape().elements())];
        forEach(data, (_, values) -> {
            for (int i = 0; i < values.length; i++) {
                sum[i] += values[i];
            }
        });
        for (int i = 0; i < sum.length; i++) {
            sum[i] /= data.size();
        }
        return sum;
    }

    /**
     * Looks whether data suits a machine.
     *
     * @throws IllegalArgumentException if sizes or ranges do not fit
     */
    static void check(Rbm rbm, Dataset data) {
        Ranges.require(data.size() > 0, "data \"%s\" has no samples, needs at least 1.", data.name());
        Ranges.require(data.sampleShape().elements() == rbm.visible(), "samples of \"%s\" are %s with %s numbers, the machine has %s "
                + "visible units (must be equal).", data.name(), data.sampleShape(), data.sampleShape().elements(), rbm.visible());
        Ranges.require(data.sampleType() == DType.UINT8 || data.sampleType() == DType.FLOAT32,
                "samples of \"%s\" are %s, needs uint8 or float32.", data.name(), data.sampleType());
        switch (rbm.visibleUnit()) {
            case GAUSSIAN -> Ranges.require(data.sampleType() == DType.FLOAT32, "visible units are GAUSSIAN, data \"%s\" is %s pixels. "
                    + "Standardise it (Standardization.of(train).apply(data)) or use BINARY.", data.name(), data.sampleType());
            case BINARY -> checkRange(data);
        }
    }

    private static void checkRange(Dataset data) {
        if (data.sampleType() == DType.UINT8) {
            return;
        }
        float[] range = {Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY};
        forEach(data, (_, values) -> {
            for (float value : values) {
                range[0] = Math.min(range[0], value);
                range[1] = Math.max(range[1], value);
            }
        });
        Ranges.require(range[0] >= 0 && range[1] <= 1, "visible units are BINARY, data ranges %s..%s. Scale to [0, 1] or use GAUSSIAN.",
                range[0], range[1]);
    }
}

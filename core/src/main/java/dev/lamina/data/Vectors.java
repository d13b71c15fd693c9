package dev.lamina.data;

import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Labelled feature vectors in memory. Thread-safe as long as nobody writes to the tensors, which are not copied.
 *
 * @param name for messages
 * @param features float32 {@code [N, D]}, row-major
 * @param labels int32 {@code [N]}, each in {@code [0, classes)}
 * @param classes number of classes
 */
public record Vectors(String name, Tensor features, Tensor labels, int classes) {
    /** Checks types, shapes and labels. */
    public Vectors {
        if (features.dtype() != DType.FLOAT32 || features.shape().rank() != 2) {
            throw new IllegalArgumentException("vectors \"" + name + "\": features are " + features.dtype() + " " + features.shape()
                    + ", needs float32 [N, D].");
        }
        if (labels.dtype() != DType.INT32 || labels.shape().rank() != 1 || labels.elements() != features.shape().dim(0)) {
            throw new IllegalArgumentException("vectors \"" + name + "\": labels are " + labels.dtype() + " " + labels.shape()
                    + ", needs int32 [" + features.shape().dim(0) + "].");
        }
        for (long i = 0; i < labels.elements(); i++) {
            if (labels.getLong(i) < 0 || labels.getLong(i) >= classes) {
                throw new IllegalArgumentException("vectors \"" + name + "\": label " + labels.getLong(i) + " at index " + i
                        + ", classes are 0.." + (classes - 1) + ". Are labels 1-based?");
            }
        }
        features = features.contiguous();
    }

    /**
     * The pixels of a data set, divided by 255, as vectors of {@code C H W} numbers.
     *
     * @throws OutOfMemoryError if {@code 4 N D} bytes are not to be had
     */
    public static Vectors pixels(Dataset data) {
        Shape sample = data.sampleShape();
        int width = Math.toIntExact(sample.elements());
        Tensor features = Tensor.zeros(DType.FLOAT32, Shape.of(data.size(), width));
        Tensor labels = Tensor.zeros(DType.INT32, Shape.of(data.size()));
        Tensor pixels = Tensor.zeros(DType.UINT8, sample);
        MemorySegment to = features.memory();
        for (int i = 0; i < data.size(); i++) {
            data.read(i, pixels);
            MemorySegment from = pixels.memory();
            for (int k = 0; k < width; k++) {
                float value = (from.get(ValueLayout.JAVA_BYTE, k) & 0xff) / 255f;
                to.setAtIndex(ValueLayout.JAVA_FLOAT, (long) i * width + k, value);
            }
            labels.setLong(data.label(i), i);
        }
        return new Vectors(data.name(), features, labels, data.classNames().size());
    }

    /** Number of vectors. */
    public int size() {
        return Math.toIntExact(features.shape().dim(0));
    }

    /** Numbers in a vector. */
    public int width() {
        return Math.toIntExact(features.shape().dim(1));
    }

    /** The mean vector, float64 {@code [D]}. */
    public double[] mean() {
        double[] mean = new double[width()];
        MemorySegment memory = features.memory();
        for (int i = 0; i < size(); i++) {
            for (int k = 0; k < mean.length; k++) {
                mean[k] += memory.getAtIndex(ValueLayout.JAVA_FLOAT, (long) i * mean.length + k);
            }
        }
        for (int k = 0; k < mean.length; k++) {
            mean[k] /= size();
        }
        return mean;
    }

    /** A copy from which a vector of {@link #width} numbers, e.g. the training mean, is taken away. */
    public Vectors minus(double[] offset) {
        if (offset.length != width()) {
            throw new IllegalArgumentException("vectors \"" + name + "\": offset has " + offset.length + " numbers, needs " + width()
                    + ".");
        }
        Tensor moved = features.copy();
        MemorySegment memory = moved.memory();
        for (int i = 0; i < size(); i++) {
            for (int k = 0; k < offset.length; k++) {
                long at = (long) i * offset.length + k;
                memory.setAtIndex(ValueLayout.JAVA_FLOAT, at, (float) (memory.getAtIndex(ValueLayout.JAVA_FLOAT, at) - offset[k]));
            }
        }
        return new Vectors(name, moved, labels, classes);
    }
}

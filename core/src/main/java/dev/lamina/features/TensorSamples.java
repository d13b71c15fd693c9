package dev.lamina.features;

import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.Arrays;

/** Samples in one tensor. Thread-safe as long as nobody writes to it. */
record TensorSamples(Tensor images, int[] labels, int classes) implements Samples {
    TensorSamples {
        Shape shape = images.shape();
        if (images.dtype() != DType.UINT8 && images.dtype() != DType.FLOAT32 || shape.rank() < 2 || shape.dim(0) < 1) {
            throw new IllegalArgumentException("features: samples are " + images.dtype() + " " + shape
                    + ", needs uint8 or float32 [N, ...] with N >= 1. Cast them first.");
        }
        if (shape.dim(0) > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException("features: " + shape.dim(0) + " samples, at most 2147483639 are possible.");
        }
        if (classes > 0 && labels.length != shape.dim(0)) {
            throw new IllegalArgumentException("features: " + shape.dim(0) + " samples, " + labels.length + " labels (must be equal).");
        }
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] < 0 || labels[i] >= classes) {
                throw new IllegalArgumentException("features: label " + labels[i] + " at index " + i + ", classes are 0.." + (classes - 1)
                        + ". Are labels 1-based?");
            }
        }
        images = images.contiguous();
    }

    @Override
    public int size() {
        return (int) images.shape().dim(0);
    }

    @Override
    public Shape sampleShape() {
        long[] dims = images.shape().toArray();
        return Shape.of(Arrays.copyOfRange(dims, 1, dims.length));
    }

    @Override
    public DType type() {
        return images.dtype();
    }

    @Override
    public void read(int first, Tensor into) {
        into.copyFrom(images.slice(0, first, first + into.shape().dim(0)));
    }

    @Override
    public int label(int index) {
        return labels[index];
    }
}

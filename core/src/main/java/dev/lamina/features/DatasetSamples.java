package dev.lamina.features;

import dev.lamina.data.Dataset;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;

/** The samples of a data set. Immutable and thread-safe as that is. */
record DatasetSamples(Dataset data) implements Samples {
    @Override
    public int size() {
        return data.size();
    }

    @Override
    public Shape sampleShape() {
        return data.sampleShape();
    }

    @Override
    public DType type() {
        return data.sampleType();
    }

    @Override
    public void read(int first, Tensor into) {
        for (int row = 0; row < into.shape().dim(0); row++) {
            data.read(first + row, into.select(0, row));
        }
    }

    @Override
    public int classes() {
        return data.classNames().size();
    }

    @Override
    public int label(int index) {
        return data.label(index);
    }
}

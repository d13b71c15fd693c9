package dev.lamina.data;

import dev.lamina.io.Image;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.List;

/** Chosen samples of another data set. Immutable and thread-safe as that one is. */
final class SubsetDataset implements Dataset {
    private final Dataset origin;
    private final int[] indices;

    SubsetDataset(Dataset origin, int[] indices) {
        for (int position = 0; position < indices.length; position++) {
            if (indices[position] < 0 || indices[position] >= origin.size()) {
                throw new IllegalArgumentException("data \"" + origin.name() + "\": subset index " + indices[position] + " at position "
                        + position + ", samples are 0.." + (origin.size() - 1) + ".");
            }
        }
        this.origin = origin;
        this.indices = indices.clone();
    }

    @Override
    public String name() {
        return origin.name();
    }

    @Override
    public int size() {
        return indices.length;
    }

    @Override
    public Shape sampleShape() {
        return origin.sampleShape();
    }

    @Override
    public DType sampleType() {
        return origin.sampleType();
    }

    @Override
    public List<String> classNames() {
        return origin.classNames();
    }

    @Override
    public void read(int index, Tensor into) {
        origin.read(indices[index], into);
    }

    @Override
    public Image source(int index) {
        return origin.source(indices[index]);
    }

    @Override
    public int label(int index) {
        return origin.label(indices[index]);
    }
}

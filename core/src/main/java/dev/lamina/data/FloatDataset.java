package dev.lamina.data;

import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Samples of float32 numbers with the labels of another data set: standardised pixels, vectors of a featuriser, or the hidden means that
 * are the data of a stack's next layer. Thread-safe as long as nobody writes to the tensor, which is not copied.
 */
public final class FloatDataset implements Dataset {
    private final Dataset origin;
    private final MemorySegment values;
    private final Shape sampleShape;

    /**
     * A data set over a tensor.
     *
     * @param origin gives name, labels and classes
     * @param values float32 {@code [N, ...]}, one row a sample of {@code origin}
     * @param sampleShape {@code [C, H, W]} with as many numbers as a row
     * @throws IllegalArgumentException if the sizes do not fit
     */
    public FloatDataset(Dataset origin, Tensor values, Shape sampleShape) {
        if (values.dtype() != DType.FLOAT32 || values.shape().rank() < 2 || values.shape().dim(0) != origin.size()
                || values.elements() != Math.multiplyExact(origin.size(), sampleShape.elements()) || sampleShape.rank() != 3) {
            throw new IllegalArgumentException("data \"" + origin.name() + "\": values are " + values.dtype() + " " + values.shape()
                    + " for " + origin.size() + " samples of " + sampleShape + ", needs float32 with one row a sample [C, H, W].");
        }
        this.origin = origin;
        this.values = values.contiguous().memory().asReadOnly();
        this.sampleShape = sampleShape;
    }

    @Override
    public String name() {
        return origin.name();
    }

    @Override
    public int size() {
        return origin.size();
    }

    @Override
    public Shape sampleShape() {
        return sampleShape;
    }

    @Override
    public DType sampleType() {
        return DType.FLOAT32;
    }

    @Override
    public List<String> classNames() {
        return origin.classNames();
    }

    @Override
    public void read(int index, Tensor into) {
        if (index < 0 || index >= size()) {
            throw new IndexOutOfBoundsException("data \"" + name() + "\": sample " + index + ", samples are 0.." + (size() - 1) + ".");
        }
        if (into.dtype() != DType.FLOAT32 || !into.shape().equals(sampleShape) || !into.isContiguous()) {
            throw new IllegalArgumentException("data \"" + name() + "\": cannot read a sample into " + into.dtype() + " " + into.shape()
                    + (into.isContiguous() ? "" : " (strided)") + ", needs row-major float32 " + sampleShape + ".");
        }
        long bytes = into.byteSize();
        MemorySegment.copy(values, index * bytes, into.memory(), 0, bytes);
    }

    @Override
    public int label(int index) {
        return origin.label(index);
    }
}

package dev.lamina.data;

import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.lang.foreign.MemorySegment;

/**
 * Samples of float32 numbers with the labels of another data set: standardised pixels, vectors of a featuriser, or the hidden means that
 * are the data of a stack's next layer. Thread-safe as long as nobody writes to the tensor, which is not copied.
 */
public final class FloatDataset {
    private FloatDataset() { }

    /**
     * A data set over a tensor.
     *
     * @param origin gives name, labels and classes
     * @param values float32 {@code [N, ...]}, one row a sample of {@code origin}
     * @param sampleShape {@code [C, H, W]} with as many numbers as a row
     * @throws IllegalArgumentException if the sizes do not fit
     */
    public static Dataset of(Dataset origin, Tensor values, Shape sampleShape) {
        if (values.dtype() != DType.FLOAT32 || values.shape().rank() < 2 || values.shape().dim(0) != origin.size()
                || values.elements() != Math.multiplyExact(origin.size(), sampleShape.elements()) || sampleShape.rank() != 3) {
            throw new IllegalArgumentException("data \"" + origin.name() + "\": values are " + values.dtype() + " " + values.shape()
                    + " for " + origin.size() + " samples of " + sampleShape + ", needs float32 with one row a sample [C, H, W].");
        }
        MemorySegment memory = values.contiguous().memory().asReadOnly();
        return origin.derived(DType.FLOAT32, sampleShape, (index, into) -> read(origin, memory, sampleShape, index, into));
    }

    private static void read(Dataset origin, MemorySegment values, Shape shape, int index, Tensor into) {
        if (index < 0 || index >= origin.size()) {
            throw new IndexOutOfBoundsException("data \"" + origin.name() + "\": sample " + index + ", samples are 0.."
                    + (origin.size() - 1) + ".");
        }
        if (into.dtype() != DType.FLOAT32 || !into.shape().equals(shape) || !into.isContiguous()) {
            throw new IllegalArgumentException("data \"" + origin.name() + "\": cannot read a sample into " + into.dtype() + " "
                    + into.shape() + (into.isContiguous() ? "" : " (strided)") + ", needs row-major float32 " + shape + ".");
        }
        long bytes = into.byteSize();
        MemorySegment.copy(values, index * bytes, into.memory(), 0, bytes);
    }
}

package dev.lamina.data;

import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** A data set whose samples lie in one tensor. Thread-safe as long as nobody writes to that tensor, which is not copied. */
public final class InMemoryDataset implements Dataset {
    private final String name;
    private final MemorySegment pixels;
    private final int[] labels;
    private final Shape sampleShape;
    private final List<String> classNames;

    /**
     * A data set over tensors.
     *
     * @param images uint8 {@code [N, C, H, W]}
     * @param labels int32 {@code [N]}, each in {@code [0, classNames.size())}
     * @throws IllegalArgumentException if a type, a shape or a label breaks these rules
     */
    public InMemoryDataset(String name, Tensor images, Tensor labels, List<String> classNames) {
        if (images.dtype() != DType.UINT8 || images.shape().rank() != 4) {
            throw new IllegalArgumentException("data \"" + name + "\": images are " + images.dtype() + " " + images.shape()
                    + ", needs uint8 [N, C, H, W].");
        }
        if (labels.dtype() != DType.INT32 || labels.shape().rank() != 1) {
            throw new IllegalArgumentException("data \"" + name + "\": labels are " + labels.dtype() + " " + labels.shape()
                    + ", needs int32 [N].");
        }
        if (images.shape().dim(0) != labels.elements()) {
            throw new IllegalArgumentException("data \"" + name + "\": " + images.shape().dim(0) + " images, " + labels.elements()
                    + " labels (must be equal). Do both files belong together?");
        }
        if (labels.elements() > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException("data \"" + name + "\": " + labels.elements() + " samples, at most "
                    + "2147483639 are possible.");
        }
        this.name = name;
        this.pixels = images.contiguous().memory().asReadOnly();
        this.labels = new int[(int) labels.elements()];
        this.sampleShape = Shape.of(images.shape().dim(1), images.shape().dim(2), images.shape().dim(3));
        this.classNames = List.copyOf(classNames);
        for (int i = 0; i < this.labels.length; i++) {
            this.labels[i] = (int) labels.getLong(i);
            if (this.labels[i] < 0 || this.labels[i] >= classNames.size()) {
                throw new IllegalArgumentException("data \"" + name + "\": label " + this.labels[i] + " at index " + i
                        + ", classes are 0.." + (classNames.size() - 1) + ". Are labels 1-based?");
            }
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int size() {
        return labels.length;
    }

    @Override
    public Shape sampleShape() {
        return sampleShape;
    }

    @Override
    public List<String> classNames() {
        return classNames;
    }

    @Override
    public void read(int index, Tensor into) {
        checkIndex(index);
        if (into.dtype() != DType.UINT8 || !into.shape().equals(sampleShape) || !into.isContiguous()) {
            throw new IllegalArgumentException("data \"" + name + "\": cannot read a sample into " + into.dtype() + " " + into.shape()
                    + (into.isContiguous() ? "" : " (strided)") + ", needs row-major uint8 " + sampleShape + ".");
        }
        long bytes = into.byteSize();
        MemorySegment.copy(pixels, index * bytes, into.memory(), 0, bytes);
    }

    @Override
    public int label(int index) {
        checkIndex(index);
        return labels[index];
    }

    private void checkIndex(int index) {
        if (index < 0 || index >= labels.length) {
            throw new IndexOutOfBoundsException("data \"" + name + "\": sample " + index + ", samples are 0.." + (labels.length - 1) + ".");
        }
    }
}

package dev.lamina.data;

import dev.lamina.io.Image;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.List;

/** The images of another data set in another size. Immutable and thread-safe as that one is. */
public final class FittedDataset implements Dataset {
    private final Dataset origin;
    private final Fit fit;

    /**
     * A data set whose samples are those of another, fitted.
     *
     * @throws IllegalArgumentException if samples are not uint8
     */
    public FittedDataset(Dataset origin, Fit fit) {
        if (origin.sampleType() != DType.UINT8) {
            throw new IllegalArgumentException("data \"" + origin.name() + "\": samples are " + origin.sampleType()
                    + ", only uint8 images can be resized.");
        }
        this.origin = origin;
        this.fit = fit;
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
        return fit.sampleShape();
    }

    @Override
    public List<String> classNames() {
        return origin.classNames();
    }

    @Override
    public void read(int index, Tensor into) {
        fit.apply(source(index)).copyTo(into);
    }

    @Override
    public Image source(int index) {
        return origin.source(index);
    }

    @Override
    public int label(int index) {
        return origin.label(index);
    }
}

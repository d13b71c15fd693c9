package dev.lamina.samples.check;

import dev.lamina.data.Dataset;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.List;

/**
 * Samples of another set in another shape: the nearest pixel is taken; channel c shows the set's channel c mod C, moved c / C columns to
 * the right and round, so that no two channels are equal. Immutable and thread-safe as that set is.
 */
final class AdaptedDataset implements Dataset {
    private final Dataset origin;
    private final Shape shape;

    /** Samples of a set in a shape {@code [C, H, W]}. */
    AdaptedDataset(Dataset origin, Shape shape) {
        this.origin = origin;
        this.shape = shape;
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
        return shape;
    }

    @Override
    public List<String> classNames() {
        return origin.classNames();
    }

    @Override
    public int label(int index) {
        return origin.label(index);
    }

    @Override
    public void read(int index, Tensor into) {
        Shape from = origin.sampleShape();
        Tensor sample = Tensor.zeros(DType.UINT8, from);
        origin.read(index, sample);
        for (long c = 0; c < shape.dim(0); c++) {
            for (long y = 0; y < shape.dim(1); y++) {
                for (long x = 0; x < shape.dim(2); x++) {
                    long column = (x * from.dim(2) / shape.dim(2) + c / from.dim(0)) % from.dim(2);
                    into.set(sample.get(c % from.dim(0), y * from.dim(1) / shape.dim(1), column), c, y, x);
                }
            }
        }
    }
}

package dev.lamina.samples.check;

import dev.lamina.data.Dataset;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;

/**
 * Samples that fit a model.
 *
 * @param samples of its shape, with no more classes than it has
 * @param description what they are, for people
 */
public record CheckData(Dataset samples, String description) {
    /**
     * Brings samples to a model's input: in another shape by the nearest pixels; where they have more classes than the model, numbers are
     * drawn instead.
     *
     * @param insisted whether the user asked for these samples, so that others will not do
     * @throws IllegalArgumentException if he did and they have too many classes
     */
    public static CheckData fit(Dataset samples, Shape shape, int classes, boolean insisted, long seed) {
        int given = samples.classNames().size();
        if (given > classes) {
            if (insisted) {
                throw new IllegalArgumentException("check: data \"" + samples.name() + "\" has " + given + " classes, the model "
                        + classes + ". Give --classes " + given + ", or other data.");
            }
            return new CheckData(new DrawnDataset(shape, classes, seed), "drawn numbers, since " + samples.name() + " has " + given
                    + " classes and the model " + classes);
        }
        return samples.sampleShape().equals(shape) ? new CheckData(samples, samples.name())
                : new CheckData(adapted(samples, shape),
                        samples.name() + ", brought from " + samples.sampleShape() + " to " + shape);
    }

    /**
     * The nearest pixel is taken; channel c shows the set's channel c mod C, moved c / C columns to the right and round, so that no two
     * channels are equal.
     */
    private static Dataset adapted(Dataset origin, Shape shape) {
        Shape from = origin.sampleShape();
        return origin.derived(DType.UINT8, shape, (index, into) -> {
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
        });
    }
}

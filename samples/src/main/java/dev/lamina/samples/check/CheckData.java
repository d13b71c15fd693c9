package dev.lamina.samples.check;

import dev.lamina.data.Dataset;
import dev.lamina.tensor.Shape;

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
                : new CheckData(new AdaptedDataset(samples, shape),
                        samples.name() + ", brought from " + samples.sampleShape() + " to " + shape);
    }
}

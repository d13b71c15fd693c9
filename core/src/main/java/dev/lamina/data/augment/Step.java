package dev.lamina.data.augment;

import dev.lamina.io.Image;
import dev.lamina.tensor.Philox;
import dev.lamina.tensor.Shape;

/** One random change to an image. Immutable and thread-safe. */
sealed interface Step permits Resize, RandomResizedCrop, RandomCrop, Flip, Jitter, ColourNoise, Cutout {
    /** This step as {@link Augmentation#parse} reads it, with all its numbers. */
    String text();

    /** Whether this starts from the source image, so that it must be the first step. */
    default boolean fromSource() {
        return false;
    }

    /**
     * Checks that this can be applied.
     *
     * @param sample shape {@code [C, H, W]} of the result of all steps
     * @param shortest length of the image's shorter side before this step, at least
     * @throws IllegalArgumentException if not
     */
    default void check(Shape sample, long shortest) { }

    /**
     * The changed image, or the image itself; never written to it.
     *
     * @param random the sample's stream, as the steps before have left it
     */
    Image apply(Image image, Philox.Stream random, Target target);

    /**
     * What the result of all steps is like.
     *
     * @param height of a sample
     * @param width of a sample
     * @param axes of the colours of the training samples, null unless a step needs them
     */
    record Target(int height, int width, ColourAxes axes) { }
}

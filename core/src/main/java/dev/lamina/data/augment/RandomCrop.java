package dev.lamina.data.augment;

import dev.lamina.io.Image;
import dev.lamina.tensor.Philox;
import dev.lamina.tensor.Shape;

/** A part of the sample's size at a random place of the image, which is padded on all sides with pixels of 0 before. */
record RandomCrop(int padding) implements Step {
    @Override
    public String text() {
        return "crop:" + padding;
    }

    @Override
    public void check(Shape sample, long shortest) {
        long side = Math.max(sample.dim(1), sample.dim(2));
        if (shortest + 2L * padding < side) {
            throw new IllegalArgumentException("augment \"" + text() + "\": the crop " + sample.dim(1) + " x " + sample.dim(2)
                    + " is larger than the image, whose shorter side is " + shortest + " with " + padding + " on each side. Pad more.");
        }
    }

    @Override
    public Image apply(Image image, Philox.Stream random, Target target) {
        int top = random.nextInt(image.height() + 2 * padding - target.height() + 1) - padding;
        int left = random.nextInt(image.width() + 2 * padding - target.width() + 1) - padding;
        return image.crop(top, left, target.height(), target.width());
    }
}

package dev.lamina.data.augment;

import dev.lamina.data.Fit;
import dev.lamina.io.Image;
import dev.lamina.tensor.Philox;
import dev.lamina.tensor.Shape;

/** The source image with its shorter side of a given length. */
record Resize(int side) implements Step {
    @Override
    public String text() {
        return "resize:" + side;
    }

    @Override
    public boolean fromSource() {
        return true;
    }

    @Override
    public void check(Shape sample, long shortest) {
        if (side < sample.dim(1) || side < sample.dim(2)) {
            throw new IllegalArgumentException("augment \"" + text() + "\": a short side of " + side + " does not hold the sample "
                    + sample.dim(1) + " x " + sample.dim(2) + ". Resize to " + Math.max(sample.dim(1), sample.dim(2)) + " or more.");
        }
    }

    @Override
    public Image apply(Image image, Philox.Stream random, Target target) {
        return Fit.resizeShortSide(image, side);
    }
}

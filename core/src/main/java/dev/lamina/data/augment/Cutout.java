package dev.lamina.data.augment;

import dev.lamina.io.Image;
import dev.lamina.tensor.Philox;
import dev.lamina.tensor.Shape;
import java.util.Arrays;

/** A square of pixels 0 (DeVries and Taylor, 2017): its centre is any pixel of the image, at whose borders it is cut. */
record Cutout(int side) implements Step {
    @Override
    public String text() {
        return "cutout:" + side;
    }

    @Override
    public void check(Shape sample, long shortest) {
        if (side > Math.max(sample.dim(1), sample.dim(2))) {
            throw new IllegalArgumentException("augment \"" + text() + "\": the square is larger than the sample " + sample.dim(1) + " x "
                    + sample.dim(2) + ". Take a smaller one.");
        }
    }

    @Override
    public Image apply(Image image, Philox.Stream random, Target target) {
        int top = random.nextInt(image.height()) - side / 2;
        int left = random.nextInt(image.width()) - side / 2;
        int x0 = Math.max(0, left);
        int x1 = Math.min(image.width(), left + side);
        byte[] out = image.pixels().clone();
        for (int c = 0; c < image.channels(); c++) {
            for (int y = Math.max(0, top); y < Math.min(image.height(), top + side); y++) {
                int row = (c * image.height() + y) * image.width();
                Arrays.fill(out, row + x0, row + x1, (byte) 0);
            }
        }
        return new Image(image.channels(), image.height(), image.width(), out);
    }
}

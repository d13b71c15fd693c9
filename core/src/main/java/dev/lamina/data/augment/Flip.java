package dev.lamina.data.augment;

import dev.lamina.io.Image;
import dev.lamina.tensor.Philox;

/** The mirror image, left for right, with a probability. */
record Flip(double probability) implements Step {
    @Override
    public String text() {
        return "flip:" + StepText.plain(probability);
    }

    @Override
    public Image apply(Image image, Philox.Stream random, Target target) {
        if (random.nextUniform() >= probability) {
            return image;
        }
        byte[] in = image.pixels();
        byte[] out = new byte[in.length];
        int width = image.width();
        for (int row = 0; row < in.length; row += width) {
            for (int x = 0; x < width; x++) {
                out[row + x] = in[row + width - 1 - x];
            }
        }
        return new Image(image.channels(), image.height(), width, out);
    }
}

package dev.lamina.data.augment;

import dev.lamina.io.Image;
import dev.lamina.tensor.Philox;

/**
 * A random part of the source image, resized to the sample (Szegedy and others, 2015): its area is uniform in a range of shares, the
 * logarithm of its ratio of width to height is uniform too. Ten draws are tried; if none lies inside the image, the largest part at the
 * centre whose ratio is in the range is taken.
 */
record RandomResizedCrop(double least, double most, double narrow, double wide) implements Step {
    private static final int TRIES = 10;

    @Override
    public String text() {
        return "rrc:" + StepText.plain(least) + "," + StepText.plain(most) + "," + StepText.plain(narrow) + "," + StepText.plain(wide);
    }

    @Override
    public boolean fromSource() {
        return true;
    }

    @Override
    public Image apply(Image image, Philox.Stream random, Target target) {
        double area = (double) image.height() * image.width();
        for (int attempt = 0; attempt < TRIES; attempt++) {
            double part = area * (least + random.nextUniform() * (most - least));
            double ratio = Math.exp(Math.log(narrow) + random.nextUniform() * (Math.log(wide) - Math.log(narrow)));
            int w = (int) Math.round(Math.sqrt(part * ratio));
            int h = (int) Math.round(Math.sqrt(part / ratio));
            if (w >= 1 && h >= 1 && w <= image.width() && h <= image.height()) {
                int top = random.nextInt(image.height() - h + 1);
                int left = random.nextInt(image.width() - w + 1);
                return image.resize(top, left, h, w, target.height(), target.width());
            }
        }
        double ratio = (double) image.width() / image.height();
        int w = ratio > wide ? (int) Math.max(1, Math.round(image.height() * wide)) : image.width();
        int h = ratio < narrow ? (int) Math.max(1, Math.round(image.width() / narrow)) : image.height();
        return image.resize((image.height() - h) / 2, (image.width() - w) / 2, h, w, target.height(), target.width());
    }
}

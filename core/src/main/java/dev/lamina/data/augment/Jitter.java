package dev.lamina.data.augment;

import dev.lamina.io.Image;
import dev.lamina.tensor.Philox;
import dev.lamina.tensor.Shape;

/**
 * Random brightness, contrast, saturation and hue, as torchvision's {@code ColorJitter} on uint8 tensors: each factor is uniform, the four
 * changes come in random order, and after each the values are cut to 0..255 and their fractions dropped (float32).
 *
 * @param brightness factor in {@code [max(0, 1 - b), 1 + b]}: pixels times the factor
 * @param contrast factor f, drawn likewise: {@code f x + (1 - f) m}, m the mean of the image in grey
 * @param saturation factor f, drawn likewise: {@code f x + (1 - f) g}, g the pixel in grey
 * @param hue shift in {@code [-h, h]} of the circle of hues, h at most 0.5
 */
record Jitter(double brightness, double contrast, double saturation, double hue) implements Step {
    @Override
    public String text() {
        return "jitter:" + StepText.plain(brightness) + "," + StepText.plain(contrast) + "," + StepText.plain(saturation) + ","
                + StepText.plain(hue);
    }

    @Override
    public void check(Shape sample, long shortest) {
        if ((saturation > 0 || hue > 0) && sample.dim(0) != 3) {
            throw new IllegalArgumentException("augment \"" + text() + "\": saturation and hue need 3 channels, samples have "
                    + sample.dim(0) + ". Set both to 0.");
        }
    }

    @Override
    public Image apply(Image image, Philox.Stream random, Target target) {
        int[] order = random.permutation(4);
        double b = factor(brightness, random);
        double c = factor(contrast, random);
        double s = factor(saturation, random);
        double h = hue * (2 * random.nextUniform() - 1);
        byte[] pixels = image.pixels().clone();
        for (int change : order) {
            switch (change) {
                case 0 -> brighten(pixels, (float) b, brightness > 0);
                case 1 -> contrast(pixels, image.channels(), (float) c, contrast > 0);
                case 2 -> saturate(pixels, (float) s, saturation > 0);
                default -> Hue.shift(pixels, (float) h, hue > 0);
            }
        }
        return new Image(image.channels(), image.height(), image.width(), pixels);
    }

    private static double factor(double range, Philox.Stream random) {
        double least = Math.max(0, 1 - range);
        return least + random.nextUniform() * (1 + range - least);
    }

    static void brighten(byte[] pixels, float factor, boolean wanted) {
        for (int i = 0; wanted && i < pixels.length; i++) {
            pixels[i] = cut((pixels[i] & 0xff) * factor);
        }
    }

    static void contrast(byte[] pixels, int channels, float factor, boolean wanted) {
        if (!wanted) {
            return;
        }
        long sum = 0;
        int plane = pixels.length / channels;
        for (int i = 0; i < plane; i++) {
            sum += channels == 3 ? grey(pixels, i, plane) : pixels[i] & 0xff;
        }
        float rest = (1 - factor) * ((float) sum / plane);
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = cut((pixels[i] & 0xff) * factor + rest);
        }
    }

    static void saturate(byte[] pixels, float factor, boolean wanted) {
        int plane = pixels.length / 3;
        for (int i = 0; wanted && i < plane; i++) {
            float rest = (1 - factor) * grey(pixels, i, plane);
            for (int at = i; at < pixels.length; at += plane) {
                pixels[at] = cut((pixels[at] & 0xff) * factor + rest);
            }
        }
    }

    private static int grey(byte[] pixels, int i, int plane) {
        return (int) (0.2989f * (pixels[i] & 0xff) + 0.587f * (pixels[plane + i] & 0xff) + 0.114f * (pixels[2 * plane + i] & 0xff));
    }

    private static byte cut(float value) {
        return (byte) (int) Math.clamp(value, 0f, 255f);
    }
}

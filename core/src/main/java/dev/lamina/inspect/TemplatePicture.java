package dev.lamina.inspect;

import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A linear classifier's weights as one picture for people: a template a class with its name, and the scale. One channel is shown in signed
 * colours, blue for negative weights, white for 0, red for positive ones; three channels as {@link Templates.Scale#SYMMETRIC}, mid-grey
 * for 0. One scale, the largest magnitude of all weights, holds for all classes. Stateless and thread-safe.
 */
public final class TemplatePicture {
    private static final int BAR_HEIGHT = 12;
    private static final int SIZE = 84;

    private TemplatePicture() { }

    /**
     * The picture.
     *
     * @param weight floating {@code [K, D]}
     * @param image {@code [C, H, W]} with {@code C H W = D} and C 1 or 3
     * @param names of the K classes
     * @param columns templates in a row
     * @return uint8 {@code [3, height, width]}
     * @throws IllegalArgumentException if the shapes do not fit
     */
    public static Tensor of(Tensor weight, Shape image, List<String> names, int columns) {
        Tensor grey = Templates.of(weight, image, Templates.Scale.SYMMETRIC);
        long classes = weight.shape().dim(0);
        if (names.size() != classes) {
            throw new IllegalArgumentException("templates: " + names.size() + " names, needs one for each of " + classes + " rows.");
        }
        if (image.dim(0) != 1 && image.dim(0) != 3) {
            throw new IllegalArgumentException("templates: images have " + image.dim(0)
                    + " channels, a picture needs 1 or 3. Use Templates.of for single channels.");
        }
        boolean signed = image.dim(0) == 1;
        double largest = largest(weight);
        int zoom = Math.toIntExact(Math.max(1, SIZE / Math.max(image.dim(1), image.dim(2))));
        List<Figure.Panel> panels = new ArrayList<>();
        for (int k = 0; k < classes; k++) {
            Tensor one = signed ? coloured(weight.select(0, k), image, largest) : grey.select(0, k).contiguous();
            panels.add(new Figure.Panel(names.get(k), one, zoom));
        }
        Tensor grid = Figure.of("", columns, panels);
        return Figure.of("", 1, List.of(new Figure.Panel("", grid, 1), new Figure.Panel(caption(signed, largest), bar(signed,
                Math.toIntExact(grid.shape().dim(2))), 1)));
    }

    private static double largest(Tensor weight) {
        double largest = 0;
        for (double w : weight.toDoubles()) {
            largest = Math.max(largest, Math.abs(w));
        }
        return largest;
    }

    private static String caption(boolean signed, double largest) {
        return String.format(Locale.ROOT, signed ? "weights: blue %.3g, white 0, red %.3g" : "weights: dark %.3g, mid-grey 0, bright %.3g",
                -largest, largest);
    }

    private static Tensor coloured(Tensor row, Shape image, double largest) {
        double[] weights = row.toDoubles();
        byte[] planes = new byte[3 * weights.length];
        for (int i = 0; i < weights.length; i++) {
            Palette.put(planes, weights.length, i, Palette.signed(largest == 0 ? 0 : weights[i] / largest));
        }
        return Tensor.ofBytes(planes, 3, image.dim(1), image.dim(2));
    }

    /** The scale from -1 at the left to 1 at the right. */
    private static Tensor bar(boolean signed, int width) {
        byte[] planes = new byte[3 * BAR_HEIGHT * width];
        for (int i = 0; i < BAR_HEIGHT * width; i++) {
            double value = width == 1 ? 0 : 2.0 * (i % width) / (width - 1) - 1;
            double level = 128 + 127 * value;
            Palette.put(planes, BAR_HEIGHT * width, i, signed ? Palette.signed(value) : new double[] {level, level, level});
        }
        return Tensor.ofBytes(planes, 3, BAR_HEIGHT, width);
    }
}

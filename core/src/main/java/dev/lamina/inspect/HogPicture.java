package dev.lamina.inspect;

import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;

/**
 * HOG features, or filters on them, as a picture: in each cell a star of nine strokes. A stroke runs along the edge whose gradient has the
 * direction, and is as bright as what the cell's features say about that direction. Stateless and thread-safe.
 */
public final class HogPicture {
    private static final int STROKES = 9;
    private static final int LEAST_SIDE = 5;
    private static final int MOST_SIDE = 200;
    private static final int WHITE = 255;

    private HogPicture() { }

    /**
     * The picture of what is positive. A stroke's weight is the sum of its two signed channels (o and o + 9) and its unsigned one (18 + o),
     * as far as they are positive; the largest weight of all is white. Of a filter, the negated one shows what it is against.
     *
     * @param features floating {@code [C, rows, columns]} with 27 channels or more, the first 27 as in {@code dev.lamina.vision.Hog}
     * @param side of a cell in the picture, in pixels, 5 to 200
     * @return uint8 {@code [1, rows * side, columns * side]}
     * @throws IllegalArgumentException if the shape or the side does not fit, or a value is not finite
     */
    public static Tensor of(Tensor features, int side) {
        Shape shape = features.shape();
        if (!features.dtype().isFloating() || shape.rank() != 3 || shape.dim(0) < 3 * STROKES || shape.elements() == 0) {
            throw new IllegalArgumentException("hog picture: features are " + features.dtype() + " " + shape
                    + ", needs floating-point [27 or more, rows, columns].");
        }
        if (side < LEAST_SIDE || side > MOST_SIDE) {
            throw new IllegalArgumentException("hog picture: side = " + side + " pixels, needs " + LEAST_SIDE + " to " + MOST_SIDE + ".");
        }
        int rows = Math.toIntExact(shape.dim(1));
        int columns = Math.toIntExact(shape.dim(2));
        double[][] weights = weights(features.toDoubles(), rows * columns);
        double most = 0;
        for (double[] stroke : weights) {
            for (double weight : stroke) {
                most = Math.max(most, weight);
            }
        }
        double[][] glyphs = glyphs(side);
        byte[] pixels = new byte[Math.multiplyExact(rows * side, columns * side)];
        for (int i = 0; i < pixels.length && most > 0; i++) {
            int y = i / (columns * side);
            int x = i % (columns * side);
            int cell = y / side * columns + x / side;
            double sum = 0;
            for (int o = 0; o < STROKES; o++) {
                sum += weights[o][cell] * glyphs[o][y % side * side + x % side];
            }
            pixels[i] = (byte) Math.min(WHITE, Math.round(WHITE * sum / most));
        }
        return Tensor.ofBytes(pixels, 1, rows * side, columns * side);
    }

    private static double[][] weights(double[] features, int cells) {
        double[][] weights = new double[STROKES][cells];
        for (int i = 0; i < 3 * STROKES * cells; i++) {
            if (!Double.isFinite(features[i])) {
                throw new IllegalArgumentException("hog picture: value " + features[i] + " in channel " + i / cells
                        + ", needs finite ones.");
            }
            weights[i / cells % STROKES][i % cells] += Math.max(0, features[i]);
        }
        return weights;
    }

    /** How much of each pixel a stroke one pixel wide covers, about; strokes end before the cell does. */
    private static double[][] glyphs(int side) {
        double[][] glyphs = new double[STROKES][side * side];
        double centre = (side - 1) / 2.0;
        double radius = centre - 0.5;
        for (int o = 0; o < STROKES; o++) {
            double cos = Math.cos(Math.PI * o / STROKES);
            double sin = Math.sin(Math.PI * o / STROKES);
            for (int i = 0; i < side * side; i++) {
                double dx = i % side - centre;
                double dy = i / side - centre;
                double across = Math.abs(dx * cos + dy * sin);
                double along = Math.abs(dy * cos - dx * sin);
                glyphs[o][i] = Math.clamp(1 - across, 0, 1) * Math.clamp(radius + 1 - along, 0, 1);
            }
        }
        return glyphs;
    }
}

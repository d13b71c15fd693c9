package dev.lamina.inspect;

import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;

/**
 * The rows of a linear classifier's weight as images: what each class looks for. Stateless and thread-safe.
 */
public final class Templates {
    private static final int GREY = 128;
    private static final int GAP = 1;

    private Templates() { }

    /** How weights become brightness. */
    public enum Scale {
        /** {@code 128 + 127 w / max|W|} with one scale for all rows: zero is mid-grey. */
        SYMMETRIC,
        /** Each row from its least to its greatest weight over 0..255; a constant row is mid-grey. */
        PER_TEMPLATE
    }

    /**
     * One image a row.
     *
     * @param weight floating {@code [K, D]}
     * @param image {@code [C, H, W]} with {@code C H W = D}; null if the inputs are no image
     * @return uint8 {@code [K, C, H, W]}
     * @throws IllegalArgumentException if the shapes do not fit
     */
    public static Tensor of(Tensor weight, Shape image, Scale scale) {
        Shape shape = weight.shape();
        if (shape.rank() != 2) {
            throw new IllegalArgumentException("templates: weight has rank " + shape.rank() + " " + shape + ", needs rank 2 [K, D].");
        }
        if (image == null) {
            throw new IllegalArgumentException(
                    "templates: layer has " + shape.dim(1) + " inputs, no image shape known. Pass shape [C, H, W].");
        }
        if (image.rank() != 3 || image.elements() != shape.dim(1)) {
            throw new IllegalArgumentException("templates: layer has " + shape.dim(1) + " inputs, image shape " + image + " has "
                    + image.elements() + ". Pass the shape [C, H, W] of the samples.");
        }
        double largest = 0;
        for (double w : weight.toDoubles()) {
            largest = Math.max(largest, Math.abs(w));
        }
        Tensor images = Tensor.zeros(DType.UINT8, Shape.of(shape.dim(0), image.dim(0), image.dim(1), image.dim(2)));
        for (long k = 0; k < shape.dim(0); k++) {
            double[] row = weight.select(0, k).toDoubles();
            double low = Double.POSITIVE_INFINITY;
            double high = Double.NEGATIVE_INFINITY;
            for (double w : row) {
                low = Math.min(low, w);
                high = Math.max(high, w);
            }
            byte[] pixels = new byte[row.length];
            for (int i = 0; i < row.length; i++) {
                double level = switch (scale) {
                    case SYMMETRIC -> largest == 0 ? GREY : GREY + 127 * row[i] / largest;
                    case PER_TEMPLATE -> high == low ? GREY : 255 * (row[i] - low) / (high - low);
                };
                pixels[i] = (byte) Math.round(level);
            }
            images.select(0, k).copyFrom(Tensor.ofBytes(pixels, image.toArray()));
        }
        return images;
    }

    /**
     * Images side by side, {@code columns} a row, with a mid-grey line between them.
     *
     * @param images uint8 {@code [K, C, H, W]}
     * @return uint8 {@code [C, height, width]}
     */
    public static Tensor grid(Tensor images, int columns) {
        if (columns < 1) {
            throw new IllegalArgumentException("templates: columns = " + columns + ", needs >= 1.");
        }
        Shape shape = images.shape();
        long rows = Math.ceilDiv(shape.dim(0), columns);
        long h = shape.dim(2) + GAP;
        long w = shape.dim(3) + GAP;
        Tensor grid = Tensor.full(DType.UINT8, Shape.of(shape.dim(1), rows * h + GAP, Math.min(columns, shape.dim(0)) * w + GAP), GREY);
        for (long k = 0; k < shape.dim(0); k++) {
            long top = k / columns * h + GAP;
            long left = k % columns * w + GAP;
            grid.slice(1, top, top + shape.dim(2)).slice(2, left, left + shape.dim(3)).copyFrom(images.select(0, k));
        }
        return grid;
    }
}

package dev.lamina.vision;

import java.util.Optional;

/**
 * A rectangle by two corners, in pixels, x to the right and y down. What the corners mean is said by an {@link Extent} wherever it matters;
 * boxes are compared only with boxes of the same meaning. Immutable and thread-safe.
 *
 * @param x1 left
 * @param y1 top
 * @param x2 right, at least {@code x1}
 * @param y2 bottom, at least {@code y1}
 */
public record Box(double x1, double y1, double x2, double y2) {

    /** What corners mean. */
    public enum Extent {
        /** Corners are the first and the last pixel, both inside: the width is {@code x2 - x1 + 1} (PASCAL VOC). */
        INCLUSIVE(1),
        /** Corners are points on a plane where pixel i covers [i, i + 1]: the width is {@code x2 - x1}. */
        CONTINUOUS(0);

        private final int extra;

        Extent(int extra) {
            this.extra = extra;
        }
    }

    /**
     * A checked box.
     *
     * @throws IllegalArgumentException if a corner is not finite or the second is left of or above the first
     */
    public Box {
        if (!Double.isFinite(x1) || !Double.isFinite(y1) || !Double.isFinite(x2) || !Double.isFinite(y2) || x1 > x2 || y1 > y2) {
            throw new IllegalArgumentException("box: corners (" + x1 + ", " + y1 + ") and (" + x2 + ", " + y2
                    + "), needs finite numbers with x1 <= x2 and y1 <= y2.");
        }
    }

    /** Width in pixels. */
    public double width(Extent extent) {
        return x2 - x1 + extent.extra;
    }

    /** Height in pixels. */
    public double height(Extent extent) {
        return y2 - y1 + extent.extra;
    }

    /** Area in square pixels; 0 is possible with {@link Extent#CONTINUOUS} only. */
    public double area(Extent extent) {
        return width(extent) * height(extent);
    }

    /** Area that both boxes cover. */
    public double intersection(Box other, Extent extent) {
        double w = Math.min(x2, other.x2) - Math.max(x1, other.x1) + extent.extra;
        double h = Math.min(y2, other.y2) - Math.max(y1, other.y1) + extent.extra;
        return w <= 0 || h <= 0 ? 0 : w * h;
    }

    /** Intersection over union, 0 to 1; 0 if both areas are 0. */
    public double iou(Box other, Extent extent) {
        double both = intersection(other, extent);
        return both == 0 ? 0 : both / (area(extent) + other.area(extent) - both);
    }

    /** The share of this box that the other covers, 0 to 1; 0 if this area is 0. */
    public double covered(Box other, Extent extent) {
        double both = intersection(other, extent);
        return both == 0 ? 0 : both / area(extent);
    }

    /**
     * The part of this box inside an image; empty if there is none.
     *
     * @param width of the image, at least 1: x is kept in [0, width - 1] if inclusive, else in [0, width]
     * @param height of the image, at least 1
     */
    public Optional<Box> clip(int width, int height, Extent extent) {
        if (width < 1 || height < 1) {
            throw new IllegalArgumentException("box: image is " + width + " x " + height + ", needs at least 1 x 1.");
        }
        double left = Math.max(0, x1);
        double top = Math.max(0, y1);
        double right = Math.min(width - extent.extra, x2);
        double bottom = Math.min(height - extent.extra, y2);
        boolean none = extent == Extent.INCLUSIVE ? right < left || bottom < top : right <= left || bottom <= top;
        return none ? Optional.empty() : Optional.of(new Box(left, top, right, bottom));
    }

    /** The box of the same pixels with continuous corners; this box has inclusive ones. */
    public Box toContinuous() {
        return new Box(x1, y1, x2 + 1, y2 + 1);
    }

    /**
     * The box of the same pixels with inclusive corners; this box has continuous ones.
     *
     * @throws IllegalArgumentException if it is narrower or lower than a pixel
     */
    public Box toInclusive() {
        return new Box(x1, y1, x2 - 1, y2 - 1);
    }

    /** This box moved. */
    public Box shift(double dx, double dy) {
        return new Box(x1 + dx, y1 + dy, x2 + dx, y2 + dy);
    }
}

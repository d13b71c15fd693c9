package dev.lamina.vision;

import dev.lamina.io.Image;

/**
 * One level of a {@link FeaturePyramid}: an image's size after scaling, and the grid of feature cells over it. Cells are counted with the
 * padding: column {@code padX} is the first that features fill. Immutable and thread-safe.
 *
 * @param index from 0, the finest
 * @param imageWidth pixels of the unscaled image
 * @param imageHeight pixels of the unscaled image
 * @param width pixels of the scaled image
 * @param height pixels of the scaled image
 * @param cell distance of cells in scaled pixels
 * @param origin left and upper edge of the first cell that features fill, in scaled pixels; may be negative
 * @param columns cells that features fill, without padding
 * @param rows cells that features fill, without padding
 * @param padX columns of padding left and right
 * @param padY rows of padding above and below
 */
public record PyramidLevel(int index, int imageWidth, int imageHeight, int width, int height, int cell, double origin, int columns,
        int rows, int padX, int padY) {

    /** Columns with padding. */
    public int paddedColumns() {
        return columns + 2 * padX;
    }

    /** Rows with padding. */
    public int paddedRows() {
        return rows + 2 * padY;
    }

    /** Width of a cell in pixels of the unscaled image. */
    public double cellWidth() {
        return cell / scaleX();
    }

    /** Height of a cell in pixels of the unscaled image. */
    public double cellHeight() {
        return cell / scaleY();
    }

    /** Scaled pixels for one of the image, along x; differs from {@link #scaleY} by the rounding of sizes. */
    public double scaleX() {
        return (double) width / imageWidth;
    }

    /** Scaled pixels for one of the image, along y. */
    public double scaleY() {
        return (double) height / imageHeight;
    }

    /**
     * Where a window of cells is in the unscaled image; in padding it reaches out of it.
     *
     * @param x first column, with padding
     * @param y first row, with padding
     * @param w columns
     * @param h rows
     * @return continuous corners
     */
    public Box box(double x, double y, double w, double h) {
        return new Box(pixel(x - padX) / scaleX(), pixel(y - padY) / scaleY(), pixel(x - padX + w) / scaleX(),
                pixel(y - padY + h) / scaleY());
    }

    private double pixel(double cells) {
        return origin + cells * cell;
    }

    /** The column, with padding, whose left edge is at an x of the unscaled image; between columns a fraction. */
    public double column(double x) {
        return (x * scaleX() - origin) / cell + padX;
    }

    /** The row, with padding, whose upper edge is at a y of the unscaled image. */
    public double row(double y) {
        return (y * scaleY() - origin) / cell + padY;
    }

    /**
     * The image of this level: bilinear, with antialias where it shrinks ({@link Image#resize}).
     *
     * @throws IllegalArgumentException if the image has another size than the pyramid was made for
     */
    public Image scale(Image image) {
        if (image.width() != imageWidth || image.height() != imageHeight) {
            throw new IllegalArgumentException("pyramid: image is " + image.width() + " x " + image.height() + ", the pyramid is for "
                    + imageWidth + " x " + imageHeight + ".");
        }
        return image.resize(height, width);
    }
}

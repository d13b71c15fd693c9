package dev.lamina.io;

import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A uint8 image in planes: pixel {@code (c, y, x)} is {@code pixels[(c * height + y) * width + x]}. The array is not copied; whoever makes
 * an image gives the array away, and nobody writes to an image that he did not make. Equality is that of the array.
 *
 * @param channels 1 (grey) or 3 (red, green, blue) of files; any number of data sets
 * @param height at least 1
 * @param width at least 1
 * @param pixels row by row, plane by plane, 0 to 255
 */
public record Image(int channels, int height, int width, byte[] pixels) {
    /**
     * A checked image.
     *
     * @throws IllegalArgumentException if a size is not positive or the array has another length
     */
    public Image {
        if (channels < 1 || height < 1 || width < 1 || (long) channels * height * width != pixels.length) {
            throw new IllegalArgumentException("image: " + channels + " x " + height + " x " + width + " of " + pixels.length
                    + " bytes, needs sizes >= 1 and as many bytes.");
        }
    }

    /** The copy of a uint8 tensor {@code [C, H, W]}. */
    public static Image of(Tensor tensor) {
        Shape shape = tensor.shape();
        if (tensor.dtype() != DType.UINT8 || shape.rank() != 3) {
            throw new IllegalArgumentException("image: " + tensor.dtype() + " " + shape + ", needs uint8 [C, H, W].");
        }
        byte[] pixels = new byte[Math.toIntExact(shape.elements())];
        MemorySegment.copy(tensor.contiguous().memory(), ValueLayout.JAVA_BYTE, 0, pixels, 0, pixels.length);
        return new Image((int) shape.dim(0), (int) shape.dim(1), (int) shape.dim(2), pixels);
    }

    /** This image as a tensor of its own, uint8 {@code [C, H, W]}. */
    public Tensor tensor() {
        return Tensor.ofBytes(pixels, channels, height, width);
    }

    /** Shape {@code [C, H, W]}. */
    public Shape shape() {
        return Shape.of(channels, height, width);
    }

    /**
     * Copies the pixels into a tensor.
     *
     * @param into row-major uint8 of {@link #shape}
     * @throws IllegalArgumentException if it is another
     */
    public void copyTo(Tensor into) {
        if (into.dtype() != DType.UINT8 || !into.shape().equals(shape()) || !into.isContiguous()) {
            throw new IllegalArgumentException("image: cannot copy " + shape() + " into " + into.dtype() + " " + into.shape()
                    + (into.isContiguous() ? "" : " (strided)") + ", needs row-major uint8 of the same shape.");
        }
        MemorySegment.copy(pixels, 0, into.memory(), ValueLayout.JAVA_BYTE, 0, pixels.length);
    }

    /**
     * A part of this image; where the part lies outside, pixels are 0.
     *
     * @param top row of the part's first row, may be negative
     * @param left column of its first column, may be negative
     * @param h its height, at least 1
     * @param w its width, at least 1
     */
    public Image crop(int top, int left, int h, int w) {
        if (top == 0 && left == 0 && h == height && w == width) {
            return this;
        }
        byte[] out = new byte[Math.multiplyExact(channels, Math.multiplyExact(h, w))];
        int from = Math.max(0, left);
        int count = Math.min(width, left + w) - from;
        for (int c = 0; c < channels && count > 0; c++) {
            for (int y = Math.max(0, top); y < Math.min(height, top + h); y++) {
                System.arraycopy(pixels, (c * height + y) * width + from, out, (c * h + y - top) * w + from - left, count);
            }
        }
        return new Image(channels, h, w, out);
    }

    /** Resized as {@link ImageFile#resize} does; this image if it has that size. */
    public Image resize(int h, int w) {
        return h == height && w == width ? this : resize(0, 0, height, width, h, w);
    }

    /**
     * A part of this image, cut out and then resized: pixels outside the part have no influence.
     *
     * @param top row of the part's first row
     * @param left column of its first column
     * @param partHeight height of the part
     * @param partWidth width of the part
     * @param h height of the result
     * @param w width of the result
     * @throws IllegalArgumentException if the part lies outside or a size is not positive
     */
    public Image resize(int top, int left, int partHeight, int partWidth, int h, int w) {
        if (top < 0 || left < 0 || partHeight < 1 || partWidth < 1 || top > height - partHeight || left > width - partWidth || h < 1
                || w < 1 || (long) h * w > ImageFile.MAX_PIXELS) {
            throw new IllegalArgumentException("image: the part " + partHeight + " x " + partWidth + " at (" + top + ", " + left
                    + ") of " + height + " x " + width + " resized to " + h + " x " + w + " is not possible.");
        }
        return Resampling.resize(this, top, left, partHeight, partWidth, h, w);
    }

    /**
     * This image in one or three channels: grey is copied into three, colour becomes grey by the weights 0.299, 0.587, 0.114.
     *
     * @throws IllegalArgumentException if that is another change
     */
    public Image withChannels(int wanted) {
        if (wanted == channels) {
            return this;
        }
        if (wanted == 3 && channels == 1) {
            byte[] out = new byte[Math.multiplyExact(3, pixels.length)];
            for (int c = 0; c < 3; c++) {
                System.arraycopy(pixels, 0, out, c * pixels.length, pixels.length);
            }
            return new Image(3, height, width, out);
        }
        if (wanted == 1 && channels == 3) {
            return Pixels.toGrey(this);
        }
        throw new IllegalArgumentException("image: " + channels + " channels cannot become " + wanted + ", only 1 and 3 can be changed.");
    }
}

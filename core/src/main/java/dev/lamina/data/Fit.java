package dev.lamina.data;

import dev.lamina.io.Image;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;

/**
 * How an image of any size becomes a sample, in evaluation and where augmentation does not say otherwise: it is resized (bilinear,
 * antialiased), the aspect ratio kept, and the centre is cut out. Grey and colour images are changed into the sample's number of channels
 * as {@link Image#withChannels} does. Immutable and thread-safe.
 *
 * @param channels of a sample, 1 or 3, or as many as the images have
 * @param height of a sample
 * @param width of a sample
 * @param shortSide to which the shorter side is resized, at least the height and the width; 0 resizes so that the sample is just covered
 */
public record Fit(int channels, int height, int width, int shortSide) {
    /** Longest side of a sample. */
    public static final int MOST = 8192;

    /**
     * A checked fit.
     *
     * @throws IllegalArgumentException if a number is out of range
     */
    public Fit {
        if (channels < 1 || height < 1 || width < 1 || height > MOST || width > MOST) {
            throw new IllegalArgumentException("image size: " + channels + " x " + height + " x " + width + ", needs 1 to " + MOST
                    + " pixels a side.");
        }
        if (shortSide < 0 || shortSide > MOST) {
            throw new IllegalArgumentException("resize: short side " + shortSide + ", needs 0 to " + MOST
                    + "; 0 resizes to just cover the sample.");
        }
        if (shortSide > 0 && (shortSide < height || shortSide < width)) {
            throw new IllegalArgumentException("resize: short side " + shortSide + " is less than the crop " + height + " x " + width
                    + ". Resize to " + Math.max(height, width) + " or more, or crop less.");
        }
    }

    /** Images that are resized to just cover samples of this shape {@code [C, H, W]}. */
    public static Fit to(Shape sample) {
        return new Fit((int) sample.dim(0), (int) sample.dim(1), (int) sample.dim(2), 0);
    }

    /** {@code [C, H, W]} of a sample. */
    public Shape sampleShape() {
        return Shape.of(channels, height, width);
    }

    /** The sample of an image; the image itself if it is one. */
    public Image apply(Image image) {
        Image resized = shortSide > 0 ? resizeShortSide(image, shortSide) : cover(image);
        Image cut = resized.crop((resized.height() - height) / 2, (resized.width() - width) / 2, height, width);
        return cut.withChannels(channels);
    }

    /**
     * The images of a data set, as samples of this size.
     *
     * @throws IllegalArgumentException if samples are not uint8
     */
    public Dataset apply(Dataset origin) {
        if (origin.sampleType() != DType.UINT8) {
            throw new IllegalArgumentException("data \"" + origin.name() + "\": samples are " + origin.sampleType()
                    + ", only uint8 images can be resized.");
        }
        return new DerivedDataset(origin, DType.UINT8, sampleShape(), (index, into) -> apply(origin.source(index)).copyTo(into),
                origin::source);
    }

    /** The image with its shorter side of this length, the other rounded down. */
    public static Image resizeShortSide(Image image, int side) {
        long h = image.height();
        long w = image.width();
        return h < w ? image.resize(side, (int) (side * w / h)) : image.resize((int) (side * h / w), side);
    }

    private Image cover(Image image) {
        long h = image.height();
        long w = image.width();
        return h * width < w * height ? image.resize(height, (int) Math.max(width, Math.round((double) w * height / h)))
                : image.resize((int) Math.max(height, Math.round((double) h * width / w)), width);
    }
}

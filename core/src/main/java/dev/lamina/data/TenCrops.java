package dev.lamina.data;

import dev.lamina.io.ImageFile;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.List;

/**
 * Ten views of each sample of another set (Krizhevsky et al. 2012, section 4.1): the four corners and the centre, then the same five
 * mirrored. View v of sample i has index {@code 10 i + v}; the order of the five is top left, top right, bottom left, bottom right, centre.
 * The centre's offset is half the room, rounded down. Thread-safe as that set is.
 */
public final class TenCrops implements Dataset {
    /** Views of a sample. */
    public static final int VIEWS = 10;

    private static final int PLACES = 5;

    private final Dataset origin;
    private final Shape shape;
    private final int side;
    /** The sample read last, of which the next views mostly are; nobody writes to it. */
    private volatile Sample last;

    private record Sample(int number, Tensor image) { }

    /**
     * The views of a set's samples, as large as they are.
     *
     * @param height rows of a view
     * @param width columns of a view
     * @throws IllegalArgumentException if a view is not smaller than a sample, or the samples are no images
     */
    public TenCrops(Dataset origin, long height, long width) {
        this(origin, 0, height, width);
    }

    /**
     * The views of a set's samples, each brought to a square by {@link #square} before.
     *
     * @param side of the square; 0 leaves the samples as they are
     * @throws IllegalArgumentException if a view is not smaller than a sample and than the square, or the samples are no images
     */
    public TenCrops(Dataset origin, int side, long height, long width) {
        Shape from = origin.sampleShape();
        if (origin.sampleType() != DType.UINT8) {
            throw new IllegalArgumentException("ten crops: data \"" + origin.name() + "\" has samples of " + origin.sampleType()
                    + ", needs images of uint8.");
        }
        requireRoom("data \"" + origin.name() + "\" has samples " + from, from, height, width);
        if (side != 0) {
            requireRoom("samples are brought to [" + from.dim(0) + ", " + side + ", " + side + "]",
                    Shape.of(from.dim(0), Math.max(side, 0), Math.max(side, 0)), height, width);
        }
        if (origin.size() > Integer.MAX_VALUE / VIEWS) {
            throw new IllegalArgumentException("ten crops: data \"" + origin.name() + "\" has " + origin.size() + " samples, at most "
                    + Integer.MAX_VALUE / VIEWS + " are possible.");
        }
        this.origin = origin;
        this.shape = Shape.of(from.dim(0), height, width);
        this.side = side;
    }

    /**
     * Resizes an image so that its shorter side has this length, and takes the centre square; offsets and the longer side are rounded down.
     *
     * @param image uint8 {@code [C, H, W]}
     * @return uint8 {@code [C, side, side]}, a view if the image has this side already
     */
    public static Tensor square(Tensor image, int side) {
        long h = image.shape().dim(1);
        long w = image.shape().dim(2);
        long shorter = Math.min(h, w);
        Tensor resized = shorter == side ? image : ImageFile.resize(image, Math.toIntExact(h * side / shorter),
                Math.toIntExact(w * side / shorter));
        long top = (resized.shape().dim(1) - side) / 2;
        long left = (resized.shape().dim(2) - side) / 2;
        return resized.slice(1, top, top + side).slice(2, left, left + side);
    }

    /**
     * The views of one image.
     *
     * @param image uint8 {@code [C, H, W]}
     * @return uint8 {@code [10, C, height, width]}
     * @throws IllegalArgumentException if a view is not smaller than the image
     */
    public static Tensor of(Tensor image, long height, long width) {
        requireRoom("image " + image.shape(), image.shape(), height, width);
        Tensor views = Tensor.zeros(DType.UINT8, Shape.of(VIEWS, image.shape().dim(0), height, width));
        for (int v = 0; v < VIEWS; v++) {
            copy(image, v, views.select(0, v));
        }
        return views;
    }

    private static void requireRoom(String what, Shape from, long height, long width) {
        boolean inside = height >= 1 && width >= 1 && height <= from.dim(1) && width <= from.dim(2);
        if (!inside || height == from.dim(1) && width == from.dim(2)) {
            throw new IllegalArgumentException("ten crops: " + what + ", the views are " + height + " x " + width
                    + " (samples must be larger than views). "
                    + (inside ? "Evaluate without ten crops." : "Give larger samples, or a model with a smaller input."));
        }
    }

    private static void copy(Tensor image, int view, Tensor into) {
        int place = view % PLACES;
        long h = into.shape().dim(1);
        long w = into.shape().dim(2);
        long roomY = image.shape().dim(1) - h;
        long roomX = image.shape().dim(2) - w;
        long top = place == PLACES - 1 ? roomY / 2 : place / 2 * roomY;
        long left = place == PLACES - 1 ? roomX / 2 : place % 2 * roomX;
        Tensor part = image.slice(1, top, top + h).slice(2, left, left + w);
        if (view < PLACES) {
            into.copyFrom(part);
            return;
        }
        for (long x = 0; x < w; x++) {
            into.slice(2, x, x + 1).copyFrom(part.slice(2, w - 1 - x, w - x));
        }
    }

    @Override
    public String name() {
        return origin.name();
    }

    @Override
    public int size() {
        return VIEWS * origin.size();
    }

    @Override
    public Shape sampleShape() {
        return shape;
    }

    @Override
    public List<String> classNames() {
        return origin.classNames();
    }

    @Override
    public void read(int index, Tensor into) {
        int number = index / VIEWS;
        Sample sample = last;
        if (sample == null || sample.number != number) {
            Tensor image = Tensor.zeros(DType.UINT8, origin.sampleShape());
            origin.read(number, image);
            sample = new Sample(number, side == 0 ? image : square(image, side));
            last = sample;
        }
        copy(sample.image, index % VIEWS, into);
    }

    @Override
    public int label(int index) {
        return origin.label(index / VIEWS);
    }
}

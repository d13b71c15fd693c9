package dev.lamina.inspect;

import dev.lamina.inspect.learned.Region;
import dev.lamina.io.ImageFile;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/** Numbers as brightness or colour: what the pictures of a network's maps and signals are made of. Stateless and thread-safe. */
public final class Levels {
    private static final int GREY = 128;
    private static final int WHITE = 255;
    private static final int GAP = 2;

    private Levels() { }

    /**
     * From black for {@code low} to white for {@code high}; all black if these are equal.
     *
     * @param map floating {@code [H, W]}, its values in that range
     * @return uint8 {@code [1, H, W]}
     */
    public static Tensor grey(Tensor map, double low, double high) {
        double[] values = map.toDoubles();
        byte[] pixels = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            pixels[i] = (byte) Math.round(high == low ? 0 : 255 * (values[i] - low) / (high - low));
        }
        return Tensor.ofBytes(pixels, 1, map.shape().dim(0), map.shape().dim(1));
    }

    /** {@link #grey} from the map's own least to its own greatest value. */
    public static Tensor minMax(Tensor map) {
        double[] values = map.toDoubles();
        return grey(map, Arrays.stream(values).min().orElse(0), Arrays.stream(values).max().orElse(0));
    }

    /**
     * From white for {@code low} to dark blue for {@code high}; all white if these are equal.
     *
     * @param values row by row
     * @return uint8 {@code [3, rows, columns]}
     */
    public static Tensor heat(double[] values, int rows, int columns, double low, double high) {
        byte[] planes = new byte[3 * values.length];
        for (int i = 0; i < values.length; i++) {
            Palette.put(planes, values.length, i, Palette.share(high == low ? 0 : (values[i] - low) / (high - low)));
        }
        return Tensor.ofBytes(planes, 3, rows, columns);
    }

    /** {@link #heat} of a map of magnitudes, from 0 to its greatest value. */
    public static Tensor heat(Tensor map) {
        double[] values = map.toDoubles();
        return heat(values, Math.toIntExact(map.shape().dim(0)), Math.toIntExact(map.shape().dim(1)), 0,
                Arrays.stream(values).max().orElse(0));
    }

    /** A colour a class, row by row; from the eleventh class on they repeat. */
    public static Tensor classes(int[] numbers, int rows, int columns) {
        byte[] planes = new byte[3 * numbers.length];
        for (int i = 0; i < numbers.length; i++) {
            Palette.put(planes, numbers.length, i, Palette.ofClass(numbers[i]));
        }
        return Tensor.ofBytes(planes, 3, rows, columns);
    }

    /**
     * A signal less its mean: mid-grey is the mean, the largest distance from it black or white. All grey if there is none.
     *
     * @param signal floating {@code [C, H, W]}; one and three channels are shown as they are, of others the mean
     * @return uint8 {@code [1, H, W]} or {@code [3, H, W]}
     */
    public static Tensor meanRemoved(Tensor signal) {
        Shape shape = signal.shape();
        int plane = Math.toIntExact(shape.dim(1) * shape.dim(2));
        int channels = Math.toIntExact(shape.dim(0));
        double[] values = channels == 1 || channels == 3 ? signal.toDoubles() : overChannels(signal.toDoubles(), channels, plane);
        double mean = Arrays.stream(values).average().orElse(0);
        double most = Arrays.stream(values).map(v -> Math.abs(v - mean)).max().orElse(0);
        byte[] pixels = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            pixels[i] = (byte) Math.round(most == 0 ? GREY : GREY + 127 * (values[i] - mean) / most);
        }
        return Tensor.ofBytes(pixels, values.length / plane, shape.dim(1), shape.dim(2));
    }

    private static double[] overChannels(double[] values, int channels, int plane) {
        double[] means = new double[plane];
        for (int i = 0; i < values.length; i++) {
            means[i % plane] += values[i] / channels;
        }
        return means;
    }

    /**
     * {@link #meanRemoved} of the part of a signal in a region alone; what lies outside of the image is mid-grey.
     *
     * @param signal floating {@code [C, H, W]}
     */
    public static Tensor meanRemoved(Tensor signal, Region region) {
        int h = Math.toIntExact(signal.shape().dim(1));
        int w = Math.toIntExact(signal.shape().dim(2));
        int top = Math.clamp(region.top(), 0, h - 1);
        int left = Math.clamp(region.left(), 0, w - 1);
        int bottom = Math.clamp((long) region.top() + region.height(), top + 1, h);
        int right = Math.clamp((long) region.left() + region.width(), left + 1, w);
        Tensor part = meanRemoved(signal.slice(1, top, bottom).slice(2, left, right).contiguous());
        return new Region(region.top() - top, region.left() - left, region.height(), region.width()).cut(part);
    }

    /**
     * A picture of samples: of one and three channels as they are, of others the mean.
     *
     * @param image uint8 {@code [C, H, W]}
     */
    public static Tensor shown(Tensor image) {
        long channels = image.shape().dim(0);
        if (channels == 1 || channels == 3) {
            return image.contiguous();
        }
        int plane = Math.toIntExact(image.shape().dim(1) * image.shape().dim(2));
        double[] means = overChannels(image.toDoubles(), (int) channels, plane);
        return Tensor.of(DType.UINT8, means, 1, image.shape().dim(1), image.shape().dim(2));
    }

    /**
     * A picture brought near to a size: enlarged by a whole number of times, or resized where it is larger.
     *
     * @param picture uint8 {@code [1, H, W]} or {@code [3, H, W]}
     * @param side of the longer side, in pixels, that is not exceeded
     */
    public static Tensor fit(Tensor picture, int side) {
        int h = Math.toIntExact(picture.shape().dim(1));
        int w = Math.toIntExact(picture.shape().dim(2));
        int longer = Math.max(h, w);
        if (longer > side) {
            return ImageFile.resize(picture, Math.max(1, Math.round((float) h * side / longer)), Math.max(1, Math.round((float) w * side
                    / longer)));
        }
        int zoom = side / longer;
        long[] from = picture.toLongs();
        byte[] to = new byte[from.length * zoom * zoom];
        for (int i = 0; i < to.length; i++) {
            int x = i % (w * zoom) / zoom;
            int y = i / (w * zoom) % (h * zoom) / zoom;
            to[i] = (byte) from[i / (w * h * zoom * zoom) * w * h + y * w + x];
        }
        return Tensor.ofBytes(to, picture.shape().dim(0), (long) h * zoom, (long) w * zoom);
    }

    /**
     * Tiles side by side, {@code columns} a row, on white.
     *
     * @param tiles uint8 {@code [C, H, W]}, all of one shape, at least one
     * @return uint8 {@code [C, height, width]}
     */
    static Tensor grid(List<Tensor> tiles, int columns) {
        Shape shape = tiles.getFirst().shape();
        long h = shape.dim(1) + GAP;
        long w = shape.dim(2) + GAP;
        long rows = Math.ceilDiv(tiles.size(), columns);
        Tensor grid = Tensor.full(DType.UINT8, Shape.of(shape.dim(0), rows * h + GAP, Math.min(columns, tiles.size()) * w + GAP), WHITE);
        for (int k = 0; k < tiles.size(); k++) {
            long top = k / columns * h + GAP;
            long left = k % columns * w + GAP;
            grid.slice(1, top, top + shape.dim(1)).slice(2, left, left + shape.dim(2)).copyFrom(tiles.get(k));
        }
        return grid;
    }

    /** One channel as three. */
    static Tensor coloured(Tensor picture) {
        if (picture.shape().dim(0) == 3) {
            return picture;
        }
        Tensor three = Tensor.zeros(DType.UINT8, picture.shape().with(0, 3));
        for (int c = 0; c < 3; c++) {
            three.select(0, c).copyFrom(picture.select(0, 0));
        }
        return three;
    }
}

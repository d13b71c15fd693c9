package dev.lamina.data;

import dev.lamina.tensor.Philox;
import dev.lamina.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A generator of handwritten-like digits, 28 x 28 grey, ink 255 on background 0 as in MNIST. Needs no file and no network.
 *
 * <p>A digit is a pen path, one of several ways to write it, shaken, bent by a smooth random field, rotated, sheared, scaled, shifted, and
 * drawn with a pen of varying width and some noise in the ink. Sample {@code index} of a split is a pure function of (seed, split, index),
 * to
 * the byte, on every platform and whatever the number of threads; a longer split begins with the samples of a shorter one. Train and test
 * come from disjoint random streams. Every ten consecutive samples from a multiple of ten hold each digit once. Stateless and thread-safe.
 */
public final class Digits {
    /** Side of an image in pixels. */
    public static final int SIDE = 28;
    /** Training samples made by default. */
    public static final int DEFAULT_TRAIN = 6_000;
    /** Test samples made by default. */
    public static final int DEFAULT_TEST = 1_000;

    static final List<String> CLASS_NAMES = IntStream.range(0, 10).mapToObj(Integer::toString).toList();

    private static final int PIXELS = SIDE * SIDE;
    private static final int BLOCK = 100;

    private Digits() { }

    /** {@value #DEFAULT_TRAIN} training and {@value #DEFAULT_TEST} test samples. */
    public static Split split(long seed) {
        return split(seed, DEFAULT_TRAIN, DEFAULT_TEST);
    }

    /**
     * This many training and test samples.
     *
     * @throws IllegalArgumentException if a count is negative, or exceeds 2,000,000
     */
    public static Split split(long seed, int train, int test) {
        return new Split(generate(seed, 0, train), generate(seed, 1, test));
    }

    private static Dataset generate(long seed, int part, int count) {
        if (count < 0 || count > 2_000_000) {
            throw new IllegalArgumentException("digits: " + (part == 0 ? "train" : "test") + " count = " + count
                    + ", needs 0 <= count <= 2000000.");
        }
        long key = DataStreams.key(seed, DataStreams.DIGITS);
        byte[] pixels = new byte[count * PIXELS];
        int[] labels = new int[count];
        IntStream.range(0, Math.ceilDiv(count, BLOCK)).parallel().forEach(block -> {
            Pen pen = new Pen();
            int end = Math.min(count, (block + 1) * BLOCK);
            for (int index = block * BLOCK; index < end; index++) {
                labels[index] = label(key, part, index);
                pen.write(labels[index], new Philox.Stream(key, part, index), pixels, index * PIXELS);
            }
        });
        return new InMemoryDataset("digits", Tensor.ofBytes(pixels, count, 1, SIDE, SIDE), Tensor.of(labels, count), CLASS_NAMES);
    }

    private static int label(long key, int part, int index) {
        return new Philox.Stream(key, 2 + part, index / 10).permutation(10)[index % 10];
    }

    /** Renders pen paths; one for each thread. */
    private static final class Pen {
        private final PenPath path = new PenPath();
        private final double[] ink = new double[PIXELS];

        void write(int digit, Philox.Stream random, byte[] pixels, int offset) {
            path.draw(digit, SIDE / 2.0, random);
            Arrays.fill(ink, 0);
            for (int point = 1; point < path.count(); point++) {
                if (path.radius(point) > 0) {
                    cover(point - 1, point);
                }
            }
            double strength = 0.86 + 0.14 * random.nextUniform();
            double grain = 0.06 + 0.10 * random.nextUniform();
            for (int i = 0; i < PIXELS; i++) {
                double value = ink[i] <= 0 ? 0 : ink[i] * strength * (1 - grain * random.nextUniform());
                pixels[offset + i] = (byte) (int) (255 * value + 0.5);
            }
        }

        /** Covers the pixels near one movement of the pen; a pixel at the rim gets the share of it that is covered, roughly. */
        private void cover(int from, int to) {
            double x0 = path.x(from);
            double y0 = path.y(from);
            double r0 = Math.abs(path.radius(from));
            double dx = path.x(to) - x0;
            double dy = path.y(to) - y0;
            double dr = path.radius(to) - r0;
            double reach = Math.max(r0, r0 + dr) + 1;
            double length2 = Math.max(dx * dx + dy * dy, 1e-9);
            int left = Math.max(0, (int) (Math.min(x0, x0 + dx) - reach));
            int right = Math.min(SIDE - 1, (int) (Math.max(x0, x0 + dx) + reach));
            int top = Math.max(0, (int) (Math.min(y0, y0 + dy) - reach));
            int bottom = Math.min(SIDE - 1, (int) (Math.max(y0, y0 + dy) + reach));
            for (int row = top; row <= bottom; row++) {
                double py = row + 0.5 - y0;
                for (int column = left; column <= right; column++) {
                    double px = column + 0.5 - x0;
                    double t = Math.min(1, Math.max(0, (px * dx + py * dy) / length2));
                    double ex = px - t * dx;
                    double ey = py - t * dy;
                    double covered = (r0 + t * dr + 0.6 - Math.sqrt(ex * ex + ey * ey)) / 1.2;
                    int pixel = row * SIDE + column;
                    if (covered > ink[pixel]) {
                        ink[pixel] = Math.min(1, covered);
                    }
                }
            }
        }
    }
}

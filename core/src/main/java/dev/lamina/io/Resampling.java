package dev.lamina.io;

import java.util.Arrays;

/** Separable resampling with triangle filters, which widen when the image shrinks. */
final class Resampling {
    private Resampling() { }

    /** The filters of one axis: output position {@code i} is the sum of inputs from {@code first[i]} on times {@code weights[i]}. */
    private record Filters(int[] first, double[][] weights) {
        static Filters of(int from, int to) {
            double scale = (double) from / to;
            double radius = Math.max(1, scale);
            int[] first = new int[to];
            double[][] weights = new double[to][];
            for (int i = 0; i < to; i++) {
                double centre = (i + 0.5) * scale - 0.5;
                first[i] = Math.max(0, (int) Math.ceil(centre - radius));
                int last = Math.min(from - 1, (int) Math.floor(centre + radius));
                double[] row = new double[last - first[i] + 1];
                double sum = 0;
                for (int k = 0; k < row.length; k++) {
                    row[k] = Math.max(0, 1 - Math.abs(first[i] + k - centre) / radius);
                    sum += row[k];
                }
                for (int k = 0; k < row.length; k++) {
                    row[k] /= sum;
                }
                weights[i] = row;
            }
            return new Filters(first, weights);
        }
    }

    /** The part {@code h x w} at (top, left), resized; the part lies inside the image. */
    static Image resize(Image image, int top, int left, int h, int w, int height, int width) {
        Filters rows = Filters.of(h, height);
        Filters columns = Filters.of(w, width);
        byte[] out = new byte[Math.multiplyExact(image.channels(), Math.multiplyExact(height, width))];
        double[] narrow = new double[Math.multiplyExact(h, width)];
        double[] sums = new double[width];
        for (int c = 0; c < image.channels(); c++) {
            for (int y = 0; y < h; y++) {
                narrowRow(image.pixels(), (c * image.height() + top + y) * image.width() + left, columns, narrow, y * width);
            }
            for (int y = 0; y < height; y++) {
                Arrays.fill(sums, 0);
                double[] weights = rows.weights[y];
                for (int k = 0; k < weights.length; k++) {
                    add(weights[k], narrow, (rows.first[y] + k) * width, sums);
                }
                int at = (c * height + y) * width;
                for (int x = 0; x < width; x++) {
                    out[at + x] = (byte) Math.clamp((int) (sums[x] + 0.5), 0, 255);
                }
            }
        }
        return new Image(image.channels(), height, width, out);
    }

    private static void narrowRow(byte[] pixels, int start, Filters columns, double[] into, int at) {
        for (int x = 0; x < columns.first.length; x++) {
            double[] weights = columns.weights[x];
            int from = start + columns.first[x];
            double sum = 0;
            for (int k = 0; k < weights.length; k++) {
                sum += weights[k] * (pixels[from + k] & 0xff);
            }
            into[at + x] = sum;
        }
    }

    private static void add(double weight, double[] values, int from, double[] sums) {
        for (int x = 0; x < sums.length; x++) {
            sums[x] += weight * values[from + x];
        }
    }
}

package dev.lamina.io;

import dev.lamina.tensor.Tensor;

/** Separable resampling with triangle filters, which widen when the image shrinks. */
final class Resampling {
    private Resampling() { }

    static Tensor resize(Tensor image, int height, int width) {
        int channels = (int) image.shape().dim(0);
        int h = (int) image.shape().dim(1);
        int w = (int) image.shape().dim(2);
        double[][] rows = weights(h, height);
        double[][] columns = weights(w, width);
        byte[] out = new byte[Math.multiplyExact(channels, height * width)];
        double[] narrow = new double[Math.multiplyExact(h, width)];
        for (int c = 0; c < channels; c++) {
            double[] plane = image.select(0, c).toDoubles();
            for (int y = 0; y < h; y++) {
                for (int x = 0; x < width; x++) {
                    narrow[y * width + x] = weighted(plane, y * w, 1, columns[x]);
                }
            }
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < width; x++) {
                    long value = Math.round(weighted(narrow, x, width, rows[y]));
                    out[(c * height + y) * width + x] = (byte) Math.clamp(value, 0, 255);
                }
            }
        }
        return Tensor.ofBytes(out, channels, height, width);
    }

    private static double weighted(double[] values, int start, int stride, double[] weights) {
        int first = (int) weights[0];
        double sum = 0;
        for (int i = 1; i < weights.length; i++) {
            sum += weights[i] * values[start + (first + i - 1) * stride];
        }
        return sum;
    }

    /** For each output position the first input position followed by the weights from there. */
    private static double[][] weights(int from, int to) {
        double scale = (double) from / to;
        double radius = Math.max(1, scale);
        double[][] all = new double[to][];
        for (int i = 0; i < to; i++) {
            double centre = (i + 0.5) * scale - 0.5;
            int first = Math.max(0, (int) Math.ceil(centre - radius));
            int last = Math.min(from - 1, (int) Math.floor(centre + radius));
            double[] weights = new double[last - first + 2];
            weights[0] = first;
            double sum = 0;
            for (int j = first; j <= last; j++) {
                weights[j - first + 1] = Math.max(0, 1 - Math.abs(j - centre) / radius);
                sum += weights[j - first + 1];
            }
            for (int k = 1; k < weights.length; k++) {
                weights[k] /= sum;
            }
            all[i] = weights;
        }
        return all;
    }
}

package dev.lamina.cpu.reference;

import dev.lamina.graph.Normalization;
import dev.lamina.tensor.Shape;

/** Batch and local response normalisation. */
final class NormalizationKernels {
    private NormalizationKernels() { }

    /** Images, channels, and elements of a channel of an image; a channel's elements are visited image by image. */
    private record Channels(int images, int channels, int inner) {
        static Channels of(Shape x) {
            long inner = 1;
            for (int axis = 2; axis < x.rank(); axis++) {
                inner *= x.dim(axis);
            }
            return new Channels((int) x.dim(0), (int) x.dim(1), (int) inner);
        }

        int start(int n, int c) {
            return (n * channels + c) * inner;
        }
    }

    static void training(Normalization.BatchNormTraining op, Call call) {
        Channels e = Channels.of(call.shape(0));
        double[] x = call.load(0);
        double[] gamma = call.load(1);
        double[] beta = call.load(2);
        double[] mean = new double[e.channels];
        double[] variance = new double[e.channels];
        double count = (double) e.images * e.inner;
        call.workers().each(e.channels, c -> {
            double sum = 0;
            for (int n = 0; n < e.images; n++) {
                for (int i = e.start(n, c); i < e.start(n, c) + e.inner; i++) {
                    sum += x[i];
                }
            }
            mean[c] = sum / count;
            double squares = 0;
            for (int n = 0; n < e.images; n++) {
                for (int i = e.start(n, c); i < e.start(n, c) + e.inner; i++) {
                    double d = x[i] - mean[c];
                    squares += d * d;
                }
            }
            variance[c] = squares / count;
            normalise(e, x, c, gamma[c] / Math.sqrt(variance[c] + op.epsilon()), mean[c], beta[c]);
        });
        call.store(0, x);
        call.store(1, mean);
        call.store(2, variance);
    }

    static void inference(Normalization.BatchNormInference op, Call call) {
        Channels e = Channels.of(call.shape(0));
        double[] x = call.load(0);
        double[] gamma = call.load(1);
        double[] beta = call.load(2);
        double[] mean = call.load(3);
        double[] variance = call.load(4);
        call.workers().each(e.channels, c -> normalise(e, x, c, gamma[c] / Math.sqrt(variance[c] + op.epsilon()), mean[c], beta[c]));
        call.store(0, x);
    }

    private static void normalise(Channels e, double[] x, int c, double scale, double mean, double beta) {
        for (int n = 0; n < e.images; n++) {
            for (int i = e.start(n, c); i < e.start(n, c) + e.inner; i++) {
                x[i] = scale * (x[i] - mean) + beta;
            }
        }
    }

    static void gradient(Normalization.BatchNormGradient op, Call call) {
        Channels e = Channels.of(call.shape(1));
        double[] g = call.load(0);
        double[] x = call.load(1);
        double[] gamma = call.load(2);
        double[] mean = call.load(3);
        double[] variance = call.load(4);
        double[] gammaGradient = new double[e.channels];
        double[] betaGradient = new double[e.channels];
        double count = (double) e.images * e.inner;
        call.workers().each(e.channels, c -> {
            double inverse = 1 / Math.sqrt(variance[c] + op.epsilon());
            double sum = 0;
            double product = 0;
            for (int n = 0; n < e.images; n++) {
                for (int i = e.start(n, c); i < e.start(n, c) + e.inner; i++) {
                    sum += g[i];
                    product += g[i] * (x[i] - mean[c]) * inverse;
                }
            }
            for (int n = 0; n < e.images; n++) {
                for (int i = e.start(n, c); i < e.start(n, c) + e.inner; i++) {
                    double normalised = (x[i] - mean[c]) * inverse;
                    x[i] = gamma[c] * inverse / count * (count * g[i] - sum - normalised * product);
                }
            }
            gammaGradient[c] = product;
            betaGradient[c] = sum;
        });
        call.store(0, x);
        call.store(1, gammaGradient);
        call.store(2, betaGradient);
    }

    static void lrn(Normalization.Lrn op, Call call) {
        Channels e = Channels.of(call.shape(0));
        double[] a = call.load(0);
        double[] b = new double[a.length];
        call.workers().each(e.images * e.inner, place -> {
            int start = e.start(place / e.inner, 0) + place % e.inner;
            for (int c = 0; c < e.channels; c++) {
                int at = start + c * e.inner;
                b[at] = a[at] * Math.pow(denominator(op, e, a, start, c), -op.beta());
            }
        });
        call.store(0, b);
    }

    /** {@code s_c = k + α' Σ a²} at one place of one image. */
    private static double denominator(Normalization.Lrn op, Channels e, double[] a, int start, int c) {
        int first = c - (op.size() - 1) / 2;
        double squares = 0;
        for (int j = Math.max(0, first); j < Math.min((long) e.channels, (long) first + op.size()); j++) {
            double v = a[start + j * e.inner];
            squares += v * v;
        }
        return op.k() + op.factor() * squares;
    }

    static void lrnGradient(Normalization.Lrn op, Call call) {
        Channels e = Channels.of(call.shape(0));
        double[] g = call.load(0);
        double[] a = call.load(1);
        double[] y = new double[a.length];
        int before = (op.size() - 1) / 2;
        call.workers().each(e.images * e.inner, place -> {
            int start = e.start(place / e.inner, 0) + place % e.inner;
            double[] s = new double[e.channels];
            double[] through = new double[e.channels];
            for (int c = 0; c < e.channels; c++) {
                int at = start + c * e.inner;
                s[c] = denominator(op, e, a, start, c);
                through[c] = g[at] * a[at] * Math.pow(s[c], -op.beta() - 1);
            }
            for (int c = 0; c < e.channels; c++) {
                // The window of j holds c if j - before <= c <= j - before + size - 1.
                double sum = 0;
                for (int j = Math.max(0, c + before - op.size() + 1); j < Math.min((long) e.channels, (long) c + before + 1); j++) {
                    sum += through[j];
                }
                int at = start + c * e.inner;
                y[at] = g[at] * Math.pow(s[c], -op.beta()) - 2 * op.factor() * op.beta() * a[at] * sum;
            }
        });
        call.store(0, y);
    }
}

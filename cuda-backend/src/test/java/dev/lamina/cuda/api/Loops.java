package dev.lamina.cuda.api;

import java.util.Random;

/** Convolutions as plain loops over row-major numbers, to compare with. */
final class Loops {
    private Loops() { }

    /** Visits each product {@code y[yi] += w[wi] x[xi]} of a convolution. */
    interface Product {
        void at(int y, int w, int x);
    }

    static void each(ConvolutionShape s, Product product) {
        int filters = s.filter().k() / s.groups();
        int channels = s.filter().c();
        for (int n = 0; n < s.output().n(); n++) {
            for (int k = 0; k < s.filter().k(); k++) {
                for (int place = 0; place < s.output().h() * s.output().w(); place++) {
                    for (int tap = 0; tap < channels * s.filter().r() * s.filter().s(); tap++) {
                        int b = tap % s.filter().s();
                        int a = tap / s.filter().s() % s.filter().r();
                        int c = tap / (s.filter().s() * s.filter().r());
                        int h = place / s.output().w() * s.strideH() - s.padH() + a * s.dilationH();
                        int w = place % s.output().w() * s.strideW() - s.padW() + b * s.dilationW();
                        if (h >= 0 && h < s.input().h() && w >= 0 && w < s.input().w()) {
                            int channel = k / filters * channels + c;
                            product.at((n * s.filter().k() + k) * s.output().h() * s.output().w() + place,
                                    k * channels * s.filter().r() * s.filter().s() + tap,
                                    ((n * s.input().c() + channel) * s.input().h() + h) * s.input().w() + w);
                        }
                    }
                }
            }
        }
    }

    /** From [N, C, H, W] to the order that images are in. */
    static double[] arranged(ImageTensor t, double[] values) {
        return t.isChannelsLast() ? arranged(values, t.n(), t.c(), t.h() * t.w()) : values;
    }

    /** From the order that images are in to [N, C, H, W]. */
    static double[] plain(ImageTensor t, double[] values) {
        return t.isChannelsLast() ? arranged(values, t.n(), t.h() * t.w(), t.c()) : values;
    }

    static double[] arranged(FilterTensor t, double[] values) {
        return t.channelsLast() ? arranged(values, t.k(), t.c(), t.r() * t.s()) : values;
    }

    static double[] plain(FilterTensor t, double[] values) {
        return t.channelsLast() ? arranged(values, t.k(), t.r() * t.s(), t.c()) : values;
    }

    /** Swaps the last two of three axes. */
    private static double[] arranged(double[] values, int outer, int rows, int columns) {
        double[] swapped = new double[values.length];
        for (int o = 0; o < outer; o++) {
            for (int r = 0; r < rows; r++) {
                for (int c = 0; c < columns; c++) {
                    swapped[(o * columns + c) * rows + r] = values[(o * rows + r) * columns + c];
                }
            }
        }
        return swapped;
    }

    /** Small whole numbers, whose sums of products are exact in every arithmetic. */
    static double[] numbers(long count, long seed) {
        return new Random(seed).ints(count, -2, 3).asDoubleStream().toArray();
    }
}

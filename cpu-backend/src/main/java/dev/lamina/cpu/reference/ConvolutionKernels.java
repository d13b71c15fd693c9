package dev.lamina.cpu.reference;

import dev.lamina.graph.Convolution;
import dev.lamina.graph.Window;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Convolutions as matrix products of filters with columns: row {@code (c, r, s)} of the columns holds, for each output place, the input
 * element that tap meets, 0 in the padding. Columns are made for some output rows of one image at a time, to stay in cache.
 */
final class ConvolutionKernels {
    private static final int BLOCK = 1 << 18;
    private static final int PARTIAL_SUMS = 16;

    private ConvolutionKernels() { }

    /** The extents of a convolution, of one group where channels and filters are meant. */
    private record Extents(int images, int groups, int channels, int height, int width, int filters, int p, int q, Window.Axis h,
            Window.Axis w) {
        static Extents of(Convolution op, Shape x, Shape filter, Shape y) {
            int groups = (int) op.groups();
            return new Extents((int) x.dim(0), groups, (int) filter.dim(1), (int) x.dim(2), (int) x.dim(3), (int) filter.dim(0) / groups,
                    (int) y.dim(2), (int) y.dim(3), op.window().h(), op.window().w());
        }

        /** Elements of one filter. */
        int taps() {
            return (int) (channels * h.kernel() * w.kernel());
        }

        /** Elements of one group of one input image. */
        int imageSize() {
            return channels * height * width;
        }

        /** Output rows that are worked on together. */
        int blockRows() {
            return Math.clamp(BLOCK / Math.max(1L, (long) taps() * q), 1, Math.max(1, p));
        }

        /** Position of an input's group, of image n and group g. */
        long input(int n, int g) {
            return ((long) n * groups + g) * imageSize();
        }

        /** Position of map k of the output, of image n and group g. */
        long output(int n, int g, int k) {
            return (((long) n * groups + g) * filters + k) * p * q;
        }

        /** The filters of group g. */
        RowProduct.Matrix filters(double[] filter, int g) {
            return new RowProduct.Matrix(filter, g * filters * taps(), taps(), 1);
        }
    }

    static void forward(Convolution.Conv2d op, Call call) {
        Extents e = Extents.of(op, call.shape(0), call.shape(1), call.outShape(0));
        DType dtype = call.outDtype(0);
        double[] filter = call.load(1);
        double[] bias = call.operands() == 3 ? call.load(2) : new double[e.groups * e.filters];
        call.workers().each(e.images * e.groups, task -> {
            int n = task / e.groups;
            int g = task % e.groups;
            double[] x = image(call.in()[0], dtype, e, n, g);
            int rows = e.blockRows();
            double[][] columns = new double[e.taps()][rows * e.q];
            double[][] y = new double[e.filters][rows * e.q];
            for (int p0 = 0; p0 < e.p; p0 += rows) {
                int p1 = Math.min(e.p, p0 + rows);
                toColumns(e, x, p0, p1, columns);
                for (int k = 0; k < e.filters; k++) {
                    Arrays.fill(y[k], bias[g * e.filters + k]);
                }
                RowProduct.add(e.filters(filter, g), columns, e.taps(), y, (p1 - p0) * e.q);
                for (int k = 0; k < e.filters; k++) {
                    Buffers.store(y[k], 0, (p1 - p0) * e.q, call.out()[0], dtype, e.output(n, g, k) + (long) p0 * e.q);
                }
            }
        });
    }

    static void dataGradient(Convolution.Conv2dDataGradient op, Call call) {
        Extents e = Extents.of(op, op.inputShape(), call.shape(1), call.shape(0));
        DType dtype = call.outDtype(0);
        double[] filter = call.load(1);
        call.workers().each(e.images * e.groups, task -> {
            int n = task / e.groups;
            int g = task % e.groups;
            double[] x = new double[e.imageSize()];
            int rows = e.blockRows();
            double[][] columns = new double[e.taps()][rows * e.q];
            double[][] y = new double[e.filters][rows * e.q];
            RowProduct.Matrix transposed = new RowProduct.Matrix(filter, g * e.filters * e.taps(), 1, e.taps());
            for (int p0 = 0; p0 < e.p; p0 += rows) {
                int p1 = Math.min(e.p, p0 + rows);
                for (int k = 0; k < e.filters; k++) {
                    Buffers.load(call.in()[0], dtype, e.output(n, g, k) + (long) p0 * e.q, y[k], 0, (p1 - p0) * e.q);
                }
                for (double[] column : columns) {
                    Arrays.fill(column, 0);
                }
                RowProduct.add(transposed, y, e.filters, columns, (p1 - p0) * e.q);
                addColumns(e, columns, p0, p1, x);
            }
            Buffers.store(x, 0, x.length, call.out()[0], dtype, e.input(n, g));
        });
    }

    /** Sums over images in a fixed number of parts, so that the result does not depend on the number of threads. */
    static void filterGradient(Convolution.Conv2dFilterGradient op, Call call) {
        Extents e = Extents.of(op, call.shape(0), op.filterShape(), call.shape(1));
        int parts = Math.clamp(e.images, 1, PARTIAL_SUMS);
        double[][][] sums = new double[parts * e.groups][][];
        call.workers().each(parts * e.groups, task -> {
            int part = task / e.groups;
            double[][] sum = new double[e.filters][e.taps()];
            for (int n = (int) ((long) e.images * part / parts); n < (long) e.images * (part + 1) / parts; n++) {
                addFilterGradient(e, call, n, task % e.groups, sum);
            }
            sums[task] = sum;
        });
        for (int g = 0; g < e.groups; g++) {
            for (int k = 0; k < e.filters; k++) {
                double[] total = sums[g][k];
                for (int part = 1; part < parts; part++) {
                    double[] other = sums[part * e.groups + g][k];
                    for (int i = 0; i < total.length; i++) {
                        total[i] += other[i];
                    }
                }
                Buffers.store(total, 0, total.length, call.out()[0], call.outDtype(0), ((long) g * e.filters + k) * e.taps());
            }
        }
    }

    private static void addFilterGradient(Extents e, Call call, int n, int g, double[][] sum) {
        DType dtype = call.outDtype(0);
        double[] x = image(call.in()[0], dtype, e, n, g);
        int rows = e.blockRows();
        double[][] columns = new double[e.taps()][rows * e.q];
        double[] y = new double[rows * e.q];
        for (int p0 = 0; p0 < e.p; p0 += rows) {
            int p1 = Math.min(e.p, p0 + rows);
            int places = (p1 - p0) * e.q;
            toColumns(e, x, p0, p1, columns);
            for (int k = 0; k < e.filters; k++) {
                Buffers.load(call.in()[1], dtype, e.output(n, g, k) + (long) p0 * e.q, y, 0, places);
                addDots(y, columns, places, sum[k]);
            }
        }
    }

    /** {@code sums[t] += y · columns[t]}, four columns at a time. */
    private static void addDots(double[] y, double[][] columns, int n, double[] sums) {
        int t = 0;
        for (; t + 3 < sums.length; t += 4) {
            double[] c0 = columns[t];
            double[] c1 = columns[t + 1];
            double[] c2 = columns[t + 2];
            double[] c3 = columns[t + 3];
            double s0 = 0;
            double s1 = 0;
            double s2 = 0;
            double s3 = 0;
            for (int i = 0; i < n; i++) {
                double v = y[i];
                s0 += v * c0[i];
                s1 += v * c1[i];
                s2 += v * c2[i];
                s3 += v * c3[i];
            }
            sums[t] += s0;
            sums[t + 1] += s1;
            sums[t + 2] += s2;
            sums[t + 3] += s3;
        }
        for (; t < sums.length; t++) {
            double s = 0;
            for (int i = 0; i < n; i++) {
                s += y[i] * columns[t][i];
            }
            sums[t] += s;
        }
    }

    private static double[] image(MemorySegment memory, DType dtype, Extents e, int n, int g) {
        double[] x = new double[e.imageSize()];
        Buffers.load(memory, dtype, e.input(n, g), x, 0, x.length);
        return x;
    }

    /** What meets a tap in one output row: {@code columns[tap][at + j]} and {@code x[from + j stride]} for j in {@code [first, end)}. */
    private interface TapRow {
        void run(int tap, int at, int from, int first, int end, int stride);
    }

    private static void toColumns(Extents e, double[] x, int p0, int p1, double[][] columns) {
        eachTapRow(e, p0, p1, (tap, at, from, first, end, stride) -> {
            double[] column = columns[tap];
            Arrays.fill(column, at, at + first, 0);
            if (stride == 1) {
                System.arraycopy(x, from + first, column, at + first, end - first);
            } else {
                for (int j = first; j < end; j++) {
                    column[at + j] = x[from + j * stride];
                }
            }
            Arrays.fill(column, at + end, at + e.q, 0);
        });
    }

    private static void addColumns(Extents e, double[][] columns, int p0, int p1, double[] x) {
        eachTapRow(e, p0, p1, (tap, at, from, first, end, stride) -> {
            double[] column = columns[tap];
            for (int j = first; j < end; j++) {
                x[from + j * stride] += column[at + j];
            }
        });
    }

    private static void eachTapRow(Extents e, int p0, int p1, TapRow row) {
        int tap = 0;
        int stride = (int) e.w.stride();
        for (int c = 0; c < e.channels; c++) {
            for (int r = 0; r < e.h.kernel(); r++) {
                for (int s = 0; s < e.w.kernel(); s++, tap++) {
                    long shift = s * e.w.dilation() - e.w.padBegin();
                    int first = Math.clamp(Math.ceilDiv(-shift, e.w.stride()), 0, e.q);
                    int end = Math.clamp(Math.ceilDiv(e.width - shift, e.w.stride()), first, e.q);
                    for (int p = p0; p < p1; p++) {
                        long h = p * e.h.stride() - e.h.padBegin() + r * e.h.dilation();
                        boolean inside = h >= 0 && h < e.height && first < end;
                        int from = inside ? (int) ((c * (long) e.height + h) * e.width + shift) : 0;
                        row.run(tap, (p - p0) * e.q, from, inside ? first : 0, inside ? end : 0, stride);
                    }
                }
            }
        }
    }
}

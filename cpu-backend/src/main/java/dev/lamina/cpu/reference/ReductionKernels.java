package dev.lamina.cpu.reference;

import dev.lamina.graph.Reduction;
import dev.lamina.tensor.Shape;
import java.util.Arrays;

/** Folds of axes and positions of maxima. */
final class ReductionKernels {
    private ReductionKernels() { }

    static void reduce(Reduction.Reduce op, Call call) {
        Shape shape = call.shape(0);
        Shape kept = shape;
        for (int axis : op.axes()) {
            kept = kept.with(axis, 1);
        }
        long[] strides = kept.strides();
        for (int axis : op.axes()) {
            strides[shape.axis(axis)] = 0;
        }
        if (call.dtype(0).isFloating()) {
            reduce(op.fold(), call, shape, strides);
        } else {
            reduceLongs(op.fold(), call, shape, strides);
        }
    }

    private static void reduce(Reduction.Fold fold, Call call, Shape shape, long[] strides) {
        double[] x = call.load(0);
        double[] y = new double[call.outSize(0)];
        Arrays.fill(y, switch (fold) {
            case SUM, MEAN -> 0;
            case MAX -> Double.NEGATIVE_INFINITY;
            case MIN -> Double.POSITIVE_INFINITY;
        });
        Strided.each(shape, 0, shape.strides(), 0, strides, (a, _, b, sb, n) -> {
            switch (fold) {
                case SUM, MEAN -> addRow(x, (int) a, y, (int) b, (int) sb, n);
                case MAX -> {
                    for (int i = 0; i < n; i++) {
                        y[(int) (b + i * sb)] = Math.max(y[(int) (b + i * sb)], x[(int) a + i]);
                    }
                }
                case MIN -> {
                    for (int i = 0; i < n; i++) {
                        y[(int) (b + i * sb)] = Math.min(y[(int) (b + i * sb)], x[(int) a + i]);
                    }
                }
            }
        });
        if (fold == Reduction.Fold.MEAN) {
            double count = y.length == 0 ? 1 : x.length / y.length;
            for (int i = 0; i < y.length; i++) {
                y[i] /= count;
            }
        }
        call.store(0, y);
    }

    private static void addRow(double[] x, int a, double[] y, int b, int stride, int n) {
        if (stride == 0) {
            double sum = 0;
            for (int i = 0; i < n; i++) {
                sum += x[a + i];
            }
            y[b] += sum;
        } else {
            for (int i = 0; i < n; i++) {
                y[b + i * stride] += x[a + i];
            }
        }
    }

    private static void reduceLongs(Reduction.Fold fold, Call call, Shape shape, long[] strides) {
        long[] x = call.loadLongs(0);
        long[] y = new long[call.outSize(0)];
        Arrays.fill(y, switch (fold) {
            case SUM, MEAN -> 0;
            case MAX -> Long.MIN_VALUE;
            case MIN -> Long.MAX_VALUE;
        });
        Strided.each(shape, 0, shape.strides(), 0, strides, (a, _, b, sb, n) -> {
            for (int i = 0; i < n; i++) {
                int to = (int) (b + i * sb);
                long value = x[(int) a + i];
                y[to] = switch (fold) {
                    case SUM -> y[to] + value;
                    case MAX -> Math.max(y[to], value);
                    case MIN -> Math.min(y[to], value);
                    case MEAN -> throw new IllegalStateException(call.node() + " of an integer operand");
                };
            }
        });
        call.storeLongs(0, y);
    }

    static void argMax(Reduction.ArgMax op, Call call) {
        Shape shape = call.shape(0);
        int axis = shape.axis(op.axis());
        int n = (int) shape.dim(axis);
        int inner = (int) shape.strides()[axis];
        long[] y = new long[call.outSize(0)];
        if (call.dtype(0).isFloating()) {
            double[] x = call.load(0);
            for (int i = 0; i < y.length; i++) {
                int start = i / inner * inner * n + i % inner;
                double best = x[start];
                for (int k = 1; k < n && best == best; k++) {
                    double value = x[start + k * inner];
                    if (value > best || value != value) {
                        best = value;
                        y[i] = k;
                    }
                }
            }
        } else {
            long[] x = call.loadLongs(0);
            for (int i = 0; i < y.length; i++) {
                int start = i / inner * inner * n + i % inner;
                long best = x[start];
                for (int k = 1; k < n; k++) {
                    if (x[start + k * inner] > best) {
                        best = x[start + k * inner];
                        y[i] = k;
                    }
                }
            }
        }
        call.storeLongs(0, y);
    }
}

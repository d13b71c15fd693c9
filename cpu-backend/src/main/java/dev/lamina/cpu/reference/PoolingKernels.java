package dev.lamina.cpu.reference;

import dev.lamina.graph.Pooling;
import dev.lamina.graph.Window;
import dev.lamina.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.IntConsumer;

/** Pooling; every map by itself. A window whose taps all lie in the padding has no winner, written -1. */
final class PoolingKernels {
    private PoolingKernels() { }

    static void maxPool(Pooling.MaxPool op, Call call) {
        Shape in = call.shape(0);
        Shape out = call.outShape(0);
        Window.Axis wh = op.window().h();
        Window.Axis ww = op.window().w();
        int height = (int) in.dim(2);
        int width = (int) in.dim(3);
        int p = (int) out.dim(2);
        int q = (int) out.dim(3);
        double[] x = call.load(0);
        double[] y = new double[call.outSize(0)];
        int[] winners = new int[y.length];
        eachMap(call, in, map -> {
            int base = map * height * width;
            for (int i = 0; i < p * q; i++) {
                long top = (long) (i / q) * wh.stride() - wh.padBegin();
                long left = (long) (i % q) * ww.stride() - ww.padBegin();
                int winner = -1;
                double best = Double.NEGATIVE_INFINITY;
                for (int r = 0; r < wh.kernel(); r++) {
                    long h = top + r * wh.dilation();
                    if (h < 0 || h >= height) {
                        continue;
                    }
                    for (int s = 0; s < ww.kernel(); s++) {
                        long w = left + s * ww.dilation();
                        if (w < 0 || w >= width) {
                            continue;
                        }
                        int at = (int) (h * width + w);
                        double value = x[base + at];
                        if (winner < 0 || value > best || value != value && best == best) {
                            winner = at;
                            best = value;
                        }
                    }
                }
                y[map * p * q + i] = best;
                winners[map * p * q + i] = winner;
            }
        });
        call.store(0, y);
        MemorySegment.copy(winners, 0, call.out()[1], ValueLayout.JAVA_INT, 0, winners.length);
    }

    private static void eachMap(Call call, Shape shape, IntConsumer body) {
        call.workers().each((int) (shape.dim(0) * shape.dim(1)), body);
    }

    private static int[] winners(Call call) {
        int[] winners = new int[call.size(1)];
        MemorySegment.copy(call.in()[1], ValueLayout.JAVA_INT, 0, winners, 0, winners.length);
        return winners;
    }

    private static int checked(Call call, int winner, int size) {
        if (winner >= size || winner < -1) {
            throw call.error("winner " + winner + " is outside a map of " + size + " elements.");
        }
        return winner;
    }

    /** Values to their winners' places, summed or the last taken. */
    static void scatter(Call call, boolean sum) {
        double[] values = call.load(0);
        int[] winners = winners(call);
        double[] y = new double[call.outSize(0)];
        int size = (int) (call.outShape(0).dim(2) * call.outShape(0).dim(3));
        int places = (int) (call.shape(0).dim(2) * call.shape(0).dim(3));
        eachMap(call, call.shape(0), map -> {
            for (int i = map * places; i < (map + 1) * places; i++) {
                int winner = checked(call, winners[i], size);
                if (winner >= 0) {
                    int at = map * size + winner;
                    y[at] = sum ? y[at] + values[i] : values[i];
                }
            }
        });
        call.store(0, y);
    }

    static void gather(Call call) {
        int[] winners = winners(call);
        int size = (int) (call.shape(0).dim(2) * call.shape(0).dim(3));
        int places = (int) (call.shape(1).dim(2) * call.shape(1).dim(3));
        int bytes = call.dtype(0).bytes();
        call.out()[0].fill((byte) 0);
        for (int i = 0; i < winners.length; i++) {
            int winner = checked(call, winners[i], size);
            if (winner >= 0) {
                Buffers.copyRow(bytes, call.in()[0], (long) (i / places) * size + winner, 1, call.out()[0], i, 1, 1);
            }
        }
    }

    /** The positions that the windows of one axis average: the taps inside the input, and what a window's length counts as. */
    private record Bins(int[][] positions, int[] counts) {
        static Bins of(Window.Axis axis, int extent, int windows, boolean countPadding) {
            int[][] positions = new int[windows][];
            int[] counts = new int[windows];
            for (int i = 0; i < windows; i++) {
                long start = i * axis.stride() - axis.padBegin();
                positions[i] = java.util.stream.LongStream.range(0, axis.kernel()).map(t -> start + t * axis.dilation())
                        .filter(at -> at >= 0 && at < extent).mapToInt(at -> (int) at).toArray();
                counts[i] = !countPadding ? positions[i].length : (int) java.util.stream.LongStream.range(0, axis.kernel())
                        .filter(t -> start + t * axis.dilation() < extent + axis.padEnd()).count();
            }
            return new Bins(positions, counts);
        }

        static Bins adaptive(int extent, int bins) {
            int[][] positions = new int[bins][];
            int[] counts = new int[bins];
            for (int i = 0; i < bins; i++) {
                int start = (int) ((long) i * extent / bins);
                int end = (int) Math.ceilDiv((i + 1L) * extent, (long) bins);
                positions[i] = java.util.stream.IntStream.range(start, end).toArray();
                counts[i] = end - start;
            }
            return new Bins(positions, counts);
        }
    }

    static void avgPool(Pooling.AvgPool op, Call call) {
        Shape in = call.shape(0);
        Shape out = call.outShape(0);
        average(call, Bins.of(op.window().h(), (int) in.dim(2), (int) out.dim(2), op.countIncludePad()),
                Bins.of(op.window().w(), (int) in.dim(3), (int) out.dim(3), op.countIncludePad()));
    }

    static void avgPoolGradient(Pooling.AvgPoolGradient op, Call call) {
        Shape in = op.inputShape();
        Shape out = call.shape(0);
        spread(call, Bins.of(op.window().h(), (int) in.dim(2), (int) out.dim(2), op.countIncludePad()),
                Bins.of(op.window().w(), (int) in.dim(3), (int) out.dim(3), op.countIncludePad()));
    }

    static void adaptiveAvgPool(Call call) {
        Shape in = call.shape(0);
        Shape out = call.outShape(0);
        average(call, Bins.adaptive((int) in.dim(2), (int) out.dim(2)), Bins.adaptive((int) in.dim(3), (int) out.dim(3)));
    }

    static void adaptiveAvgPoolGradient(Call call) {
        Shape in = call.outShape(0);
        Shape out = call.shape(0);
        spread(call, Bins.adaptive((int) in.dim(2), (int) out.dim(2)), Bins.adaptive((int) in.dim(3), (int) out.dim(3)));
    }

    private static void average(Call call, Bins rows, Bins columns) {
        int width = (int) call.shape(0).dim(3);
        int size = (int) call.shape(0).dim(2) * width;
        int p = rows.counts.length;
        int q = columns.counts.length;
        double[] x = call.load(0);
        double[] y = new double[call.outSize(0)];
        eachMap(call, call.shape(0), map -> {
            for (int i = 0; i < p; i++) {
                for (int j = 0; j < q; j++) {
                    double sum = 0;
                    for (int h : rows.positions[i]) {
                        for (int w : columns.positions[j]) {
                            sum += x[map * size + h * width + w];
                        }
                    }
                    y[(map * p + i) * q + j] = sum / Math.max(1, (double) rows.counts[i] * columns.counts[j]);
                }
            }
        });
        call.store(0, y);
    }

    private static void spread(Call call, Bins rows, Bins columns) {
        int width = (int) call.outShape(0).dim(3);
        int size = (int) call.outShape(0).dim(2) * width;
        int p = rows.counts.length;
        int q = columns.counts.length;
        double[] g = call.load(0);
        double[] x = new double[call.outSize(0)];
        eachMap(call, call.shape(0), map -> {
            for (int i = 0; i < p; i++) {
                for (int j = 0; j < q; j++) {
                    double share = g[(map * p + i) * q + j] / Math.max(1, (double) rows.counts[i] * columns.counts[j]);
                    for (int h : rows.positions[i]) {
                        for (int w : columns.positions[j]) {
                            x[map * size + h * width + w] += share;
                        }
                    }
                }
            }
        });
        call.store(0, x);
    }
}

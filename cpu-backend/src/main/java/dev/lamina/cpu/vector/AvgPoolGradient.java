package dev.lamina.cpu.vector;

import static dev.lamina.cpu.vector.Raw.FLOATS;
import static dev.lamina.cpu.vector.Raw.LANES;
import static dev.lamina.cpu.vector.Raw.load;
import static dev.lamina.cpu.vector.Raw.store;

import dev.lamina.graph.Pooling;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * {@link Pooling.AvgPoolGradient} and {@link Pooling.AdaptiveAvgPoolGradient} on images in memory: each place sums the shares of the windows
 * that cover it.
 */
public final class AvgPoolGradient extends ImagesGradient {
    private final Pointer from;
    private final Pointer to;
    private long g;
    private long dx;

    private AvgPoolGradient(Team team, Images in, Images out, ImagesTaps rows, ImagesTaps columns, Pointer g, Pointer dx) {
        super(team, in, out, rows, columns);
        from = g;
        to = dx;
    }

    /** A kernel that spreads the gradients g, of {@code out}, over their windows in dx, of {@code in}. */
    public static Kernel of(Team team, Pooling.AvgPoolGradient op, Images in, Images out, Pointer g, Pointer dx) {
        return new AvgPoolGradient(team, in, out, ImagesTaps.of(op.window().h(), in.h(), out.h(), op.countIncludePad()),
                ImagesTaps.of(op.window().w(), in.w(), out.w(), op.countIncludePad()), g, dx);
    }

    /** A kernel that spreads the gradients g, of {@code out}, over their bins in dx, of {@code in}. */
    public static Kernel adaptive(Team team, Images in, Images out, Pointer g, Pointer dx) {
        return new AvgPoolGradient(team, in, out, ImagesTaps.adaptive(in.h(), out.h()), ImagesTaps.adaptive(in.w(), out.w()), g, dx);
    }

    @Override
    void bind() {
        g = from.address();
        dx = to.address();
    }

    @Override
    long result() {
        return dx;
    }

    @Override
    void pass(boolean begins, int k, long windows, int windowRow, long result, int row, int count) {
        if (count < LANES) {
            masked(begins, k, windows, rows.share[windowRow], result, count);
        } else if (begins) {
            begin(windows, rows.share[windowRow], result);
        } else {
            add(k, windows, rows.share[windowRow], result);
        }
    }

    private void begin(long windows, double share, long result) {
        int[] list = columns.covered[0];
        for (int i = 0; i < list.length; i++) {
            int window = columns.first[list[i]];
            FloatVector factor = FloatVector.broadcast(FLOATS, (float) (share * columns.share[window]));
            store(load(g + windows + window * bytes()).mul(factor), dx + result + list[i] * bytes());
        }
    }

    private void add(int k, long windows, double share, long result) {
        int[] list = columns.covered[k];
        for (int i = 0; i < list.length; i++) {
            int window = columns.window(list[i], k);
            long at = dx + result + list[i] * bytes();
            FloatVector factor = FloatVector.broadcast(FLOATS, (float) (share * columns.share[window]));
            store(load(g + windows + window * bytes()).fma(factor, load(at)), at);
        }
    }

    /** Fewer channels than a vector has lanes. */
    private void masked(boolean begins, int k, long windows, double share, long result, int count) {
        VectorMask<Float> mask = ImagesSweep.first(count);
        VectorMask<Float> before = ImagesSweep.first(begins ? 0 : count);
        int[] list = columns.covered[k];
        for (int i = 0; i < list.length; i++) {
            int window = columns.window(list[i], k);
            long at = dx + result + list[i] * bytes();
            FloatVector factor = FloatVector.broadcast(FLOATS, (float) (share * columns.share[window]));
            FloatVector sum = ImagesSweep.load(g + windows + window * bytes(), mask).fma(factor, ImagesSweep.load(at, before));
            ImagesSweep.store(sum, at, mask);
        }
    }

    @Override
    void end(long result, int count) { }

    @Override
    void plain(ImagesRow own, long unit, int row) {
        int width = columns.extent();
        int windows = columns.windows();
        java.util.Arrays.fill(own.others, 0, windows, 0);
        for (int p = 0; p < rows.covers[row]; p++) {
            int windowRow = rows.window(row, p);
            ImagesRow.read(g + inPooled(unit, windowRow, 0), own.values, windows);
            for (int q = 0; q < windows; q++) {
                own.others[q] += (float) (rows.share[windowRow] * columns.share[q]) * own.values[q];
            }
        }
        for (int column = 0; column < width; column++) {
            float sum = 0;
            for (int k = 0; k < columns.covers[column]; k++) {
                sum += own.others[columns.window(column, k)];
            }
            own.values[column] = sum;
        }
        ImagesRow.write(own.values, width, dx + inMaps(unit, row, 0));
    }
}

package dev.lamina.cpu.vector;

import static dev.lamina.cpu.vector.Raw.ALL;
import static dev.lamina.cpu.vector.Raw.FLOATS;
import static dev.lamina.cpu.vector.Raw.LANES;
import static dev.lamina.cpu.vector.Raw.ORDER;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import dev.lamina.graph.Pooling;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * {@link Pooling.AvgPoolGradient} and {@link Pooling.AdaptiveAvgPoolGradient} on images in memory: each place sums the shares of the
 * windows that cover it.
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
            if (begins) {
                beginMasked(windows, rows.share[windowRow], result, count);
            } else {
                addMasked(k, windows, rows.share[windowRow], result, count);
            }
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
            FloatVector value = fromMemorySegment(FLOATS, ALL, g + windows + window * bytes(), ORDER);
            value.mul(factor).intoMemorySegment(ALL, dx + result + list[i] * bytes(), ORDER);
        }
    }

    private void add(int k, long windows, double share, long result) {
        int[] list = columns.covered[k];
        for (int i = 0; i < list.length; i++) {
            int window = columns.window(list[i], k);
            long at = dx + result + list[i] * bytes();
            FloatVector factor = FloatVector.broadcast(FLOATS, (float) (share * columns.share[window]));
            FloatVector value = fromMemorySegment(FLOATS, ALL, g + windows + window * bytes(), ORDER);
            value.fma(factor, fromMemorySegment(FLOATS, ALL, at, ORDER)).intoMemorySegment(ALL, at, ORDER);
        }
    }

    private void beginMasked(long windows, double share, long result, int count) {
        VectorMask<Float> mask = FLOATS.indexInRange(0, count);
        int[] list = columns.covered[0];
        for (int i = 0; i < list.length; i++) {
            int window = columns.first[list[i]];
            FloatVector factor = FloatVector.broadcast(FLOATS, (float) (share * columns.share[window]));
            FloatVector value = fromMemorySegment(FLOATS, ALL, g + windows + window * bytes(), ORDER, mask);
            value.mul(factor).intoMemorySegment(ALL, dx + result + list[i] * bytes(), ORDER, mask);
        }
    }

    private void addMasked(int k, long windows, double share, long result, int count) {
        VectorMask<Float> mask = FLOATS.indexInRange(0, count);
        int[] list = columns.covered[k];
        for (int i = 0; i < list.length; i++) {
            int window = columns.window(list[i], k);
            long at = dx + result + list[i] * bytes();
            FloatVector factor = FloatVector.broadcast(FLOATS, (float) (share * columns.share[window]));
            FloatVector value = fromMemorySegment(FLOATS, ALL, g + windows + window * bytes(), ORDER, mask);
            value.fma(factor, fromMemorySegment(FLOATS, ALL, at, ORDER, mask)).intoMemorySegment(ALL, at, ORDER, mask);
        }
    }

    @Override
    void end(long result, int count) { }

    @Override
    void row(int thread, long unit, int row) {
        if (inner > 1) {
            super.row(thread, unit, row);
        } else if (columns.windows() == 1 && columns.bare.length == 0) {
            same(unit, row);
        } else {
            plain(own[thread], unit, row);
        }
    }

    /** A row all of whose places are in the only window of each row of windows, as in the gradient of a map's mean. */
    private void same(long unit, int row) {
        float sum = 0;
        for (int p = 0; p < rows.covers[row]; p++) {
            int window = rows.window(row, p);
            float value = Raw.ALL.get(ValueLayout.JAVA_FLOAT_UNALIGNED, g + inPooled(unit, window, 0));
            sum += (float) (rows.share[window] * columns.share[0]) * value;
        }
        FloatVector all = FloatVector.broadcast(FLOATS, sum);
        long at = dx + inMaps(unit, row, 0);
        int column = 0;
        for (; column + LANES <= columns.extent(); column += LANES) {
            all.intoMemorySegment(ALL, at + (long) column * Float.BYTES, ORDER);
        }
        all.intoMemorySegment(ALL, at + (long) column * Float.BYTES, ORDER, FLOATS.indexInRange(0, columns.extent() - column));
    }

    private void plain(ImagesRow own, long unit, int row) {
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

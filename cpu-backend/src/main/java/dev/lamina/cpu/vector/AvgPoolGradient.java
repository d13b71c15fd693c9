package dev.lamina.cpu.vector;

import static dev.lamina.cpu.vector.Raw.ALL;
import static dev.lamina.cpu.vector.Raw.FLOATS;
import static dev.lamina.cpu.vector.Raw.LANES;
import static dev.lamina.cpu.vector.Raw.load;
import static dev.lamina.cpu.vector.Raw.store;

import dev.lamina.graph.Pooling;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * {@link Pooling.AvgPoolGradient} and {@link Pooling.AdaptiveAvgPoolGradient} on images in memory. Each place sums the shares of the windows
 * that cover it, in row-major order.
 */
public final class AvgPoolGradient extends ImagesPooling {
    private final Pointer from;
    private final Pointer to;
    private final long windowBytes;
    private final long windowRowBytes;
    private long g;
    private long dx;

    private AvgPoolGradient(Team team, Images in, Images out, ImagesTaps rows, ImagesTaps columns, Pointer g, Pointer dx) {
        super(team, in, out, rows, columns, Result.MAPS);
        from = g;
        to = dx;
        windowBytes = columns.windowStep * bytes();
        windowRowBytes = (long) rows.windowStep * columns.windows() * bytes();
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
    void row(long unit, int row) {
        if (inner == 1 && columns.windows() == 1 && columns.covers[0] == 1 && columns.covers[columns.extent() - 1] == 1
                && columns.step == 1) {
            same(unit, row);
            return;
        }
        for (int column = 0; column < columns.extent(); column++) {
            long first = g + inPooled(unit, rows.first[row], columns.first[column]);
            long at = dx + inMaps(unit, row, column);
            if (inner == 1) {
                single(first, row, column, at);
            } else {
                channels(first, row, column, at);
            }
        }
    }

    private float share(int row, int column, int p, int q) {
        return (float) (rows.share[rows.first[row] + p * rows.windowStep] * columns.share[columns.first[column] + q * columns.windowStep]);
    }

    private void channels(long first, int row, int column, long at) {
        int high = rows.covers[row];
        int wide = columns.covers[column];
        int c = 0;
        for (; c + LANES <= inner; c += LANES) {
            long start = first + (long) c * Float.BYTES;
            FloatVector sum = FloatVector.zero(FLOATS);
            for (int p = 0; p < high; p++) {
                for (int q = 0; q < wide; q++) {
                    FloatVector share = FloatVector.broadcast(FLOATS, share(row, column, p, q));
                    sum = load(start + p * windowRowBytes + q * windowBytes).fma(share, sum);
                }
            }
            store(sum, at + (long) c * Float.BYTES);
        }
        if (c < inner) {
            VectorMask<Float> mask = ImagesSweep.first(inner - c);
            long start = first + (long) c * Float.BYTES;
            FloatVector sum = FloatVector.zero(FLOATS);
            for (int p = 0; p < high; p++) {
                for (int q = 0; q < wide; q++) {
                    FloatVector share = FloatVector.broadcast(FLOATS, share(row, column, p, q));
                    sum = ImagesSweep.load(start + p * windowRowBytes + q * windowBytes, mask).fma(share, sum);
                }
            }
            ImagesSweep.store(sum, at + (long) c * Float.BYTES, mask);
        }
    }

    private float sum(long first, int row, int column) {
        float sum = 0;
        for (int p = 0; p < rows.covers[row]; p++) {
            for (int q = 0; q < columns.covers[column]; q++) {
                sum += share(row, column, p, q) * ALL.get(ValueLayout.JAVA_FLOAT_UNALIGNED, first + p * windowRowBytes + q * windowBytes);
            }
        }
        return sum;
    }

    private void single(long first, int row, int column, long at) {
        ALL.set(ValueLayout.JAVA_FLOAT_UNALIGNED, at, sum(first, row, column));
    }

    /** A row all of whose places are in the only window, as in the gradient of a map's mean. */
    private void same(long unit, int row) {
        FloatVector value = FloatVector.broadcast(FLOATS, sum(g + inPooled(unit, rows.first[row], 0), row, 0));
        long at = dx + inMaps(unit, row, 0);
        int c = 0;
        for (; c + LANES <= columns.extent(); c += LANES) {
            store(value, at + (long) c * Float.BYTES);
        }
        ImagesSweep.store(value, at + (long) c * Float.BYTES, ImagesSweep.first(columns.extent() - c));
    }
}

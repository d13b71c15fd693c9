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
 * {@link Pooling.AvgPool} and {@link Pooling.AdaptiveAvgPool} on images in memory, by vectors of channels, or of columns where a map lies
 * by itself. The rows of a window are summed one by one, then together: large windows lose few digits.
 */
public final class AvgPool extends ImagesPooling {
    private final Pointer from;
    private final Pointer to;
    private final long rowBytes;
    private final long columnBytes;
    private long x;
    private long y;

    private AvgPool(Team team, Images in, Images out, ImagesTaps rows, ImagesTaps columns, Pointer x, Pointer y) {
        super(team, in, out, rows, columns, Result.POOLED);
        from = x;
        to = y;
        columnBytes = columns.step * bytes();
        rowBytes = (long) rows.step * columns.extent() * bytes();
    }

    /** A kernel that averages the windows of x, of {@code in}, to y, of {@code out}; both have the same order, images and channels. */
    public static Kernel of(Team team, Pooling.AvgPool op, Images in, Images out, Pointer x, Pointer y) {
        return new AvgPool(team, in, out, ImagesTaps.of(op.window().h(), in.h(), out.h(), op.countIncludePad()),
                ImagesTaps.of(op.window().w(), in.w(), out.w(), op.countIncludePad()), x, y);
    }

    /** A kernel that averages x, of {@code in}, over as many bins as {@code out} has places. */
    public static Kernel adaptive(Team team, Images in, Images out, Pointer x, Pointer y) {
        return new AvgPool(team, in, out, ImagesTaps.adaptive(in.h(), out.h()), ImagesTaps.adaptive(in.w(), out.w()), x, y);
    }

    @Override
    void bind() {
        x = from.address();
        y = to.address();
    }

    @Override
    void row(long unit, int row) {
        for (int column = 0; column < columns.windows(); column++) {
            int high = columns.count[column] == 0 ? 0 : rows.count[row];
            int wide = columns.count[column];
            float share = (float) (rows.share[row] * columns.share[column]);
            long first = high == 0 ? x : x + inMaps(unit, rows.start[row], columns.start[column]);
            long at = y + inPooled(unit, row, column);
            if (inner == 1) {
                single(first, high, wide, share, at);
            } else {
                channels(first, high, wide, share, at);
            }
        }
    }

    private void channels(long first, int high, int wide, float share, long at) {
        int c = 0;
        for (; c + LANES <= inner; c += LANES) {
            long start = first + (long) c * Float.BYTES;
            FloatVector sum = FloatVector.zero(FLOATS);
            for (int r = 0; r < high; r++) {
                sum = sum.add(rowSum(start + r * rowBytes, wide, columnBytes));
            }
            store(sum.mul(share), at + (long) c * Float.BYTES);
        }
        if (c < inner) {
            VectorMask<Float> mask = ImagesSweep.first(inner - c);
            long start = first + (long) c * Float.BYTES;
            FloatVector sum = FloatVector.zero(FLOATS);
            for (int r = 0; r < high; r++) {
                sum = sum.add(rowSum(start + r * rowBytes, wide, columnBytes, mask));
            }
            ImagesSweep.store(sum.mul(share), at + (long) c * Float.BYTES, mask);
        }
    }

    /** Two sums at a time hide the latency of an addition. */
    private static FloatVector rowSum(long start, int wide, long columnBytes) {
        FloatVector even = FloatVector.zero(FLOATS);
        FloatVector odd = even;
        int s = 0;
        for (; s + 1 < wide; s += 2) {
            even = even.add(load(start + s * columnBytes));
            odd = odd.add(load(start + (s + 1) * columnBytes));
        }
        return s < wide ? even.add(odd).add(load(start + s * columnBytes)) : even.add(odd);
    }

    /** The first lanes of that, to the last bit. */
    private static FloatVector rowSum(long start, int wide, long columnBytes, VectorMask<Float> mask) {
        FloatVector even = FloatVector.zero(FLOATS);
        FloatVector odd = even;
        int s = 0;
        for (; s + 1 < wide; s += 2) {
            even = even.add(ImagesSweep.load(start + s * columnBytes, mask));
            odd = odd.add(ImagesSweep.load(start + (s + 1) * columnBytes, mask));
        }
        return s < wide ? even.add(odd).add(ImagesSweep.load(start + s * columnBytes, mask)) : even.add(odd);
    }

    private void single(long first, int high, int wide, float share, long at) {
        // Rows that follow each other, as those of a whole map do, are one.
        boolean whole = high > 0 && columns.step == 1 && rows.step == 1 && wide == columns.extent();
        int length = whole ? high * wide : wide;
        int lines = whole ? 1 : high;
        float sum = 0;
        for (int r = 0; r < lines; r++) {
            long start = first + r * rowBytes;
            sum += columns.step == 1 && length >= LANES ? run(start, length) : taps(start, length);
        }
        ALL.set(ValueLayout.JAVA_FLOAT_UNALIGNED, at, sum * share);
    }

    private static float run(long start, int length) {
        FloatVector sum = FloatVector.zero(FLOATS);
        int i = 0;
        for (; i + LANES <= length; i += LANES) {
            sum = sum.add(load(start + (long) i * Float.BYTES));
        }
        sum = sum.add(ImagesSweep.load(start + (long) i * Float.BYTES, ImagesSweep.first(length - i)));
        return LaneSum.of(sum);
    }

    private float taps(long start, int length) {
        float sum = 0;
        for (int s = 0; s < length; s++) {
            sum += ALL.get(ValueLayout.JAVA_FLOAT_UNALIGNED, start + s * columnBytes);
        }
        return sum;
    }
}

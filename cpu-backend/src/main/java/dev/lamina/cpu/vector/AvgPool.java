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
    void row(int thread, long unit, int row) {
        if (inner == 1 && columns.windows() > 1) {
            plain(own[thread], unit, row);
            return;
        }
        for (int column = 0; column < columns.windows(); column++) {
            int wide = columns.count[column];
            int high = wide == 0 ? 0 : rows.count[row];
            float share = (float) (rows.share[row] * columns.share[column]);
            long start = x + inMaps(unit, rows.start[row], columns.start[column]);
            long at = y + inPooled(unit, row, column);
            if (inner == 1) {
                single(own[thread].others, start, high, wide, share, at);
            } else if (inner < LANES) {
                masked(start, high, wide, share, at);
            } else {
                channels(start, high, wide, share, at);
            }
        }
    }

    private void channels(long start, int high, int wide, float share, long at) {
        for (int c = 0; c < inner; c += LANES) {
            // The last channels are a whole vector too, which does some of the channels before again.
            long offset = (long) Math.min(c, inner - LANES) * Float.BYTES;
            switch (wide) {
                case 2 -> two(start + offset, high, share, at + offset);
                case 3 -> three(start + offset, high, share, at + offset);
                default -> any(start + offset, high, wide, share, at + offset);
            }
        }
    }

    private void two(long start, int high, float share, long at) {
        FloatVector sum = FloatVector.zero(FLOATS);
        for (int r = 0; r < high; r++) {
            long row = start + r * rowBytes;
            FloatVector second = fromMemorySegment(FLOATS, ALL, row + columnBytes, ORDER);
            sum = sum.add(fromMemorySegment(FLOATS, ALL, row, ORDER).add(second));
        }
        sum.mul(share).intoMemorySegment(ALL, at, ORDER);
    }

    private void three(long start, int high, float share, long at) {
        FloatVector sum = FloatVector.zero(FLOATS);
        for (int r = 0; r < high; r++) {
            long row = start + r * rowBytes;
            FloatVector second = fromMemorySegment(FLOATS, ALL, row + columnBytes, ORDER);
            FloatVector third = fromMemorySegment(FLOATS, ALL, row + 2 * columnBytes, ORDER);
            sum = sum.add(fromMemorySegment(FLOATS, ALL, row, ORDER).add(second).add(third));
        }
        sum.mul(share).intoMemorySegment(ALL, at, ORDER);
    }

    /** Two sums at a time hide the latency of an addition. */
    private void any(long start, int high, int wide, float share, long at) {
        FloatVector sum = FloatVector.zero(FLOATS);
        for (int r = 0; r < high; r++) {
            long row = start + r * rowBytes;
            FloatVector even = FloatVector.zero(FLOATS);
            FloatVector odd = FloatVector.zero(FLOATS);
            int s = 0;
            for (; s + 1 < wide; s += 2) {
                even = even.add(fromMemorySegment(FLOATS, ALL, row + s * columnBytes, ORDER));
                odd = odd.add(fromMemorySegment(FLOATS, ALL, row + (s + 1) * columnBytes, ORDER));
            }
            sum = sum.add(even.add(odd));
            if (s < wide) {
                sum = sum.add(fromMemorySegment(FLOATS, ALL, row + s * columnBytes, ORDER));
            }
        }
        sum.mul(share).intoMemorySegment(ALL, at, ORDER);
    }

    /** Fewer channels than a vector has lanes. */
    private void masked(long start, int high, int wide, float share, long at) {
        VectorMask<Float> mask = FLOATS.indexInRange(0, inner);
        FloatVector sum = FloatVector.zero(FLOATS);
        for (int r = 0; r < high; r++) {
            FloatVector row = FloatVector.zero(FLOATS);
            for (int s = 0; s < wide; s++) {
                row = row.add(fromMemorySegment(FLOATS, ALL, start + r * rowBytes + s * columnBytes, ORDER, mask));
            }
            sum = sum.add(row);
        }
        sum.mul(share).intoMemorySegment(ALL, at, ORDER, mask);
    }

    /** Sums of each column first, by whole vectors; then of each window's columns. */
    private void plain(ImagesRow own, long unit, int row) {
        int width = columns.extent();
        java.util.Arrays.fill(own.values, 0, width, 0);
        for (int r = 0; r < rows.count[row]; r++) {
            ImagesRow.read(x + inMaps(unit, rows.start[row] + r * rows.step, 0), own.others, width);
            for (int i = 0; i < width; i++) {
                own.values[i] += own.others[i];
            }
        }
        for (int column = 0; column < columns.windows(); column++) {
            float sum = 0;
            for (int s = 0; s < columns.count[column]; s++) {
                sum += own.values[columns.start[column] + s * columns.step];
            }
            own.others[column] = sum * (float) (rows.share[row] * columns.share[column]);
        }
        ImagesRow.write(own.others, columns.windows(), y + inPooled(unit, row, 0));
    }

    /** A row of one window, such as a map's mean. */
    private void single(float[] spill, long first, int high, int wide, float share, long at) {
        // Rows that follow each other, as those of a whole map do, are one.
        boolean whole = high > 0 && columns.step == 1 && rows.step == 1 && wide == columns.extent();
        int length = whole ? high * wide : wide;
        int lines = whole ? 1 : high;
        float sum = 0;
        for (int r = 0; r < lines; r++) {
            long start = first + r * rowBytes;
            sum += columns.step == 1 && length >= LANES ? run(spill, start, length) : taps(start, length);
        }
        ALL.set(ValueLayout.JAVA_FLOAT_UNALIGNED, at, sum * share);
    }

    /** Lanes are added in order, through memory: the Vector API promises no order for sums of lanes, and the interpreter has another. */
    private static float run(float[] spill, long start, int length) {
        FloatVector sum = FloatVector.zero(FLOATS);
        int i = 0;
        for (; i + LANES <= length; i += LANES) {
            sum = sum.add(fromMemorySegment(FLOATS, ALL, start + (long) i * Float.BYTES, ORDER));
        }
        sum = sum.add(fromMemorySegment(FLOATS, ALL, start + (long) i * Float.BYTES, ORDER, FLOATS.indexInRange(0, length - i)));
        sum.intoArray(spill, 0);
        float total = 0;
        for (int k = 0; k < LANES; k++) {
            total += spill[k];
        }
        return total;
    }

    private float taps(long start, int length) {
        float sum = 0;
        for (int s = 0; s < length; s++) {
            sum += ALL.get(ValueLayout.JAVA_FLOAT_UNALIGNED, start + s * columnBytes);
        }
        return sum;
    }
}

package dev.lamina.cpu.vector;

import static dev.lamina.cpu.vector.Raw.ALL;
import static dev.lamina.cpu.vector.Raw.FLOATS;
import static dev.lamina.cpu.vector.Raw.LANES;
import static dev.lamina.cpu.vector.Raw.ORDER;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import dev.lamina.graph.Window;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** {@link dev.lamina.graph.Pooling.MaxPool} on images in memory, by vectors of channels; of columns where a map lies by itself. */
public final class MaxPool extends ImagesPooling {
    private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;

    /** Below the key of any value. */
    private static final long NO_KEY = Long.MIN_VALUE;

    private final Pointer from;
    private final Pointer to;
    private final Pointer winnersTo;
    private final long rowBytes;
    private final long columnBytes;
    private final int rowPlaces;
    private final int columnPlaces;
    private final MemorySegment unread;
    private final long unreadBytes;
    private long x;
    private long y;
    private long winners;

    private MaxPool(Team team, Window window, Images in, Images out, Pointer x, Pointer y, Pointer winners) {
        super(team, in, out, ImagesTaps.of(window.h(), in.h(), out.h(), false), ImagesTaps.of(window.w(), in.w(), out.w(), false),
                Result.POOLED);
        from = x;
        to = y;
        winnersTo = winners;
        columnPlaces = columns.step;
        rowPlaces = rows.step * columns.extent();
        columnBytes = columnPlaces * bytes();
        rowBytes = rowPlaces * bytes();
        unreadBytes = columns.windows() * bytes();
        unread = winners == null ? Arena.ofAuto().allocate(Math.max(1, unreadBytes * own.length), 64) : MemorySegment.NULL;
    }

    /**
     * A kernel that pools {@code in} to {@code out}, which has the same order, images and channels.
     *
     * @param x values of {@code in}
     * @param y largest values, of {@code out}
     * @param winners int32 positions {@code h W + w} in the order of {@code out}, -1 for a window of padding only; null if nobody
     *     reads them
     */
    public static Kernel of(Team team, Window window, Images in, Images out, Pointer x, Pointer y, Pointer winners) {
        return new MaxPool(team, window, in, out, x, y, winners);
    }

    @Override
    void bind() {
        x = from.address();
        y = to.address();
        winners = winnersTo == null ? 0 : winnersTo.address();
    }

    @Override
    void row(int thread, long unit, int row) {
        long at = inPooled(unit, row, 0);
        // Winners that nobody reads go to a row of the thread's own.
        long winnersRow = winnersTo == null ? unread.address() + thread * unreadBytes : winners + at;
        int high = rows.count[row];
        if (inner == 1) {
            plain(own[thread], unit, row, y + at, winnersRow);
            return;
        }
        for (int column = 0; column < columns.windows(); column++) {
            long start = x + inMaps(unit, rows.start[row], columns.start[column]);
            int place = rows.start[row] * columns.extent() + columns.start[column];
            int wide = columns.count[column];
            if (high == 0 || wide == 0) {
                padding(unit, y + at + column * bytes(), winnersRow + column * bytes());
            } else if (inner < LANES) {
                masked(start, high, wide, place, y + at + column * bytes(), winnersRow + column * bytes());
            } else {
                channels(start, high, wide, place, y + at + column * bytes(), winnersRow + column * bytes());
            }
        }
    }

    private void channels(long start, int high, int wide, int place, long values, long places) {
        for (int c = 0; c < inner; c += LANES) {
            // The last channels are a whole vector too, which does some of the channels before again.
            long offset = (long) Math.min(c, inner - LANES) * Float.BYTES;
            switch (wide) {
                case 2 -> two(start + offset, high, place, values + offset, places + offset);
                case 3 -> three(start + offset, high, place, values + offset, places + offset);
                default -> any(start + offset, high, wide, place, values + offset, places + offset);
            }
        }
    }

    private void two(long start, int high, int place, long values, long places) {
        FloatVector v0 = fromMemorySegment(FLOATS, ALL, start, ORDER);
        FloatVector v1 = fromMemorySegment(FLOATS, ALL, start + columnBytes, ORDER);
        VectorMask<Float> keeps1 = v1.compare(VectorOperators.LE, v0).or(v0.compare(VectorOperators.NE, v0));
        FloatVector best = v1.blend(v0, keeps1);
        IntVector winner = IntVector.broadcast(INTS, place + columnPlaces).blend(IntVector.broadcast(INTS, place), keeps1.cast(INTS));
        for (int r = 1; r < high; r++) {
            int own = place + r * rowPlaces;
            FloatVector u0 = fromMemorySegment(FLOATS, ALL, start + r * rowBytes, ORDER);
            FloatVector u1 = fromMemorySegment(FLOATS, ALL, start + r * rowBytes + columnBytes, ORDER);
            VectorMask<Float> rowKeeps1 = u1.compare(VectorOperators.LE, u0).or(u0.compare(VectorOperators.NE, u0));
            FloatVector rowBest = u1.blend(u0, rowKeeps1);
            IntVector rowWinner = IntVector.broadcast(INTS, own + columnPlaces).blend(IntVector.broadcast(INTS, own), rowKeeps1.cast(INTS));
            VectorMask<Float> above = rowBest.compare(VectorOperators.LE, best).or(best.compare(VectorOperators.NE, best));
            best = rowBest.blend(best, above);
            winner = rowWinner.blend(winner, above.cast(INTS));
        }
        best.intoMemorySegment(ALL, values, ORDER);
        winner.intoMemorySegment(ALL, places, ORDER);
    }

    private void three(long start, int high, int place, long values, long places) {
        FloatVector best = fromMemorySegment(FLOATS, ALL, start, ORDER);
        IntVector winner = IntVector.broadcast(INTS, place);
        for (int r = 0; r < high; r++) {
            int own = place + r * rowPlaces;
            FloatVector u0 = fromMemorySegment(FLOATS, ALL, start + r * rowBytes, ORDER);
            FloatVector u1 = fromMemorySegment(FLOATS, ALL, start + r * rowBytes + columnBytes, ORDER);
            FloatVector u2 = fromMemorySegment(FLOATS, ALL, start + r * rowBytes + 2 * columnBytes, ORDER);
            VectorMask<Float> keeps1 = u1.compare(VectorOperators.LE, u0).or(u0.compare(VectorOperators.NE, u0));
            FloatVector rowBest = u1.blend(u0, keeps1);
            IntVector rowWinner = IntVector.broadcast(INTS, own + columnPlaces).blend(IntVector.broadcast(INTS, own), keeps1.cast(INTS));
            VectorMask<Float> keeps2 = u2.compare(VectorOperators.LE, rowBest).or(rowBest.compare(VectorOperators.NE, rowBest));
            rowBest = u2.blend(rowBest, keeps2);
            rowWinner = IntVector.broadcast(INTS, own + 2 * columnPlaces).blend(rowWinner, keeps2.cast(INTS));
            VectorMask<Float> above = rowBest.compare(VectorOperators.LE, best).or(best.compare(VectorOperators.NE, best));
            best = rowBest.blend(best, above);
            winner = rowWinner.blend(winner, above.cast(INTS));
        }
        best.intoMemorySegment(ALL, values, ORDER);
        winner.intoMemorySegment(ALL, places, ORDER);
    }

    private void any(long start, int high, int wide, int place, long values, long places) {
        FloatVector best = fromMemorySegment(FLOATS, ALL, start, ORDER);
        IntVector winner = IntVector.broadcast(INTS, place);
        for (int r = 0; r < high; r++) {
            for (int s = 0; s < wide; s++) {
                FloatVector value = fromMemorySegment(FLOATS, ALL, start + r * rowBytes + s * columnBytes, ORDER);
                VectorMask<Float> keeps = value.compare(VectorOperators.LE, best).or(best.compare(VectorOperators.NE, best));
                best = value.blend(best, keeps);
                winner = IntVector.broadcast(INTS, place + r * rowPlaces + s * columnPlaces).blend(winner, keeps.cast(INTS));
            }
        }
        best.intoMemorySegment(ALL, values, ORDER);
        winner.intoMemorySegment(ALL, places, ORDER);
    }

    /** Fewer channels than a vector has lanes. */
    private void masked(long start, int high, int wide, int place, long values, long places) {
        VectorMask<Float> mask = FLOATS.indexInRange(0, inner);
        FloatVector best = fromMemorySegment(FLOATS, ALL, start, ORDER, mask);
        IntVector winner = IntVector.broadcast(INTS, place);
        for (int r = 0; r < high; r++) {
            for (int s = 0; s < wide; s++) {
                FloatVector value = fromMemorySegment(FLOATS, ALL, start + r * rowBytes + s * columnBytes, ORDER, mask);
                VectorMask<Float> keeps = value.compare(VectorOperators.LE, best).or(best.compare(VectorOperators.NE, best));
                best = value.blend(best, keeps);
                winner = IntVector.broadcast(INTS, place + r * rowPlaces + s * columnPlaces).blend(winner, keeps.cast(INTS));
            }
        }
        best.intoMemorySegment(ALL, values, ORDER, mask);
        winner.intoMemorySegment(ALL, places, ORDER, mask.cast(INTS));
    }

    /**
     * The best of each column first, by whole vectors; then of each window's columns by a key that sorts as values do, and equals from
     * right to left: without branches, which on data without pattern are slow.
     */
    private void plain(ImagesRow own, long unit, int row, long values, long places) {
        int width = columns.extent();
        int high = rows.count[row];
        long map = x + inMaps(unit, 0, 0);
        if (high > 0) {
            int place = rows.start[row] * width;
            ImagesRow.read(map + place * bytes(), own.values, width);
            java.util.Arrays.fill(own.places, 0, width, place);
            for (int r = 1; r < high; r++) {
                ImagesRow.read(map + (place + r * rowPlaces) * bytes(), own.others, width);
                upper(own, width, place + r * rowPlaces);
            }
            for (int i = 0; i < width; i++) {
                own.keys[i] = key(own.values[i], own.places[i] + i);
            }
        }
        for (int column = 0; column < columns.windows(); column++) {
            int wide = high == 0 ? 0 : columns.count[column];
            long best = NO_KEY;
            for (int s = 0; s < wide; s++) {
                best = Math.max(best, own.keys[columns.start[column] + s * columnPlaces]);
            }
            int winner = best == NO_KEY ? -1 : ~(int) best;
            own.places[column] = winner;
            own.others[column] = winner < 0 ? Float.NEGATIVE_INFINITY : ALL.get(ValueLayout.JAVA_FLOAT_UNALIGNED, map + winner * bytes());
        }
        ImagesRow.write(own.others, columns.windows(), values);
        ImagesRow.write(own.places, columns.windows(), places);
    }

    /** Sorts as the value, NaN above all, then from the last place to the first. */
    private static long key(float value, int place) {
        int bits = Float.floatToIntBits(value + 0f);
        int sorted = bits ^ bits >> 31 & Integer.MAX_VALUE;
        return (long) sorted << 32 | ~place & 0xffffffffL;
    }

    private static void upper(ImagesRow own, int width, int place) {
        for (int i = 0; i < width; i += LANES) {
            FloatVector best = FloatVector.fromArray(FLOATS, own.values, i);
            FloatVector value = FloatVector.fromArray(FLOATS, own.others, i);
            VectorMask<Float> keeps = value.compare(VectorOperators.LE, best).or(best.compare(VectorOperators.NE, best));
            value.blend(best, keeps).intoArray(own.values, i);
            IntVector.broadcast(INTS, place).blend(IntVector.fromArray(INTS, own.places, i), keeps.cast(INTS)).intoArray(own.places, i);
        }
    }

    /** A dilated window may lie in the padding alone. */
    private void padding(long unit, long values, long places) {
        int present = present(unit);
        for (int c = 0; c < inner; c++) {
            float none = c < present ? Float.NEGATIVE_INFINITY : 0;
            ALL.set(ValueLayout.JAVA_FLOAT_UNALIGNED, values + (long) c * Float.BYTES, none);
            ALL.set(ValueLayout.JAVA_INT_UNALIGNED, places + (long) c * Float.BYTES, -1);
        }
    }
}

package dev.lamina.cpu.vector;

import static dev.lamina.cpu.vector.Raw.ALL;
import static dev.lamina.cpu.vector.Raw.LANES;
import static dev.lamina.cpu.vector.Raw.ORDER;
import static dev.lamina.cpu.vector.Raw.load;
import static dev.lamina.cpu.vector.Raw.store;

import dev.lamina.graph.Window;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** {@link dev.lamina.graph.Pooling.MaxPool} on images in memory, by vectors of channels. */
public final class MaxPool extends ImagesPooling {
    private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;

    private final Pointer from;
    private final Pointer to;
    private final Pointer winnersTo;
    private final long rowBytes;
    private final long columnBytes;
    private final int rowPlaces;
    private final int columnPlaces;
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
    }

    /**
     * A kernel that pools {@code in} to {@code out}, which has the same order, images and channels.
     *
     * @param x values of {@code in}
     * @param y largest values, of {@code out}
     * @param winners int32 positions {@code h W + w} in the order of {@code out}, -1 for a window of padding only; null if nobody reads them
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
    void row(long unit, int row) {
        int high = rows.count[row];
        for (int column = 0; column < columns.windows(); column++) {
            int wide = columns.count[column];
            long at = inPooled(unit, row, column);
            if (high == 0 || wide == 0) {
                padding(unit, at);
            } else {
                long first = x + inMaps(unit, rows.start[row], columns.start[column]);
                int place = rows.start[row] * columns.extent() + columns.start[column];
                if (inner == 1) {
                    single(first, high, wide, place, at);
                } else if (winnersTo == null) {
                    values(first, high, wide, at);
                } else {
                    valuesAndWinners(first, high, wide, place, at);
                }
            }
        }
    }

    private void values(long first, int high, int wide, long at) {
        int c = 0;
        for (; c + LANES <= inner; c += LANES) {
            long start = first + (long) c * Float.BYTES;
            FloatVector best = load(start);
            for (int r = 0; r < high; r++) {
                for (int s = 0; s < wide; s++) {
                    FloatVector value = load(start + r * rowBytes + s * columnBytes);
                    best = value.blend(best, keeps(best, value));
                }
            }
            store(best, y + at + (long) c * Float.BYTES);
        }
        if (c < inner) {
            rest(first, high, wide, 0, at, c);
        }
    }

    private void valuesAndWinners(long first, int high, int wide, int place, long at) {
        int c = 0;
        for (; c + LANES <= inner; c += LANES) {
            long start = first + (long) c * Float.BYTES;
            FloatVector best = load(start);
            IntVector winner = IntVector.broadcast(INTS, place);
            for (int r = 0; r < high; r++) {
                for (int s = 0; s < wide; s++) {
                    FloatVector value = load(start + r * rowBytes + s * columnBytes);
                    VectorMask<Float> keeps = keeps(best, value);
                    best = value.blend(best, keeps);
                    winner = IntVector.broadcast(INTS, place + r * rowPlaces + s * columnPlaces).blend(winner, keeps.cast(INTS));
                }
            }
            store(best, y + at + (long) c * Float.BYTES);
            winner.intoMemorySegment(ALL, winners + at + (long) c * Float.BYTES, ORDER);
        }
        if (c < inner) {
            rest(first, high, wide, place, at, c);
        }
    }

    /** The last channels, fewer than a vector. */
    private void rest(long first, int high, int wide, int place, long at, int c) {
        VectorMask<Float> mask = ImagesSweep.first(inner - c);
        long start = first + (long) c * Float.BYTES;
        FloatVector best = ImagesSweep.load(start, mask);
        IntVector winner = IntVector.broadcast(INTS, place);
        for (int r = 0; r < high; r++) {
            for (int s = 0; s < wide; s++) {
                FloatVector value = ImagesSweep.load(start + r * rowBytes + s * columnBytes, mask);
                VectorMask<Float> keeps = keeps(best, value);
                best = value.blend(best, keeps);
                winner = IntVector.broadcast(INTS, place + r * rowPlaces + s * columnPlaces).blend(winner, keeps.cast(INTS));
            }
        }
        ImagesSweep.store(best, y + at + (long) c * Float.BYTES, mask);
        if (winnersTo != null) {
            winner.intoMemorySegment(ALL, winners + at + (long) c * Float.BYTES, ORDER, mask.cast(INTS));
        }
    }

    /** Where the best so far stays: the value is not above it, or the best is NaN already. A NaN is not below anything. */
    private static VectorMask<Float> keeps(FloatVector best, FloatVector value) {
        return value.compare(VectorOperators.LE, best).or(best.compare(VectorOperators.NE, best));
    }

    private void single(long first, int high, int wide, int place, long at) {
        float best = ALL.get(ValueLayout.JAVA_FLOAT_UNALIGNED, first);
        int winner = place;
        for (int r = 0; r < high; r++) {
            for (int s = 0; s < wide; s++) {
                float value = ALL.get(ValueLayout.JAVA_FLOAT_UNALIGNED, first + r * rowBytes + s * columnBytes);
                if (!(value <= best || best != best)) {
                    best = value;
                    winner = place + r * rowPlaces + s * columnPlaces;
                }
            }
        }
        ALL.set(ValueLayout.JAVA_FLOAT_UNALIGNED, y + at, best);
        if (winnersTo != null) {
            ALL.set(ValueLayout.JAVA_INT_UNALIGNED, winners + at, winner);
        }
    }

    /** A dilated window may lie in the padding alone. */
    private void padding(long unit, long at) {
        int present = present(unit);
        for (int c = 0; c < inner; c++) {
            float none = c < present ? Float.NEGATIVE_INFINITY : 0;
            ALL.set(ValueLayout.JAVA_FLOAT_UNALIGNED, y + at + (long) c * Float.BYTES, none);
            if (winnersTo != null) {
                ALL.set(ValueLayout.JAVA_INT_UNALIGNED, winners + at + (long) c * Float.BYTES, -1);
            }
        }
    }
}

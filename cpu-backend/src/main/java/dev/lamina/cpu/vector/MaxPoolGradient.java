package dev.lamina.cpu.vector;

import static dev.lamina.cpu.vector.Raw.ALL;
import static dev.lamina.cpu.vector.Raw.FLOATS;
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

/**
 * {@link dev.lamina.graph.Pooling.MaxPoolGradient} and {@link dev.lamina.graph.Pooling.MaxUnpool} for winners of a known window. Each place
 * asks the windows that cover it, in row-major order, whether it won: nothing is cleared before, and no two threads write one place.
 */
public final class MaxPoolGradient extends ImagesPooling {
    private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;

    private final Pointer from;
    private final Pointer winnersFrom;
    private final Pointer to;
    private final Pointer rectified;
    private final Choice choice;
    private final long windowBytes;
    private final long windowRowBytes;
    private long g;
    private long winners;
    private long dx;
    private long y;

    /** What a place takes of the windows that it won. */
    private enum Choice { SUM, LAST }

    private MaxPoolGradient(Team team, Window window, Images in, Images out, Pointer g, Pointer winners, Pointer dx, Pointer rectified,
            Choice choice) {
        super(team, in, out, ImagesTaps.of(window.h(), in.h(), out.h(), false), ImagesTaps.of(window.w(), in.w(), out.w(), false),
                Result.MAPS);
        from = g;
        winnersFrom = winners;
        to = dx;
        this.rectified = rectified;
        this.choice = choice;
        windowBytes = columns.windowStep * bytes();
        windowRowBytes = (long) rows.windowStep * columns.windows() * bytes();
    }

    /**
     * A kernel that sums the gradients {@code g} of {@code out} into their winners' places of {@code in}, zero elsewhere.
     *
     * @param winners what {@link MaxPool} wrote for the same window and images; a place outside its window is as good as -1
     * @param dx the result, of {@code in}
     * @param rectified if not null, a rectifier's output in the layout of {@code dx}: the result is multiplied by
     *     {@code 1[rectified > 0]}; may be dx
     */
    public static Kernel sum(Team team, Window window, Images in, Images out, Pointer g, Pointer winners, Pointer dx, Pointer rectified) {
        return new MaxPoolGradient(team, window, in, out, g, winners, dx, rectified, Choice.SUM);
    }

    /** Like {@link #sum}, but a place that several windows chose takes the value of the last. */
    public static Kernel last(Team team, Window window, Images in, Images out, Pointer values, Pointer winners, Pointer result) {
        return new MaxPoolGradient(team, window, in, out, values, winners, result, null, Choice.LAST);
    }

    @Override
    void bind() {
        g = from.address();
        winners = winnersFrom.address();
        dx = to.address();
        y = rectified == null ? 0 : rectified.address();
    }

    @Override
    void row(long unit, int row) {
        int width = columns.extent();
        for (int column = 0; column < width; column++) {
            int high = rows.covers[row];
            int wide = columns.covers[column];
            long first = inPooled(unit, rows.first[row], columns.first[column]);
            int place = row * width + column;
            long at = inMaps(unit, row, column);
            if (inner == 1) {
                single(first, high, wide, place, at);
            } else {
                switch (choice) {
                    case SUM -> sums(first, high, wide, place, at);
                    case LAST -> rest(first, high, wide, place, at, 0);
                }
            }
        }
    }

    private void sums(long first, int high, int wide, int place, long at) {
        FloatVector zero = FloatVector.zero(FLOATS);
        int c = 0;
        for (; c + LANES <= inner; c += LANES) {
            long start = first + (long) c * Float.BYTES;
            FloatVector sum = zero;
            for (int p = 0; p < high; p++) {
                for (int q = 0; q < wide; q++) {
                    long window = start + p * windowRowBytes + q * windowBytes;
                    VectorMask<Integer> won = IntVector.fromMemorySegment(INTS, ALL, winners + window, ORDER).compare(VectorOperators.EQ, place);
                    sum = sum.add(load(g + window), won.cast(FLOATS));
                }
            }
            long result = at + (long) c * Float.BYTES;
            if (rectified != null) {
                sum = ImagesSweep.passed(sum, load(y + result), zero);
            }
            store(sum, dx + result);
        }
        if (c < inner) {
            rest(first, high, wide, place, at, c);
        }
    }

    /** The channels from c, under a mask, by either choice. */
    private void rest(long first, int high, int wide, int place, long at, int from) {
        FloatVector zero = FloatVector.zero(FLOATS);
        VectorMask<Float> summing = ImagesSweep.first(choice == Choice.SUM ? LANES : 0);
        for (int c = from; c < inner; c += LANES) {
            VectorMask<Float> mask = ImagesSweep.first(Math.min(LANES, inner - c));
            VectorMask<Integer> places = mask.cast(INTS);
            long start = first + (long) c * Float.BYTES;
            FloatVector sum = zero;
            for (int p = 0; p < high; p++) {
                for (int q = 0; q < wide; q++) {
                    long window = start + p * windowRowBytes + q * windowBytes;
                    IntVector winner = IntVector.fromMemorySegment(INTS, ALL, winners + window, ORDER, places);
                    VectorMask<Float> won = winner.compare(VectorOperators.EQ, place).cast(FLOATS);
                    sum = sum.blend(ImagesSweep.load(g + window, mask).add(zero.blend(sum, summing)), won);
                }
            }
            long result = at + (long) c * Float.BYTES;
            if (rectified != null) {
                sum = ImagesSweep.passed(sum, ImagesSweep.load(y + result, mask), zero);
            }
            ImagesSweep.store(sum, dx + result, mask);
        }
    }

    private void single(long first, int high, int wide, int place, long at) {
        float sum = 0;
        for (int p = 0; p < high; p++) {
            for (int q = 0; q < wide; q++) {
                long window = first + p * windowRowBytes + q * windowBytes;
                if (ALL.get(ValueLayout.JAVA_INT_UNALIGNED, winners + window) == place) {
                    float value = ALL.get(ValueLayout.JAVA_FLOAT_UNALIGNED, g + window);
                    sum = choice == Choice.SUM ? sum + value : value;
                }
            }
        }
        boolean stopped = rectified != null && !(ALL.get(ValueLayout.JAVA_FLOAT_UNALIGNED, y + at) > 0);
        ALL.set(ValueLayout.JAVA_FLOAT_UNALIGNED, dx + at, stopped ? 0 : sum);
    }
}

package dev.lamina.cpu.vector;

import static dev.lamina.cpu.vector.Raw.ALL;
import static dev.lamina.cpu.vector.Raw.FLOATS;
import static dev.lamina.cpu.vector.Raw.LANES;
import static dev.lamina.cpu.vector.Raw.ORDER;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import dev.lamina.graph.Window;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link dev.lamina.graph.Pooling.MaxPoolGradient} and {@link dev.lamina.graph.Pooling.MaxUnpool} for winners of a known window: each place
 * asks the windows that cover it whether it won.
 */
public final class MaxPoolGradient extends ImagesGradient {
    private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;

    private final Pointer from;
    private final Pointer winnersFrom;
    private final Pointer to;
    private final Pointer rectified;
    private final Choice choice;
    private long g;
    private long winners;
    private long dx;
    private long y;

    /** What a place takes of the windows that it won. */
    private enum Choice { SUM, LAST }

    private MaxPoolGradient(Team team, Window window, Images in, Images out, Pointer g, Pointer winners, Pointer dx, Pointer rectified,
            Choice choice) {
        super(team, in, out, ImagesTaps.of(window.h(), in.h(), out.h(), false), ImagesTaps.of(window.w(), in.w(), out.w(), false));
        from = g;
        winnersFrom = winners;
        to = dx;
        this.rectified = rectified;
        this.choice = choice;
    }

    /**
     * A kernel that sums the gradients {@code g} of {@code out} into their winners' places of {@code in}, zero elsewhere.
     *
     * @param winners what {@link MaxPool} wrote for the same window and images
     * @param dx the result, of {@code in}
     * @param rectified if not null, a rectifier's output in the layout of {@code dx}: the result is multiplied by
     *     {@code 1[rectified > 0]}; may not be dx
     */
    public static Kernel sum(Team team, Window window, Images in, Images out, Pointer g, Pointer winners, Pointer dx, Pointer rectified) {
        return in.inner() == 1 ? MaxPoolScatter.sum(team, in, out, g, winners, dx, rectified)
                : new MaxPoolGradient(team, window, in, out, g, winners, dx, rectified, Choice.SUM);
    }

    /** Like {@link #sum}, but a place that several windows chose takes the value of the last. */
    public static Kernel last(Team team, Window window, Images in, Images out, Pointer values, Pointer winners, Pointer result) {
        return in.inner() == 1 ? MaxPoolScatter.last(team, in, out, values, winners, result)
                : new MaxPoolGradient(team, window, in, out, values, winners, result, null, Choice.LAST);
    }

    @Override
    void bind() {
        g = from.address();
        winners = winnersFrom.address();
        dx = to.address();
        y = rectified == null ? 0 : rectified.address();
    }

    @Override
    long result() {
        return dx;
    }

    @Override
    void pass(boolean begins, int k, long windows, int windowRow, long result, int row, int count) {
        int[] list = columns.covered[k];
        int place = row * columns.extent();
        if (count < LANES) {
            if (begins) {
                beginMasked(list, windows, result, place, count);
            } else {
                addMasked(list, k, windows, result, place, count);
            }
        } else if (begins) {
            begin(list, windows, result, place);
        } else if (choice == Choice.SUM) {
            add(list, k, windows, result, place);
        } else {
            replace(list, k, windows, result, place);
        }
    }

    private void begin(int[] list, long windows, long result, int place) {
        FloatVector zero = FloatVector.zero(FLOATS);
        for (int i = 0; i < list.length; i++) {
            int column = list[i];
            long window = windows + columns.first[column] * bytes();
            VectorMask<Integer> won = IntVector.fromMemorySegment(INTS, ALL, winners + window, ORDER)
                    .compare(VectorOperators.EQ, place + column);
            FloatVector value = zero.blend(fromMemorySegment(FLOATS, ALL, g + window, ORDER), won.cast(FLOATS));
            value.intoMemorySegment(ALL, dx + result + column * bytes(), ORDER);
        }
    }

    private void add(int[] list, int k, long windows, long result, int place) {
        FloatVector zero = FloatVector.zero(FLOATS);
        for (int i = 0; i < list.length; i++) {
            int column = list[i];
            long window = windows + columns.window(column, k) * bytes();
            long at = dx + result + column * bytes();
            VectorMask<Integer> won = IntVector.fromMemorySegment(INTS, ALL, winners + window, ORDER)
                    .compare(VectorOperators.EQ, place + column);
            FloatVector value = zero.blend(fromMemorySegment(FLOATS, ALL, g + window, ORDER), won.cast(FLOATS));
            fromMemorySegment(FLOATS, ALL, at, ORDER).add(value).intoMemorySegment(ALL, at, ORDER);
        }
    }

    private void replace(int[] list, int k, long windows, long result, int place) {
        for (int i = 0; i < list.length; i++) {
            int column = list[i];
            long window = windows + columns.window(column, k) * bytes();
            long at = dx + result + column * bytes();
            VectorMask<Integer> won = IntVector.fromMemorySegment(INTS, ALL, winners + window, ORDER)
                    .compare(VectorOperators.EQ, place + column);
            FloatVector value = fromMemorySegment(FLOATS, ALL, g + window, ORDER);
            fromMemorySegment(FLOATS, ALL, at, ORDER).blend(value, won.cast(FLOATS)).intoMemorySegment(ALL, at, ORDER);
        }
    }

    private void beginMasked(int[] list, long windows, long result, int place, int count) {
        VectorMask<Float> mask = FLOATS.indexInRange(0, count);
        VectorMask<Integer> places = INTS.indexInRange(0, count);
        FloatVector zero = FloatVector.zero(FLOATS);
        for (int i = 0; i < list.length; i++) {
            int column = list[i];
            long window = windows + columns.first[column] * bytes();
            VectorMask<Integer> won = IntVector.fromMemorySegment(INTS, ALL, winners + window, ORDER, places)
                    .compare(VectorOperators.EQ, place + column);
            FloatVector value = zero.blend(fromMemorySegment(FLOATS, ALL, g + window, ORDER, mask), won.cast(FLOATS));
            value.intoMemorySegment(ALL, dx + result + column * bytes(), ORDER, mask);
        }
    }

    private void addMasked(int[] list, int k, long windows, long result, int place, int count) {
        VectorMask<Float> mask = FLOATS.indexInRange(0, count);
        VectorMask<Integer> places = INTS.indexInRange(0, count);
        float kept = choice == Choice.SUM ? 1 : 0;
        for (int i = 0; i < list.length; i++) {
            int column = list[i];
            long window = windows + columns.window(column, k) * bytes();
            long at = dx + result + column * bytes();
            FloatVector before = fromMemorySegment(FLOATS, ALL, at, ORDER, mask);
            FloatVector value = fromMemorySegment(FLOATS, ALL, g + window, ORDER, mask);
            VectorMask<Integer> won = IntVector.fromMemorySegment(INTS, ALL, winners + window, ORDER, places)
                    .compare(VectorOperators.EQ, place + column);
            before.blend(before.mul(kept).add(value), won.cast(FLOATS)).intoMemorySegment(ALL, at, ORDER, mask);
        }
    }

    @Override
    void end(long result, int count) {
        if (rectified == null) {
            return;
        }
        if (count < LANES) {
            rectifyMasked(result, count);
        } else {
            rectify(result);
        }
    }

    private void rectify(long result) {
        FloatVector zero = FloatVector.zero(FLOATS);
        for (int column = 0; column < columns.extent(); column++) {
            long at = result + column * bytes();
            VectorMask<Float> passes = fromMemorySegment(FLOATS, ALL, y + at, ORDER).compare(VectorOperators.GT, zero);
            zero.blend(fromMemorySegment(FLOATS, ALL, dx + at, ORDER), passes).intoMemorySegment(ALL, dx + at, ORDER);
        }
    }

    private void rectifyMasked(long result, int count) {
        VectorMask<Float> mask = FLOATS.indexInRange(0, count);
        FloatVector zero = FloatVector.zero(FLOATS);
        for (int column = 0; column < columns.extent(); column++) {
            long at = result + column * bytes();
            VectorMask<Float> passes = fromMemorySegment(FLOATS, ALL, y + at, ORDER, mask).compare(VectorOperators.GT, zero);
            zero.blend(fromMemorySegment(FLOATS, ALL, dx + at, ORDER, mask), passes).intoMemorySegment(ALL, dx + at, ORDER, mask);
        }
    }
}

package dev.lamina.cpu.vector;

import static dev.lamina.cpu.vector.Raw.ALL;
import static dev.lamina.cpu.vector.Raw.FLOATS;
import static dev.lamina.cpu.vector.Raw.LANES;
import static dev.lamina.cpu.vector.Raw.ORDER;
import static dev.lamina.cpu.vector.Raw.load;
import static dev.lamina.cpu.vector.Raw.store;

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
            store(zero.blend(load(g + window), won(winners + window, place + column)), dx + result + column * bytes());
        }
    }

    private void add(int[] list, int k, long windows, long result, int place) {
        FloatVector zero = FloatVector.zero(FLOATS);
        for (int i = 0; i < list.length; i++) {
            int column = list[i];
            long window = windows + columns.window(column, k) * bytes();
            long at = dx + result + column * bytes();
            store(load(at).add(zero.blend(load(g + window), won(winners + window, place + column))), at);
        }
    }

    private void replace(int[] list, int k, long windows, long result, int place) {
        for (int i = 0; i < list.length; i++) {
            int column = list[i];
            long window = windows + columns.window(column, k) * bytes();
            long at = dx + result + column * bytes();
            store(load(at).blend(load(g + window), won(winners + window, place + column)), at);
        }
    }

    private static VectorMask<Float> won(long winners, int place) {
        return IntVector.fromMemorySegment(INTS, ALL, winners, ORDER).compare(VectorOperators.EQ, place).cast(FLOATS);
    }

    private void beginMasked(int[] list, long windows, long result, int place, int count) {
        VectorMask<Float> mask = ImagesSweep.first(count);
        FloatVector zero = FloatVector.zero(FLOATS);
        for (int i = 0; i < list.length; i++) {
            int column = list[i];
            long window = windows + columns.first[column] * bytes();
            VectorMask<Float> won = won(winners + window, place + column, mask);
            ImagesSweep.store(zero.blend(ImagesSweep.load(g + window, mask), won), dx + result + column * bytes(), mask);
        }
    }

    private void addMasked(int[] list, int k, long windows, long result, int place, int count) {
        VectorMask<Float> mask = ImagesSweep.first(count);
        float kept = choice == Choice.SUM ? 1 : 0;
        for (int i = 0; i < list.length; i++) {
            int column = list[i];
            long window = windows + columns.window(column, k) * bytes();
            long at = dx + result + column * bytes();
            FloatVector before = ImagesSweep.load(at, mask);
            FloatVector value = ImagesSweep.load(g + window, mask);
            ImagesSweep.store(before.blend(before.mul(kept).add(value), won(winners + window, place + column, mask)), at, mask);
        }
    }

    private static VectorMask<Float> won(long winners, int place, VectorMask<Float> mask) {
        return IntVector.fromMemorySegment(INTS, ALL, winners, ORDER, mask.cast(INTS)).compare(VectorOperators.EQ, place).cast(FLOATS);
    }

    @Override
    void end(long result, int count) {
        if (rectified == null) {
            return;
        }
        VectorMask<Float> mask = ImagesSweep.first(count);
        for (int column = 0; column < columns.extent(); column++) {
            long at = result + column * bytes();
            FloatVector zero = FloatVector.zero(FLOATS);
            ImagesSweep.store(ImagesSweep.passed(ImagesSweep.load(dx + at, mask), ImagesSweep.load(y + at, mask), zero), dx + at, mask);
        }
    }
}

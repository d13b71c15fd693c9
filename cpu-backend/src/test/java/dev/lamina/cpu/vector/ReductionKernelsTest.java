package dev.lamina.cpu.vector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.graph.Reduction;
import dev.lamina.graph.Reduction.Fold;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Folds against the reference, along and across memory. */
class ReductionKernelsTest {
    private static final ThreadTeam TWO = new ThreadTeam(2);
    private static final Team[] TEAMS = {Team.single(), TWO};

    @AfterEach
    void free() {
        Memory.free();
    }

    @AfterAll
    static void close() {
        TWO.close();
    }

    /** Folds {@code axes} of a contiguous tensor; the sum of magnitudes bounds the error. */
    private static void check(Fold fold, Tensor x, int... axes) {
        long[] dims = x.shape().toArray();
        boolean[] folded = new boolean[dims.length];
        List<Integer> list = new ArrayList<>();
        long outputs = 1;
        for (int axis : axes) {
            folded[axis] = true;
            list.add(axis);
        }
        for (int k = 0; k < dims.length; k++) {
            outputs *= folded[k] ? 1 : dims[k];
        }
        float[] expected = Reference.one(new Reduction.Reduce(fold, list, false), x).toFloats();
        float[] magnitude = Reference.one(new Reduction.Reduce(fold, list, false), absolute(x)).toFloats();
        float[] first = null;
        for (Team team : TEAMS) {
            Memory in = Memory.of(x);
            Memory out = new Memory(DType.FLOAT32, Shape.of(outputs));
            ReductionKernels.reduce(team, fold, dims, x.shape().strides(), folded, in.pointer(), out.pointer()).run();
            float[] got = out.floats();
            for (int i = 0; i < got.length; i++) {
                double limit = fold == Fold.SUM || fold == Fold.MEAN ? 40 * 0x1p-24 * magnitude[i] : 0;
                Expect.close(expected[i], got[i], 0, limit, fold + " of " + x.shape() + " " + list, i);
            }
            assertTrue(first == null || Arrays.equals(first, got), "thread counts disagree");
            first = got;
        }
    }

    private static Tensor absolute(Tensor x) {
        double[] values = Arrays.stream(x.toDoubles()).map(Math::abs).toArray();
        return Tensor.of(DType.FLOAT32, values, x.shape().toArray());
    }

    @ParameterizedTest
    @EnumSource(Fold.class)
    void wholeTensorsAndRows(Fold fold) {
        for (int n : new int[] {1, 3, 15, 16, 17, 1023, 4096, 4098, 40_001, 300_007}) {
            check(fold, Expect.normal(n, n), 0);
        }
        for (int[] mk : new int[][] {{1, 5}, {3, 17}, {64, 10}, {65, 1000}, {3, 40_000}, {700, 64}}) {
            check(fold, Expect.normal(mk[0] * mk[1], 1, mk[0], mk[1]), 1);
        }
    }

    @ParameterizedTest
    @EnumSource(Fold.class)
    void columns(Fold fold) {
        for (int[] mn : new int[][] {{1, 5}, {4, 3}, {64, 10}, {65, 16}, {127, 17}, {129, 84}, {1000, 1023}, {9, 2100}, {33_000, 6},
            {5, 70_000}}) {
            check(fold, Expect.normal(mn[0] * mn[1], 1, mn[0], mn[1]), 0);
        }
    }

    @ParameterizedTest
    @EnumSource(Fold.class)
    void channelsOfImages(Fold fold) {
        check(fold, Expect.normal(4 * 6 * 28 * 28, 1, 4, 6, 28, 28), 0, 2, 3);
        check(fold, Expect.normal(4 * 3 * 77 * 16, 2, 4, 3, 77, 16), 0, 2);
        check(fold, Expect.normal(3 * 5 * 7 * 9 * 2, 3, 3, 5, 7, 9, 2), 1, 3);
        check(fold, Expect.normal(3 * 5 * 7 * 9 * 2, 3, 3, 5, 7, 9, 2), 0, 2, 4);
        check(fold, Expect.normal(2 * 70 * 33, 4, 2, 70, 33), 1);
        check(fold, Expect.normal(24, 4, 2, 3, 4));
    }

    @Test
    void sumsOfNothing() {
        for (Fold fold : List.of(Fold.SUM, Fold.MEAN)) {
            check(fold, Tensor.of(new float[0], 0, 3), 0);
            check(fold, Tensor.of(new float[0], 3, 0), 1);
            check(fold, Tensor.of(new float[0], 0, 3), 1);
        }
        Exception e = assertThrows(IllegalArgumentException.class,
                () -> ReductionKernels.all(TWO, Fold.MAX, 0, new Pointer(), new Pointer()));
        assertTrue(e.getMessage().contains("folds no element"), e.getMessage());
    }

    @Test
    void specialValues() {
        for (int n : new int[] {20, 1025}) {
            for (float special : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.MIN_VALUE, -0f}) {
                float[] values = Expect.normal(n * 3, 1).toFloats();
                for (int at = 0; at < n; at += 1 + n / 7) {
                    values[3 * at] = special;
                }
                for (Fold fold : Fold.values()) {
                    check(fold, Tensor.of(values, n, 3), 0);
                    check(fold, Tensor.of(values, 3, n), 1);
                }
            }
        }
        for (Fold fold : Fold.values()) {
            check(fold, Tensor.of(new float[] {-0f, 0f, -0f, -0f}, 2, 2), 0);
            check(fold, Tensor.of(new float[] {-0f, 0f, -0f, -0f}, 2, 2), 1);
        }
    }

    @Test
    void argMax() {
        for (long[] dims : new long[][] {{1, 1, 1}, {64, 10, 1}, {3, 1000, 1}, {5, 7, 3}, {700, 64, 1}, {0, 3, 1}}) {
            int n = (int) (dims[0] * dims[1] * dims[2]);
            float[] ties = Expect.normal(n, 1).toFloats();
            for (int i = 0; i < n; i++) {
                ties[i] = Math.round(2 * ties[i]);
            }
            for (Tensor x : List.of(Tensor.of(ties, dims), Expect.anything(n, 2, dims))) {
                Tensor expected = Reference.one(new Reduction.ArgMax(1, false), x);
                for (Team team : TEAMS) {
                    Memory out = new Memory(DType.INT64, Shape.of(dims[0] * dims[2]));
                    ReductionKernels.argMax(team, dims[0], dims[1], dims[2], Memory.of(x).pointer(), out.pointer()).run();
                    assertArrayEquals(expected.toLongs(), out.tensor().toLongs());
                }
            }
        }
    }
}

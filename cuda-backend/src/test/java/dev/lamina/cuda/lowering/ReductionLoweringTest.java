package dev.lamina.cuda.lowering;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lamina.graph.Reduction;
import dev.lamina.graph.Reduction.Fold;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Folds over every set of axes, of every type, in every layout, against the reference. */
class ReductionLoweringTest {
    private static final DType[] TYPES = {DType.FLOAT32, DType.FLOAT64, DType.BFLOAT16, DType.FLOAT16, DType.INT32, DType.INT64,
        DType.UINT8};
    private static final long[][] SHAPES = {{1}, {257}, {3, 33}, {70, 5}, {2, 3, 5}, {2, 16, 1}, {2, 3, 4, 17}, {3, 33, 7, 5},
        {2, 9, 1, 1}};

    private static Bench bench;

    @BeforeAll
    static void open() {
        bench = new Bench();
    }

    @AfterAll
    static void close() {
        if (bench != null) {
            bench.close();
        }
    }

    private static List<Bench.Lie> lies(DType dtype, int rank) {
        return Bench.Lie.ALL.stream().filter(lie -> (!lie.narrow() || dtype == DType.FLOAT32)
                && (rank == 4 || lie.order() == Order.PLAIN)).toList();
    }

    private static void check(Fold fold, Tensor tensor, boolean keep, int... axes) {
        Bench.Draft draft = new Bench.Draft();
        draft.output(Reduction.reduce(fold, draft.input(tensor), keep, axes));
        boolean exact = fold == Fold.MAX || fold == Fold.MIN || !tensor.dtype().isFloating();
        for (Bench.Lie lie : lies(tensor.dtype(), tensor.shape().rank())) {
            Check.agrees(bench, draft, lie, exact ? 0 : Math.max(1, tensor.elements()));
        }
    }

    @TestFactory
    Stream<DynamicTest> foldsOverEverySetOfAxes() {
        return Stream.of(TYPES).flatMap(dtype -> Stream.of(SHAPES).map(dims ->
                DynamicTest.dynamicTest(dtype + " " + Arrays.toString(dims), () -> {
                    for (int subset = 1; subset < 1 << dims.length; subset++) {
                        int chosen = subset;
                        int[] axes = IntStream.range(0, dims.length).filter(a -> (chosen >> a & 1) == 1).toArray();
                        for (Fold fold : Fold.values()) {
                            if (fold != Fold.MEAN || dtype.isFloating()) {
                                Tensor tensor = dtype.isFloating() ? Check.eighths(dtype, dims) : Check.wholes(dtype, 0, 100, dims);
                                check(fold, tensor, (subset + fold.ordinal()) % 2 == 0, axes);
                            }
                        }
                    }
                })));
    }

    @TestFactory
    Stream<DynamicTest> longFoldsAreTakenInPieces() {
        return Stream.of(DType.FLOAT32, DType.FLOAT64, DType.INT32).flatMap(dtype -> Stream.of(
                DynamicTest.dynamicTest(dtype + " all", () -> check(Fold.SUM, large(dtype, 20_011), false)),
                DynamicTest.dynamicTest(dtype + " rows", () -> check(Fold.MAX, large(dtype, 3, 10_007), false, 1)),
                DynamicTest.dynamicTest(dtype + " columns", () -> check(Fold.SUM, large(dtype, 5_003, 9), false, 0)),
                DynamicTest.dynamicTest(dtype + " thin columns", () -> check(Fold.MIN, large(dtype, 9_001, 3), false, 0)),
                DynamicTest.dynamicTest(dtype + " channels", () -> check(Fold.SUM, large(dtype, 5, 11, 33, 31), false, 0, 2, 3))));
    }

    private static Tensor large(DType dtype, long... dims) {
        return dtype.isFloating() ? Check.eighths(dtype, dims) : Check.wholes(dtype, -50, 50, dims);
    }

    @TestFactory
    Stream<DynamicTest> alternatingAxesOfHighRank() {
        return Stream.of(TYPES).map(dtype -> DynamicTest.dynamicTest(dtype.toString(), () -> {
            long[] dims = {2, 3, 2, 2, 3, 2, 2, 3};
            Tensor tensor = dtype.isFloating() ? Check.wholes(dtype, -2, 3, dims) : Check.wholes(dtype, 0, 5, dims);
            for (Fold fold : new Fold[] {Fold.SUM, Fold.MAX, Fold.MIN}) {
                check(fold, tensor, false, 0, 2, 4, 6);
                check(fold, tensor, true, 1, 3, 5, 7);
            }
        }));
    }

    @Test
    void nanWinsAndInfinitiesCount() {
        for (DType dtype : new DType[] {DType.FLOAT32, DType.FLOAT64, DType.BFLOAT16, DType.FLOAT16}) {
            for (Fold fold : new Fold[] {Fold.MAX, Fold.MIN, Fold.SUM}) {
                check(fold, Check.special(dtype, 40, 9), false, 1);
                check(fold, Check.special(dtype, 9, 40), false, 1);
                check(fold, Check.special(dtype, 40, 9), false, 0);
                check(fold, Check.special(dtype, 2, 9, 4, 5), false, 0, 2, 3);
            }
        }
    }

    @Test
    void sumOfNothingIsZeroAndItsMeanNan() {
        Tensor nothing = Tensor.zeros(DType.FLOAT32, Shape.of(3, 0, 2));
        check(Fold.SUM, nothing, false, 1);
        check(Fold.MEAN, nothing, true, 1);
        check(Fold.SUM, nothing, false, 0, 1, 2);
        check(Fold.SUM, nothing, false, 0);
        check(Fold.SUM, Tensor.zeros(DType.INT64, Shape.of(0)), false, 0);
        check(Fold.MEAN, Tensor.zeros(DType.FLOAT64, Shape.of(2, 0)), false);
    }

    @Test
    void integersWrapLikeTheReferences() {
        check(Fold.SUM, Check.wholes(DType.UINT8, 0, 256, 3, 300), false, 1);
        check(Fold.SUM, Tensor.of(new int[] {Integer.MAX_VALUE, 5, Integer.MIN_VALUE, -9, Integer.MAX_VALUE, 7}, 2, 3), false, 1);
        check(Fold.MIN, Tensor.of(new long[] {Long.MIN_VALUE, 3, Long.MAX_VALUE, Long.MAX_VALUE}, 2, 2), false, 1);
    }

    @TestFactory
    Stream<DynamicTest> argMaxTakesTheFirstOfTiesAndNan() {
        return Stream.concat(Stream.of(TYPES), Stream.of(DType.BOOL)).flatMap(dtype -> Stream.of(SHAPES).map(dims ->
                DynamicTest.dynamicTest(dtype + " " + Arrays.toString(dims), () -> {
                    for (int axis = 0; axis < dims.length; axis++) {
                        Bench.Draft draft = new Bench.Draft();
                        Value x = draft.input(dtype.isFloating() ? Check.special(dtype, dims)
                                : Check.wholes(dtype, 0, dtype == DType.BOOL ? 2 : 3, dims));
                        draft.output(Reduction.argMax(x, axis));
                        draft.graph.output("ties", Reduction.argMax(draft.input(Check.wholes(dtype, 0, 2, dims)), axis));
                        for (Bench.Lie lie : lies(dtype, dims.length)) {
                            Check.exact(bench, draft, lie);
                        }
                    }
                })));
    }

    @Test
    void argMaxOfInfinitiesOnlyIsTheFirst() {
        Bench.Draft draft = new Bench.Draft();
        draft.output(Reduction.argMax(draft.input(Tensor.full(DType.FLOAT32, Shape.of(2, 40), Double.NEGATIVE_INFINITY)), 1));
        assertEquals(0, Check.exact(bench, draft, Bench.Lie.PLAIN).y().toLongs()[1]);
    }
}

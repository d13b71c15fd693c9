package dev.lamina.cuda.lowering;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.graph.Node;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Pooling;
import dev.lamina.graph.Rounding;
import dev.lamina.graph.Value;
import dev.lamina.graph.Window;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Pooling against the reference in every layout, with ties, NaN and infinities. */
class MaxPoolLoweringTest {
    private static final DType[] TYPES = {DType.FLOAT32, DType.FLOAT64, DType.BFLOAT16, DType.FLOAT16};
    private static final long[][] SHAPES = {{2, 3, 7, 6}, {1, 17, 9, 7}, {1, 1, 5, 5}, {3, 33, 5, 4}, {0, 2, 6, 7}};
    private static final List<Window> WINDOWS = List.of(Window.of(1), Window.of(2).stride(2), Window.of(3).stride(2),
            Window.of(3).padding(1), Window.of(2, 3).stride(2, 1), Window.of(2).stride(3), Window.of(3).stride(2).padding(1, 0, 0, 1),
            Window.of(3).stride(2).padding(1).rounding(Rounding.CEIL), Window.of(2).stride(2).padding(1).rounding(Rounding.CEIL),
            Window.of(2).dilation(2), Window.of(3).dilation(2).stride(2).padding(1));

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

    /** All windows in float32; in other types, whose code is the same, every third. */
    private static Stream<DynamicTest> cases(BiConsumer<DType, Case> check) {
        return Stream.of(TYPES).flatMap(dtype -> Stream.of(SHAPES).flatMap(dims -> IntStream.range(0, WINDOWS.size())
                .filter(i -> dtype == DType.FLOAT32 || i % 3 == dtype.ordinal() % 3).mapToObj(WINDOWS::get).map(window ->
                        DynamicTest.dynamicTest(dtype + " " + Arrays.toString(dims) + " " + window,
                                () -> check.accept(dtype, new Case(window, dims))))));
    }

    private record Case(Window window, long[] dims) {
    }

    private static List<Bench.Lie> lies(DType dtype) {
        return Bench.Lie.ALL.stream().filter(lie -> !lie.narrow() || dtype == DType.FLOAT32).toList();
    }

    @TestFactory
    Stream<DynamicTest> valuesAndWinnersAreTheReferences() {
        return cases((dtype, c) -> {
            for (Tensor tensor : List.of(Check.wholes(dtype, 0, 3, c.dims), Check.special(dtype, c.dims))) {
                Bench.Draft draft = new Bench.Draft();
                Node node = Pooling.maxPoolWithIndices(draft.input(tensor), c.window);
                draft.output(node.output(0));
                draft.graph.output("winners", node.output(1));
                Bench.Draft alone = new Bench.Draft();
                alone.output(Pooling.maxPool(alone.input(tensor), c.window));
                for (Bench.Lie lie : lies(dtype)) {
                    assertEquals(lie.order(), Check.exact(bench, draft, lie).layouts().get("y").order());
                    Check.exact(bench, alone, lie);
                }
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> gradientUnpoolingAndGatherFollowTheWinners() {
        return cases((dtype, c) -> {
            for (boolean known : new boolean[] {true, false}) {
                Bench.Draft draft = new Bench.Draft();
                Node pool = Pooling.maxPoolWithIndices(draft.input(Check.wholes(dtype, 0, 3, c.dims)), c.window);
                Value g = draft.input(Check.wholes(dtype, -8, 9, pool.output(0).shape().toArray()));
                // In a larger map the windows that chose are not known.
                long height = c.dims[2] + (known ? 0 : 2);
                draft.output(draft.graph.add(new Pooling.MaxPoolGradient(height, c.dims[3]), g, pool.output(1)));
                draft.graph.output("unpooled", Pooling.maxUnpool(g, pool.output(1), height, c.dims[3]));
                Value x = draft.input(Check.wholes(dtype, 0, 100, c.dims[0], c.dims[1], height, c.dims[3]));
                draft.graph.output("gathered", Pooling.poolGather(x, pool.output(1)));
                for (Bench.Lie lie : lies(dtype)) {
                    Check.exact(bench, draft, lie);
                }
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> gradientTakesTheRectifierAlong() {
        return cases((dtype, c) -> {
            Bench.Draft draft = new Bench.Draft();
            Value rectified = draft.input(Check.wholes(dtype, -2, 3, c.dims));
            Node pool = Pooling.maxPoolWithIndices(rectified, c.window);
            Value g = draft.input(Check.wholes(dtype, -8, 9, pool.output(0).shape().toArray()));
            Value back = draft.graph.add(new Pooling.MaxPoolGradient(c.dims[2], c.dims[3]), g, pool.output(1));
            draft.output(Pointwise.reluGradient(back, rectified, Pointwise.ReluRule.GRADIENT));
            for (Bench.Lie lie : lies(dtype)) {
                Check.exact(bench, draft, lie);
            }
        });
    }

    @Test
    void gathersElementsOfOtherTypes() {
        for (DType dtype : new DType[] {DType.UINT8, DType.INT32, DType.INT64, DType.BOOL}) {
            Bench.Draft draft = new Bench.Draft();
            Value winners = Pooling.maxPoolWithIndices(draft.input(Check.wholes(DType.FLOAT32, 0, 9, 2, 3, 6, 6)), Window.of(2)).output(1);
            draft.output(Pooling.poolGather(draft.input(Check.wholes(dtype, 0, dtype == DType.BOOL ? 2 : 100, 2, 3, 6, 6)), winners));
            Check.exact(bench, draft, Bench.Lie.PLAIN);
            Check.exact(bench, draft, Bench.Lie.LAST);
        }
    }

    @Test
    void winnersOutsideOfTheMapAreReported() {
        Bench.Draft draft = new Bench.Draft();
        Value g = draft.input(Check.wholes(DType.FLOAT32, 0, 9, 1, 1, 2, 2));
        Value winners = draft.input(Tensor.of(new int[] {0, -1, 12, -7}, 1, 1, 2, 2));
        draft.output(draft.graph.add(new Pooling.MaxPoolGradient(3, 4), g, winners));
        assertEquals("maxPoolGradient \"maxPoolGradient\": winner 12 is outside a map of 12 elements.",
                bench.run(draft, Bench.Lie.PLAIN).fault().orElseThrow());
        Bench.Draft gather = new Bench.Draft();
        gather.output(Pooling.poolGather(gather.input(Check.wholes(DType.FLOAT32, 0, 9, 1, 1, 3, 4)),
                gather.input(Tensor.of(new int[] {0, -1, 12, -7}, 1, 1, 2, 2))));
        assertTrue(bench.run(gather, Bench.Lie.PLAIN).fault().orElseThrow().contains("winner 12"));
    }

    @TestFactory
    Stream<DynamicTest> averagesAndTheirGradients() {
        return cases((dtype, c) -> {
            for (boolean countPadding : new boolean[] {true, false}) {
                Bench.Draft draft = new Bench.Draft();
                Value x = draft.input(Check.eighths(dtype, c.dims));
                Value y = draft.graph.add(new Pooling.AvgPool(c.window, countPadding), x);
                draft.output(y);
                Value g = draft.input(Check.eighths(dtype, y.shape().toArray()));
                draft.graph.output("gradient", draft.graph.add(new Pooling.AvgPoolGradient(c.window, countPadding, x.shape()), g));
                for (Bench.Lie lie : lies(dtype)) {
                    Check.agrees(bench, draft, lie, 9);
                }
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> adaptiveAveragesAndTheirGradients() {
        long[][] bins = {{1, 1}, {2, 3}, {5, 4}, {7, 9}, {1, 5}};
        long[][] shapes = {{2, 3, 7, 6}, {1, 1, 1, 1}, {1, 17, 5, 11}, {0, 2, 3, 3}, {2, 40, 7, 7}};
        return Stream.of(TYPES).flatMap(dtype -> Stream.of(bins).flatMap(out -> Stream.of(shapes).map(dims ->
                DynamicTest.dynamicTest(dtype + " " + Arrays.toString(out) + " of " + Arrays.toString(dims), () -> {
                    Bench.Draft draft = new Bench.Draft();
                    draft.output(Pooling.adaptiveAvgPool(draft.input(Check.eighths(dtype, dims)), out[0], out[1]));
                    Value g = draft.input(Check.eighths(dtype, dims[0], dims[1], out[0], out[1]));
                    draft.graph.output("gradient", draft.graph.add(new Pooling.AdaptiveAvgPoolGradient(Shape.of(dims)), g));
                    for (Bench.Lie lie : lies(dtype)) {
                        Layout layout = Check.agrees(bench, draft, lie, 63).layouts().get("y");
                        assertEquals(lie.of(draft.graph.build().output("y").type()), layout);
                    }
                }))));
    }
}

package dev.lamina.cuda.lowering;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.graph.Shaping;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Moves of elements against the reference, bit for bit: every element size, both orders of images, also held as bfloat16. */
class ShapingLoweringTest {
    private static final DType[] SIZES = {DType.FLOAT32, DType.FLOAT64, DType.BFLOAT16, DType.FLOAT16, DType.INT32, DType.INT64,
        DType.UINT8, DType.BOOL};
    private static final long[][] IMAGES = {{2, 3, 5, 7}, {1, 16, 9, 4}, {3, 33, 1, 6}, {2, 8, 12, 10}};

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

    private static void check(DType dtype, UnaryOperator<Value> op, long... dims) {
        Bench.Draft draft = new Bench.Draft();
        draft.output(op.apply(draft.input(Check.wholes(dtype, 0, dtype == DType.BOOL ? 2 : 120, dims))));
        for (Bench.Lie lie : Bench.Lie.ALL) {
            if ((!lie.narrow() || dtype == DType.FLOAT32) && (lie.order() == Order.PLAIN || dims.length == 4)) {
                Check.exact(bench, draft, lie);
            }
        }
    }

    private static Stream<DynamicTest> overTypes(String name, UnaryOperator<Value> op, long... dims) {
        return Stream.of(SIZES).map(dtype -> DynamicTest.dynamicTest(name + " " + Arrays.toString(dims) + " " + dtype,
                () -> check(dtype, op, dims)));
    }

    @TestFactory
    Stream<DynamicTest> transposes() {
        long[] many = {3, 2, 5, 2, 4, 2, 3, 2};
        return Stream.of(
                Stream.of(new int[] {1, 0}, new int[] {0, 1}).flatMap(order -> Stream.of(new long[] {1, 1}, new long[] {33, 257},
                        new long[] {40, 31}, new long[] {64, 9}, new long[] {3, 100}).flatMap(dims ->
                                overTypes("transpose " + Arrays.toString(order), x -> Shaping.transpose(x, order), dims))),
                Stream.of(new int[] {0, 2, 3, 1}, new int[] {0, 3, 1, 2}, new int[] {1, 0, 2, 3}, new int[] {3, 2, 1, 0},
                        new int[] {0, 1, 3, 2})
                        .flatMap(order -> Stream.of(IMAGES).flatMap(dims ->
                                overTypes("transpose " + Arrays.toString(order), x -> Shaping.transpose(x, order), dims))),
                overTypes("transpose of rank 8", x -> Shaping.transpose(x, 7, 5, 3, 1, 6, 4, 2, 0), many),
                overTypes("transpose of nothing", x -> Shaping.transpose(x, 1, 0), 0, 3)).flatMap(s -> s);
    }

    @TestFactory
    Stream<DynamicTest> slicesAndReversals() {
        return Stream.of(IMAGES).flatMap(dims -> Stream.of(
                overTypes("inner slice", x -> Shaping.slice(x, ones(0, dims.length), lowered(dims, 0), ones(1, dims.length)), dims),
                overTypes("strided slice", x -> Shaping.slice(x, halves(dims), lowered(dims, 0), List.of(1L, 3L, 2L, 2L)), dims),
                overTypes("channels", x -> Shaping.slice(x, 1, dims[1] / 2, dims[1]), dims),
                overTypes("empty slice", x -> Shaping.slice(x, 2, 1, 1), dims),
                overTypes("reverse of columns", x -> Shaping.reverse(x, 3), dims),
                overTypes("reverse of channels", x -> Shaping.reverse(x, 1), dims),
                overTypes("reverse of all", x -> Shaping.reverse(x, 0, 1, 2, 3), dims)).flatMap(s -> s));
    }

    private static List<Long> ones(long value, int rank) {
        return Collections.nCopies(rank, value);
    }

    private static List<Long> halves(long... dims) {
        return Arrays.stream(dims).map(d -> d / 3).boxed().toList();
    }

    private static List<Long> lowered(long[] dims, long by) {
        return Arrays.stream(dims).map(d -> d - by).boxed().toList();
    }

    @TestFactory
    Stream<DynamicTest> pads() {
        List<Long> none = ones(0, 4);
        return Stream.of(IMAGES).flatMap(dims -> Stream.of(
                overTypes("border", x -> Shaping.pad(x, List.of(0L, 0L, 1L, 2L), List.of(0L, 0L, 3L, 0L), 1), dims),
                overTypes("channels", x -> Shaping.pad(x, List.of(0L, 1L, 0L, 0L), List.of(1L, 3L, 0L, 0L), 0), dims),
                overTypes("between", x -> x.graph().add(new Shaping.Pad(none, none, List.of(1L, 0L, 2L, 1L), 1), x), dims),
                overTypes("both", x -> x.graph().add(new Shaping.Pad(List.of(1L, 2L, 0L, 4L), List.of(0L, 0L, 1L, 2L),
                        List.of(0L, 1L, 0L, 2L), 1), x), dims)).flatMap(s -> s));
    }

    @TestFactory
    Stream<DynamicTest> padsOfRareShapes() {
        List<Long> seven = List.of(1L, 0L, 1L, 0L, 2L, 0L, 1L);
        return Stream.of(
                overTypes("nothing", x -> Shaping.pad(x, List.of(2L, 1L), List.of(1L, 1L), 1), 0, 3),
                overTypes("scalar", x -> Shaping.pad(x, List.of(), List.of(), 1)),
                overTypes("rank 7", x -> x.graph().add(new Shaping.Pad(seven, ones(1, 7), List.of(0L, 1L, 0L, 0L, 1L, 0L, 0L), 1), x),
                        2, 3, 1, 2, 3, 2, 2),
                overTypes("row", x -> Shaping.pad(x, List.of(3L), List.of(5L), 1), 1000)).flatMap(s -> s);
    }

    @TestFactory
    Stream<DynamicTest> broadcasts() {
        return Stream.of(
                overTypes("scalar", x -> Shaping.broadcastTo(x, Shape.of(3, 33))),
                overTypes("row", x -> Shaping.broadcastTo(x, Shape.of(5, 1, 33)), 33),
                overTypes("column", x -> Shaping.broadcastTo(x, Shape.of(17, 6)), 17, 1),
                overTypes("channels", x -> Shaping.broadcastTo(x, Shape.of(2, 9, 4, 3)), 1, 9, 1, 1),
                overTypes("maps", x -> Shaping.broadcastTo(x, Shape.of(2, 8, 4, 3)), 2, 8, 1, 1),
                overTypes("images", x -> Shaping.broadcastTo(x, Shape.of(4, 3, 5, 2)), 1, 3, 5, 2),
                overTypes("three to five", x -> Shaping.broadcastTo(x, Shape.of(2, 3, 4, 3, 2)), 4, 1, 2),
                overTypes("to nothing", x -> Shaping.broadcastTo(x, Shape.of(0, 4)), 1, 4)).flatMap(s -> s);
    }

    @TestFactory
    Stream<DynamicTest> concats() {
        List<DynamicTest> tests = new ArrayList<>();
        for (DType dtype : SIZES) {
            for (int axis = 0; axis < 4; axis++) {
                int along = axis;
                tests.add(DynamicTest.dynamicTest(dtype + " axis " + axis, () -> {
                    Bench.Draft draft = new Bench.Draft();
                    Value[] parts = new Value[4];
                    for (int i = 0; i < parts.length; i++) {
                        long[] dims = {2, 6, 5, 4};
                        dims[along] = i == 1 ? 0 : i + 1;
                        parts[i] = draft.input(Check.wholes(dtype, 0, dtype == DType.BOOL ? 2 : 100, dims));
                    }
                    draft.output(Shaping.concat(along, parts));
                    for (Bench.Lie lie : Bench.Lie.ALL) {
                        if (!lie.narrow() || dtype == DType.FLOAT32) {
                            Check.exact(bench, draft, lie);
                        }
                    }
                }));
            }
        }
        return tests.stream();
    }

    /** Data kept as NHWC becomes an image without moving, which is then kept channels last. */
    @Test
    void transposeOfChannelsLastDataMovesNothing() {
        Bench.Draft draft = new Bench.Draft();
        draft.output(Shaping.transpose(draft.input(Check.wholes(DType.FLOAT32, 0, 100, 2, 5, 7, 3)), 0, 3, 1, 2));
        Bench.Outcome outcome = Check.exact(bench, draft, Bench.Lie.PLAIN);
        assertEquals(Order.CHANNELS_LAST, outcome.layouts().get("y").order());
        assertEquals("copy", outcome.steps().getFirst().implementation());
    }

    @Test
    void slicesOfChannelsLastImagesStayChannelsLast() {
        Bench.Draft draft = new Bench.Draft();
        draft.output(Shaping.slice(draft.input(Check.wholes(DType.FLOAT32, 0, 100, 2, 8, 7, 3)), 1, 2, 6));
        Bench.Outcome outcome = Check.exact(bench, draft, Bench.Lie.NARROW_LAST);
        assertEquals(Order.CHANNELS_LAST, outcome.layouts().get("y").order());
        assertTrue(outcome.layouts().get("y").isNarrow());
    }

    @TestFactory
    Stream<DynamicTest> gathers() {
        long[][] shapes = {{7}, {5, 33}, {3, 4, 6}, {2, 5, 3, 4}};
        return Stream.of(SIZES).flatMap(dtype -> Stream.of(shapes).flatMap(dims -> IntStream.range(0, dims.length).mapToObj(axis ->
                DynamicTest.dynamicTest(dtype + " " + Arrays.toString(dims) + " axis " + axis, () -> {
                    long last = dims[axis] - 1;
                    Tensor wide = Tensor.of(new long[] {last, 0, -1, 1, 0, -last - 1}, 2, 3);
                    check(dtype, x -> Shaping.gather(x, constant(x, wide), axis), dims);
                    check(dtype, x -> Shaping.gather(x, constant(x, Tensor.of(new int[] {0, (int) last, -1, 1}, 4)), axis), dims);
                }))));
    }

    private static Value constant(Value x, Tensor indices) {
        return dev.lamina.graph.Source.constant(x.graph(), indices);
    }

    @TestFactory
    Stream<DynamicTest> gatherGradientsSumInOrder() {
        List<DType> types = List.of(DType.FLOAT32, DType.FLOAT64, DType.BFLOAT16, DType.FLOAT16);
        return types.stream().flatMap(dtype -> Stream.of(1, 7, 300, 700).map(count ->
                DynamicTest.dynamicTest(dtype + " " + count, () -> {
                    long[] indices = IntStream.range(0, count).mapToLong(i -> (i * 7919L % 11) * (i % 2 == 0 ? 1 : -1)).toArray();
                    Bench.Draft draft = new Bench.Draft();
                    Value g = draft.input(Check.eighths(dtype, 3, count, 5));
                    draft.output(draft.graph.add(new Shaping.GatherGradient(1, Shape.of(3, 13, 5)), g,
                            draft.input(Tensor.of(indices, count))));
                    Check.agrees(bench, draft, Bench.Lie.PLAIN, count);
                })));
    }

    @Test
    void gatherGradientOfNothingIsZero() {
        Bench.Draft draft = new Bench.Draft();
        draft.output(draft.graph.add(new Shaping.GatherGradient(0, Shape.of(4, 2)), draft.input(Check.eighths(DType.FLOAT32, 0, 2)),
                draft.input(Tensor.of(new long[0], 0))));
        Check.exact(bench, draft, Bench.Lie.PLAIN);
    }

    @Test
    void indicesOutOfRangeAreReportedWithTheFirstPosition() {
        for (Tensor indices : List.of(Tensor.of(new long[] {0, 3, 4, -5, 9}, 5), Tensor.of(new int[] {0, 3, 4, -5, 9}, 5))) {
            Bench.Draft draft = new Bench.Draft();
            Value i = draft.input(indices);
            draft.output(Shaping.gather(draft.input(Check.eighths(DType.FLOAT32, 4, 300)), i, 0));
            String fault = bench.run(draft, Bench.Lie.PLAIN).fault().orElseThrow();
            assertEquals("gather \"gather\": index 4 at position 2 is outside an axis of extent 4.", fault);
            Bench.Draft back = new Bench.Draft();
            back.output(back.graph.add(new Shaping.GatherGradient(0, Shape.of(4, 3)), back.input(Check.eighths(DType.FLOAT32, 5, 3)),
                    back.input(indices)));
            assertTrue(bench.run(back, Bench.Lie.PLAIN).fault().orElseThrow().contains("index 4 at position 2"));
        }
    }
}

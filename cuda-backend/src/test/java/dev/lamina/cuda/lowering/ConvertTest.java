package dev.lamina.cuda.lowering;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lamina.tensor.DType;
import dev.lamina.tensor.Tensor;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Changes of layout: every element type, extents on and off the tiles' boundaries, there and back. */
class ConvertTest {
    private static final long[][] SHAPES = {{1, 1, 1, 1}, {2, 3, 5, 7}, {1, 32, 8, 8}, {3, 33, 1, 31}, {2, 257, 3, 11}, {1, 8, 17, 1},
        {5, 1, 4, 4}, {2, 64, 1, 1}, {0, 3, 4, 4}, {1, 3, 40, 40}};

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

    @TestFactory
    Stream<DynamicTest> keepsElementsThereAndBack() {
        return Stream.of(DType.values()).flatMap(dtype -> Stream.of(SHAPES).map(dims ->
                DynamicTest.dynamicTest(dtype + " " + java.util.Arrays.toString(dims), () -> {
                    Bench.Draft draft = new Bench.Draft();
                    draft.output(draft.input(Check.wholes(dtype, 0, dtype == DType.BOOL ? 2 : 120, dims)));
                    for (Bench.Lie lie : Bench.Lie.ALL) {
                        if (lie.narrow() && dtype != DType.FLOAT32) {
                            continue;
                        }
                        Bench.Outcome outcome = Check.exact(bench, draft, lie);
                        assertEquals(lie.of(draft.graph.build().output("y").type()), outcome.layouts().get("y"));
                    }
                })));
    }

    @Test
    void roundsToNearestEvenAndKeepsNanAndInfinities() {
        double[] values = DoubleStream.of(1, 1 + 1 / 256.0, 1 + 3 / 256.0, -1 - 1 / 256.0, 1 + 1 / 256.0 + 1e-6, 3.4028e38, 3.3961e38,
                1e-40, -0.0, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 0.1, -123.456).map(v -> (float) v).toArray();
        Bench.Draft draft = new Bench.Draft();
        draft.output(draft.input(Tensor.of(DType.FLOAT32, values, 1, 2, 7, 1)));
        for (Bench.Lie lie : new Bench.Lie[] {Bench.Lie.NARROW, Bench.Lie.NARROW_LAST}) {
            double[] actual = bench.run(draft, lie).y().toDoubles();
            for (int i = 0; i < values.length; i++) {
                assertEquals(DType.BFLOAT16.round(values[i]), actual[i], "of " + values[i]);
            }
        }
    }
}

package dev.lamina.cuda.lowering;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lamina.graph.Loss;
import dev.lamina.graph.Loss.LossReduction;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Cross-entropy and its gradient against the reference, with every option, and what happens to labels that are no class. */
class LossLoweringTest {
    private static final DType[] TYPES = {DType.FLOAT32, DType.FLOAT64, DType.BFLOAT16, DType.FLOAT16};
    private static final int[][] SIZES = {{1, 1}, {5, 3}, {9, 33}, {64, 10}, {300, 7}, {3, 1300}};

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

    private static Tensor labels(boolean wide, int samples, int classes, boolean ignore) {
        int[] labels = IntStream.range(0, samples).map(n -> ignore && n % 3 == 1 ? Loss.IGNORE_INDEX : n * 7 % classes).toArray();
        return wide ? Tensor.of(IntStream.of(labels).asLongStream().toArray(), samples) : Tensor.of(labels, samples);
    }

    /** Logits, labels and perhaps weights; the loss is "y", the gradient "g". */
    private static Bench.Draft draft(DType dtype, int[] size, Loss.Options options, boolean weighted, boolean ignore) {
        Bench.Draft draft = new Bench.Draft();
        Value z = draft.input(Check.wholes(dtype, -8, 9, size[0], size[1]));
        Value labels = draft.input(labels(size[0] % 2 == 0, size[0], size[1], ignore));
        boolean each = options.reduction() == LossReduction.NONE;
        Value upstream = draft.input(each ? Check.eighths(dtype, size[0]) : Tensor.scalar(dtype, 0.75));
        if (weighted) {
            Value weights = draft.input(Check.wholes(dtype, 1, 5, size[1]));
            draft.output(Loss.crossEntropy(z, labels, weights, options));
            draft.graph.output("g", draft.graph.add(new Loss.CrossEntropyGradient(options), upstream, z, labels, weights));
        } else {
            draft.output(Loss.crossEntropy(z, labels, options));
            draft.graph.output("g", draft.graph.add(new Loss.CrossEntropyGradient(options), upstream, z, labels));
        }
        return draft;
    }

    @TestFactory
    Stream<DynamicTest> everyOption() {
        List<DynamicTest> tests = new ArrayList<>();
        for (DType dtype : TYPES) {
            for (int[] size : SIZES) {
                for (LossReduction reduction : LossReduction.values()) {
                    for (double smoothing : new double[] {0, 0.1}) {
                        Loss.Options options = Loss.Options.defaults().smoothing(smoothing).reduction(reduction);
                        String name = dtype + " " + size[0] + " x " + size[1] + " " + reduction + " " + smoothing;
                        tests.add(DynamicTest.dynamicTest(name, () -> {
                            for (int mask = 0; mask < 4; mask++) {
                                Bench.Draft draft = draft(dtype, size, options, (mask & 1) == 1, (mask & 2) == 2);
                                Check.agrees(bench, draft, Bench.Lie.PLAIN, size[0] + size[1]);
                            }
                        }));
                    }
                }
            }
        }
        return tests.stream();
    }

    @Test
    void hugeLogitsAreLegal() {
        Bench.Draft draft = new Bench.Draft();
        Value z = draft.input(Tensor.of(DType.FLOAT32, new double[] {1e30, -1e30, 0, 88, 89, 90}, 2, 3));
        draft.output(Loss.crossEntropy(z, draft.input(Tensor.of(new int[] {0, 2}, 2)), Loss.Options.defaults()));
        Check.agrees(bench, draft, Bench.Lie.PLAIN, 3);
    }

    @Test
    void allIgnoredGivesNanAsMean() {
        Bench.Draft draft = new Bench.Draft();
        Value z = draft.input(Check.eighths(DType.FLOAT32, 2, 3));
        draft.output(Loss.crossEntropy(z, draft.input(Tensor.of(new int[] {-100, -100}, 2)), Loss.Options.defaults()));
        Check.exact(bench, draft, Bench.Lie.PLAIN);
    }

    @Test
    void labelsOutOfRangeAreReportedAndCountForNothing() {
        for (boolean wide : new boolean[] {false, true}) {
            Bench.Draft draft = new Bench.Draft();
            Value z = draft.input(Check.eighths(DType.FLOAT32, 4, 3));
            Tensor labels = wide ? Tensor.of(new long[] {0, 3, -1, 2}, 4) : Tensor.of(new int[] {0, 3, -1, 2}, 4);
            Value given = draft.input(labels);
            Value upstream = draft.input(Tensor.scalar(DType.FLOAT32, 1));
            draft.output(draft.graph.add(new Loss.CrossEntropyGradient(Loss.Options.defaults()), upstream, z, given));
            Bench.Outcome outcome = bench.run(draft, Bench.Lie.PLAIN);
            assertEquals("crossEntropyGradient \"crossEntropyGradient\": label 3 at index 1, classes are 0..2. Are labels 1-based?",
                    outcome.fault().orElseThrow());
            double[] g = outcome.y().toDoubles();
            assertArrayEquals(new double[6], java.util.Arrays.copyOfRange(g, 3, 9));
            Bench.Draft forward = new Bench.Draft();
            forward.output(Loss.crossEntropy(forward.input(Check.eighths(DType.FLOAT32, 4, 3)), forward.input(labels),
                    Loss.Options.defaults()));
            assertEquals("crossEntropy \"crossEntropy\": label 3 at index 1, classes are 0..2. Are labels 1-based?",
                    bench.run(forward, Bench.Lie.PLAIN).fault().orElseThrow());
        }
    }

    @Test
    void gradientMayTakeTheMemoryOfTheLogits() {
        Bench.Draft draft = new Bench.Draft();
        Value z = draft.input(Check.eighths(DType.FLOAT32, 9, 33));
        Value copy = dev.lamina.graph.Shaping.transpose(dev.lamina.graph.Shaping.transpose(z, 1, 0), 1, 0);
        draft.output(draft.graph.add(new Loss.CrossEntropyGradient(Loss.Options.defaults()), draft.input(Tensor.full(DType.FLOAT32,
                Shape.scalar(), 1)), copy, draft.input(labels(false, 9, 33, false))));
        Check.agrees(bench, draft, Bench.Lie.PLAIN, 33);
    }
}

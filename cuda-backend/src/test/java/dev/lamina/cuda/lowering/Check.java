package dev.lamina.cuda.lowering;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.Comparison;
import dev.lamina.backend.Tolerance;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Philox;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import java.util.stream.IntStream;

/** Operands and comparisons of the lowerings' tests. */
final class Check {
    private Check() { }

    /** Whole numbers in [low, high), many of them equal; exact in every type. */
    static Tensor wholes(DType dtype, int low, int high, long... dims) {
        return drawn(dtype, dims, (random, _) -> low + (int) (random.nextUniform() * (high - low)));
    }

    /** Numbers in (-1, 1) that bfloat16 holds exactly. */
    static Tensor eighths(DType dtype, long... dims) {
        return drawn(dtype, dims, (random, _) -> ((int) (random.nextUniform() * 255) - 127) / 128.0);
    }

    /** Whole numbers with a NaN in every seventh place, and infinities. */
    static Tensor special(DType dtype, long... dims) {
        double[] values = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY};
        return drawn(dtype, dims, (random, i) -> i % 7 == 3 ? values[i / 7 % 3] : (int) (random.nextUniform() * 5) - 2);
    }

    private interface Draw {
        double next(Philox.Stream random, int position);
    }

    private static Tensor drawn(DType dtype, long[] dims, Draw draw) {
        int n = Math.toIntExact(Shape.of(dims).elements());
        Philox.Stream random = new Philox.Stream(2012, 0, n);
        double[] values = IntStream.range(0, n).mapToDouble(i -> draw.next(random, i)).toArray();
        return Tensor.of(dtype, values, n).reshape(dims);
    }

    /** Runs a draft in a layout and compares every bit with the reference. */
    static Bench.Outcome exact(Bench bench, Bench.Draft draft, Bench.Lie lie) {
        return agrees(bench, draft, lie, 0);
    }

    /** Runs a draft in a layout and compares it with the reference, given how many terms a result sums; 0 wants equal bits. */
    static Bench.Outcome agrees(Bench bench, Bench.Draft draft, Bench.Lie lie, long reduction) {
        Map<String, Tensor> expected = Bench.reference(draft);
        Bench.Outcome outcome = bench.run(draft, lie);
        outcome.fault().ifPresent(fault -> assertEquals("", fault));
        expected.forEach((name, tensor) -> {
            Tensor actual = outcome.outputs().get(name);
            if (reduction == 0) {
                assertArrayEquals(bytes(tensor), bytes(actual), () -> lie + " " + name + ": "
                        + new Tolerance(tensor.dtype(), 1, 0).compare(tensor, actual));
            } else {
                DType precise = lie.narrow() && tensor.dtype() == DType.FLOAT32 ? DType.BFLOAT16 : tensor.dtype();
                Comparison comparison = Tolerance.of(precise, reduction).atLeast(1).compare(tensor, actual);
                assertTrue(comparison.agrees(), () -> lie + " " + name + " " + tensor.shape() + ": " + comparison);
            }
        });
        return outcome;
    }

    private static byte[] bytes(Tensor tensor) {
        return tensor.contiguous().memory().toArray(ValueLayout.JAVA_BYTE);
    }
}

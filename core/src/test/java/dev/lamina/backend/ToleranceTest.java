package dev.lamina.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.tensor.DType;
import dev.lamina.tensor.Philox;
import dev.lamina.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class ToleranceTest {
    private static final double EPSILON = 0x1p-23;

    @Test
    void limitGrowsWithTheRootOfTheReduction() {
        assertEquals(20 * EPSILON, Tolerance.of(DType.FLOAT32, 1).relative(), 1e-20);
        assertEquals(56 * EPSILON, Tolerance.of(DType.FLOAT32, 100).relative(), 1e-20);
        assertEquals(56 * 0x1p-52, Tolerance.of(DType.FLOAT64, 100).relative(), 1e-28);
        assertEquals(0, Tolerance.of(DType.INT64, 100).relative());
    }

    @Test
    void roundedOperandsAddEightOfTheirOwnSteps() {
        Tolerance tf32 = Tolerance.of(DType.FLOAT32, 100).atLeast(2).withOperands(Tolerance.TF32_EPSILON);
        assertEquals(56 * EPSILON + 8 * 0x1p-10, tf32.relative(), 1e-12);
        assertEquals(2 * tf32.relative(), tf32.limit(1), 1e-12);
        assertThrows(IllegalArgumentException.class, () -> tf32.withOperands(-1));
    }

    @Test
    void floorHoldsWhereResultsCancel() {
        Tolerance tolerance = Tolerance.of(DType.FLOAT32, 1);
        Tensor zero = Tensor.of(new double[] {0, 0});
        Tensor nearly = Tensor.of(new float[] {0, 1e-6f});
        assertFalse(tolerance.compare(zero, nearly).agrees());
        assertTrue(tolerance.atLeast(1).compare(zero, nearly).agrees());
    }

    @Test
    void scaleIsTheLargestFiniteMagnitude() {
        Tensor expected = Tensor.of(new double[] {-1000, 1, Double.NEGATIVE_INFINITY});
        Comparison comparison = Tolerance.of(DType.FLOAT32, 1).compare(expected,
                Tensor.of(new float[] {-1000, 1.002f, Float.NEGATIVE_INFINITY}));
        assertEquals(1000, comparison.scale());
        assertTrue(comparison.agrees(), comparison::toString);
        assertEquals(0.002, comparison.worst(), 1e-6);
    }

    @Test
    void equalNansAndInfinitiesAgreeOthersDoNot() {
        Tensor expected = Tensor.of(new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NaN, 1, Double.POSITIVE_INFINITY, 1});
        Tensor actual = Tensor.of(new double[] {Double.NaN, Double.POSITIVE_INFINITY, 1, Double.NaN, Double.NEGATIVE_INFINITY,
            Double.POSITIVE_INFINITY});
        Comparison comparison = Tolerance.of(DType.FLOAT64, 1).compare(expected, actual);
        assertEquals(4, comparison.mismatches());
        assertEquals(List.of(2L), comparison.first().getFirst().position());
        assertEquals(Double.POSITIVE_INFINITY, comparison.worst());
    }

    @Test
    void reportShowsTheFirstFiveAndCountsTheRest() {
        Tensor expected = Tensor.zeros(DType.FLOAT32, dev.lamina.tensor.Shape.of(2, 2, 3));
        expected.fill(2);
        Tensor actual = expected.copy();
        for (int i = 0; i < 7; i++) {
            actual.set(2.5, i / 6, i / 3 % 2, i % 3);
        }
        Comparison comparison = Tolerance.of(DType.FLOAT32, 27).compare(expected, actual);
        assertEquals(7, comparison.mismatches());
        String report = comparison.toString();
        assertTrue(report.startsWith("7 of 12 elements differ, worst 0.500, limit 8.77e-06 (float32, 27 terms, scale 2.000):"), report);
        assertTrue(report.contains("\n  [0, 1, 1]: expected 2.0, actual 2.5, absolute 0.500, relative 0.250"), report);
        assertFalse(report.contains("[0, 1, 2]"), report);
        assertTrue(report.endsWith("and 2 more"), report);
    }

    @Test
    void integersAgreeExactlyBeyondDoubles() {
        Tensor expected = Tensor.of(new long[] {(1L << 60) + 1, 5});
        Comparison comparison = Tolerance.of(DType.INT64, 1).compare(expected, Tensor.of(new long[] {1L << 60, 5}));
        assertEquals(1, comparison.mismatches());
        assertEquals(1, comparison.worst());
    }

    @Test
    void viewsAndEmptyTensorsCompare() {
        Tensor matrix = Tensor.of(new double[] {1, 2, 3, 4, 5, 6}, 2, 3);
        assertTrue(Tolerance.of(DType.FLOAT64, 1).compare(matrix.transpose(1, 0), matrix.transpose(1, 0).copy()).agrees());
        Tensor empty = Tensor.zeros(DType.FLOAT32, dev.lamina.tensor.Shape.of(0, 3));
        assertTrue(Tolerance.of(DType.FLOAT32, 1).compare(empty, empty).agrees());
    }

    @Test
    void differentShapesOrKindsAreRefused() {
        Tensor floats = Tensor.of(new float[] {1, 2});
        Tolerance tolerance = Tolerance.of(DType.FLOAT32, 1);
        String shapes = assertThrows(IllegalArgumentException.class, () -> tolerance.compare(floats, floats.reshape(1, 2))).getMessage();
        assertTrue(shapes.contains("[2]") && shapes.contains("[1, 2]"), shapes);
        assertThrows(IllegalArgumentException.class, () -> tolerance.compare(floats, Tensor.of(new int[] {1, 2})));
        assertThrows(IllegalArgumentException.class, () -> Tolerance.of(DType.FLOAT32, 0));
        assertThrows(IllegalArgumentException.class, () -> tolerance.atLeast(Double.NaN));
    }

    /** The derivation against sums in float: mixed signs and one sign, of three lengths. */
    @Test
    void sumsInFloatStayWellInside() {
        Philox.Stream random = new Philox.Stream(3, 0, 0);
        for (int terms : new int[] {10, 1_000, 100_000}) {
            for (double low : new double[] {-1, 0}) {
                double[] exact = new double[50];
                float[] rounded = new float[50];
                for (int i = 0; i < exact.length; i++) {
                    for (int k = 0; k < terms; k++) {
                        float term = (float) (low + (1 - low) * random.nextUniform());
                        exact[i] += term;
                        rounded[i] += term;
                    }
                }
                Comparison comparison = Tolerance.of(DType.FLOAT32, terms).compare(Tensor.of(exact), Tensor.of(rounded));
                assertTrue(comparison.worst() < comparison.limit() / 2, () -> terms + " terms from " + low + ": " + comparison);
            }
        }
    }
}

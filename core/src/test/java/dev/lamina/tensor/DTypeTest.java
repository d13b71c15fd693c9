package dev.lamina.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DTypeTest {
    /** The value of 16 bits by the formats' definition, not by the code under test. */
    private static double value(DType dtype, int bits) {
        int mantissaBits = dtype == DType.FLOAT16 ? 10 : 7;
        int bias = dtype == DType.FLOAT16 ? 15 : 127;
        int exponent = bits >> mantissaBits;
        int mantissa = bits & (1 << mantissaBits) - 1;
        return exponent == 0
                ? Math.scalb((double) mantissa, 1 - bias - mantissaBits)
                : Math.scalb((double) (mantissa | 1 << mantissaBits), exponent - bias - mantissaBits);
    }

    /** Every finite value of the type, every tie between neighbours, and doubles a hair beside the ties: normal and subnormal. */
    @ParameterizedTest
    @EnumSource(names = {"FLOAT16", "BFLOAT16"})
    void everyTieGoesToEvenAndItsNeighboursToTheNearest(DType dtype) {
        int infinity = dtype == DType.FLOAT16 ? 0x7c00 : 0x7f80;
        for (int bits = 0; bits < infinity; bits++) {
            double low = value(dtype, bits);
            double high = value(dtype, bits + 1);
            double tie = low + (high - low) / 2;
            double highRounded = bits + 1 == infinity ? Double.POSITIVE_INFINITY : high;
            assertEquals(low, dtype.round(low));
            assertEquals((bits & 1) == 0 ? low : highRounded, dtype.round(tie));
            assertEquals(low, dtype.round(Math.nextDown(tie)), "just below the tie after " + low);
            assertEquals(highRounded, dtype.round(Math.nextUp(tie)), "just above the tie after " + low);
            assertEquals(-highRounded, dtype.round(-Math.nextUp(tie)));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT64", "BFLOAT16", "FLOAT16"})
    void specialValuesSurvive(DType dtype) {
        assertTrue(Double.isNaN(dtype.round(Double.NaN)));
        assertEquals(Double.POSITIVE_INFINITY, dtype.round(Double.POSITIVE_INFINITY));
        assertEquals(Double.NEGATIVE_INFINITY, dtype.round(Double.NEGATIVE_INFINITY));
        assertEquals(-0.0, dtype.round(-0.0));
        assertEquals(dtype == DType.FLOAT64 ? -1e-300 : -0.0, dtype.round(-1e-300));
        assertEquals(1 + dtype.epsilon(), dtype.round(1 + dtype.epsilon()));
        assertEquals(1, dtype.round(1 + dtype.epsilon() / 2));
    }

    @Test
    void nanWithAnyPayloadStaysNan() {
        // Payload in the lowest bits only: cutting off bits would make it infinity.
        double nan = Double.longBitsToDouble(0x7ff0000000000001L);
        assertTrue(Double.isNaN(DType.BFLOAT16.round(nan)));
        assertTrue(Double.isNaN(DType.FLOAT16.round(nan)));
        assertTrue(Double.isNaN(DType.FLOAT32.round(nan)));
    }

    @Test
    void integersTruncateAndWrapLikeJavaCasts() {
        assertEquals(-2, DType.INT32.round(-2.9));
        assertEquals(Integer.MIN_VALUE, DType.INT32.round(2147483648.0));
        assertEquals(255, DType.UINT8.round(-1));
        assertEquals(1, DType.UINT8.round(257.5));
        assertEquals(0, DType.INT64.round(Double.NaN));
        assertEquals(0x1p63, DType.INT64.round(1e300));
        assertEquals(1, DType.BOOL.round(Double.NaN));
        assertEquals(0, DType.BOOL.round(-0.0));
        assertEquals(1, DType.BOOL.round(0.25));
    }

    @ParameterizedTest
    @EnumSource
    void storingGivesWhatRoundingSays(DType dtype) {
        for (double value : new double[] {0, -1.5, 300.7, 1e10, -1e10, 65519.99, 65520, Double.NaN, 1e-40, Double.NEGATIVE_INFINITY}) {
            assertEquals(dtype.round(value), Tensor.scalar(dtype, value).item(), dtype + " " + value);
        }
        assertEquals(dtype, DType.parse(dtype.toString()));
        assertEquals(dtype.bytes(), Tensor.scalar(dtype, 0).memory().byteSize());
    }

    @Test
    void unknownNameListsTheKnown() {
        assertEquals("dtype \"float\" is unknown; known are float32, float64, bfloat16, float16, int32, int64, uint8, bool.",
                assertThrows(IllegalArgumentException.class, () -> DType.parse("float")).getMessage());
        assertEquals("int32 has no epsilon: it is not a floating-point type.",
                assertThrows(IllegalStateException.class, DType.INT32::epsilon).getMessage());
    }
}

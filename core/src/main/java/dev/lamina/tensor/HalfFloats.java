package dev.lamina.tensor;

/** Conversions of the 16-bit floating types that round once, from double, to nearest with ties to even. */
final class HalfFloats {
    private HalfFloats() { }

    static float bfloat16ToFloat(short bits) {
        return Float.intBitsToFloat(bits << 16);
    }

    static short toBfloat16(double value) {
        if (Double.isNaN(value)) {
            return (short) 0x7fc0;
        }
        int bits = Float.floatToRawIntBits(roundToOdd(value));
        int rounding = 0x7fff + (bits >>> 16 & 1);
        return (short) (bits + rounding >>> 16);
    }

    static short toFloat16(double value) {
        return Float.floatToFloat16(roundToOdd(value));
    }

    /** Narrows to float so that a second rounding to fewer bits gives what one rounding from double would. */
    private static float roundToOdd(double value) {
        float nearest = (float) value;
        if (nearest == value || Float.isNaN(nearest)) {
            return nearest;
        }
        float truncated = Math.abs((double) nearest) > Math.abs(value)
                ? Float.intBitsToFloat(Float.floatToRawIntBits(nearest) - 1)
                : nearest;
        return Float.intBitsToFloat(Float.floatToRawIntBits(truncated) | 1);
    }
}

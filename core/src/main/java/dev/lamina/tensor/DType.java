package dev.lamina.tensor;

/**
 * Element type of a tensor. Names are those of NumPy and PyTorch. Immutable and thread-safe.
 */
public enum DType {
    /** IEEE 754 binary32. */
    FLOAT32("float32", 4, Kind.FLOAT, 24),
    /** IEEE 754 binary64. */
    FLOAT64("float64", 8, Kind.FLOAT, 53),
    /** The upper half of binary32: 8 exponent bits, 7 stored mantissa bits. */
    BFLOAT16("bfloat16", 2, Kind.FLOAT, 8),
    /** IEEE 754 binary16. */
    FLOAT16("float16", 2, Kind.FLOAT, 11),
    /** Two's complement 32-bit integer. */
    INT32("int32", 4, Kind.INTEGER, 0),
    /** Two's complement 64-bit integer. */
    INT64("int64", 8, Kind.INTEGER, 0),
    /** Unsigned 8-bit integer. */
    UINT8("uint8", 1, Kind.INTEGER, 0),
    /** One byte, 0 or 1. */
    BOOL("bool", 1, Kind.BOOL, 0);

    private enum Kind { FLOAT, INTEGER, BOOL }

    private final String text;
    private final int bytes;
    private final Kind kind;
    private final int precision;

    DType(String text, int bytes, Kind kind, int precision) {
        this.text = text;
        this.bytes = bytes;
        this.kind = kind;
        this.precision = precision;
    }

    /** Size of one element in bytes. */
    public int bytes() {
        return bytes;
    }

    /** True for the four floating-point types. */
    public boolean isFloating() {
        return kind == Kind.FLOAT;
    }

    /** True for int32, int64 and uint8. */
    public boolean isInteger() {
        return kind == Kind.INTEGER;
    }

    /**
     * Distance from 1 to the next larger value, e.g. 2^-23 for float32.
     *
     * @throws IllegalStateException if the type is not floating
     */
    public double epsilon() {
        if (kind != Kind.FLOAT) {
            throw new IllegalStateException(text + " has no epsilon: it is not a floating-point type.");
        }
        return Math.scalb(1.0, 1 - precision);
    }

    /**
     * Rounds to the nearest value of this type (ties to even), as storing and loading would. Integers truncate toward zero and wrap like a
     * Java cast; bool maps every non-zero value, NaN included, to 1.
     */
    public double round(double value) {
        return switch (this) {
            case FLOAT64 -> value;
            case FLOAT32 -> (float) value;
            case BFLOAT16 -> HalfFloats.bfloat16ToFloat(HalfFloats.toBfloat16(value));
            case FLOAT16 -> Float.float16ToFloat(HalfFloats.toFloat16(value));
            case INT32 -> (int) (long) value;
            case INT64 -> (long) value;
            case UINT8 -> (long) value & 0xff;
            case BOOL -> value != 0 ? 1 : 0;
        };
    }

    /**
     * The type with this name, e.g. {@code "float32"}.
     *
     * @throws IllegalArgumentException if there is none; the message lists all names
     */
    public static DType parse(String name) {
        for (DType type : values()) {
            if (type.text.equals(name)) {
                return type;
            }
        }
        throw new IllegalArgumentException("dtype \"" + name + "\" is unknown; known are "
                + String.join(", ", java.util.Arrays.stream(values()).map(DType::toString).toList()) + ".");
    }

    @Override
    public String toString() {
        return text;
    }
}

package dev.lamina.cuda.kernels;

import dev.lamina.tensor.DType;

/** How elements of a type are written in CUDA C: in memory, and in the register that computes on them. */
final class Element {
    /** Types that are computed on: float for all narrow floating types, long long for all that is exact. */
    enum Register {
        FLOAT("float"), DOUBLE("double"), INTEGER("long long");

        private final String text;

        Register(String text) {
            this.text = text;
        }

        String text() {
            return text;
        }
    }

    private Element() { }

    /** The register for a type. */
    static Register register(DType type) {
        return switch (type) {
            case FLOAT32, BFLOAT16, FLOAT16 -> Register.FLOAT;
            case FLOAT64 -> Register.DOUBLE;
            case INT32, INT64, UINT8, BOOL -> Register.INTEGER;
        };
    }

    /** The type in memory. */
    static String memory(DType type) {
        return switch (type) {
            case FLOAT32 -> "float";
            case FLOAT64 -> "double";
            case BFLOAT16 -> "bfloat16";
            case FLOAT16 -> "float16";
            case INT32 -> "int";
            case INT64 -> "long long";
            case UINT8, BOOL -> "unsigned char";
        };
    }

    /** From memory to a register. */
    static String load(DType type, String memory) {
        return switch (type) {
            case FLOAT32, FLOAT64, INT32, INT64, UINT8 -> memory;
            case BFLOAT16 -> "widen_bfloat16(" + memory + ")";
            case FLOAT16 -> "widen_float16(" + memory + ")";
            case BOOL -> memory + " != 0";
        };
    }

    /** From a register that holds a value of the type to memory. */
    static String store(DType type, String register) {
        return switch (type) {
            case FLOAT32, FLOAT64, INT64 -> register;
            case BFLOAT16 -> "narrow_bfloat16(" + register + ")";
            case FLOAT16 -> "narrow_float16(" + register + ")";
            case INT32 -> "(int)" + register;
            case UINT8, BOOL -> "(unsigned char)" + register;
        };
    }

    /** What a register holds after a store and a load: the value rounded or wrapped to the type. Truth values are 0 or 1 already. */
    static String rounded(DType type, String expression) {
        return switch (type) {
            case FLOAT32, FLOAT64, INT64, BOOL -> expression;
            case BFLOAT16 -> "widen_bfloat16(narrow_bfloat16(" + expression + "))";
            case FLOAT16 -> "widen_float16(narrow_float16(" + expression + "))";
            case INT32 -> "(int)(" + expression + ")";
            case UINT8 -> "(" + expression + ") & 255";
        };
    }

    /** A register's value as another type's, rounded once as {@link DType#round} does. */
    static String cast(DType from, DType to, String x) {
        Register source = register(from);
        String wide = source == Register.DOUBLE ? x : "(double)" + x;
        String whole = source == Register.INTEGER ? x : "truncated(" + x + ")";
        return switch (to) {
            // By way of double, as int64 is rounded to double first.
            case FLOAT32 -> source == Register.FLOAT ? x : "(float)" + wide;
            case FLOAT64 -> wide;
            case BFLOAT16, FLOAT16 -> rounded(to, source == Register.FLOAT ? x : "round_to_odd(" + wide + ")");
            case INT32, INT64, UINT8 -> rounded(to, whole);
            case BOOL -> x + " != 0";
        };
    }
}

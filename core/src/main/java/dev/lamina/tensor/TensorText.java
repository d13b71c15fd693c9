package dev.lamina.tensor;

import java.util.Locale;

/** Prints tensors for people: nested brackets, long axes shortened. */
final class TensorText {
    private static final int EDGE = 3;

    private TensorText() { }

    static String format(Tensor tensor) {
        StringBuilder text = new StringBuilder().append(tensor.dtype()).append(' ').append(tensor.shape()).append(' ');
        append(text, tensor, 0);
        return text.toString();
    }

    private static void append(StringBuilder text, Tensor tensor, int depth) {
        if (tensor.shape().rank() == 0) {
            text.append(element(tensor));
            return;
        }
        text.append('[');
        long extent = tensor.shape().dim(0);
        for (long i = 0; i < extent; i++) {
            if (i > 0) {
                if (tensor.shape().rank() > 1) {
                    text.append(",\n").repeat(' ', depth + 1);
                } else {
                    text.append(", ");
                }
            }
            if (extent > 2 * EDGE + 2 && i == EDGE) {
                text.append("... ").append(extent - 2 * EDGE).append(" more");
                i = extent - EDGE - 1;
            } else {
                append(text, tensor.select(0, i), depth + 1);
            }
        }
        text.append(']');
    }

    private static String element(Tensor scalar) {
        return switch (scalar.dtype()) {
            case INT32, INT64, UINT8 -> Long.toString(scalar.getLong());
            case BOOL -> scalar.get() != 0 ? "true" : "false";
            case FLOAT64 -> Double.toString(scalar.get());
            case FLOAT32 -> Float.toString((float) scalar.get());
            case BFLOAT16, FLOAT16 -> String.format(Locale.ROOT, "%.4g", scalar.get());
        };
    }
}

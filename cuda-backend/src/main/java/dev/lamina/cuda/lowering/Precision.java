package dev.lamina.cuda.lowering;

import dev.lamina.backend.CompileOptions;
import dev.lamina.cuda.api.Arithmetic;
import dev.lamina.tensor.DType;

/**
 * Arithmetic of convolutions and matrix products on float32 values; float64 values are always computed in float64.
 *
 * @param mode float32, TF32 or bfloat16 operands; sums are float32
 * @param deterministic whether only implementations that repeat bit for bit are taken
 */
public record Precision(CompileOptions.Precision mode, boolean deterministic) {
    static Precision of(CompileOptions options) {
        return new Precision(options.precision(), options.deterministic());
    }

    /** The element type in which values of this type enter convolutions and matrix products, and in which images are kept between them. */
    public DType operand(DType type) {
        return mode == CompileOptions.Precision.BFLOAT16 && type == DType.FLOAT32 ? DType.BFLOAT16 : type;
    }

    /** How products of elements of a type are computed. */
    public Arithmetic arithmetic(DType element) {
        return switch (element) {
            case FLOAT32 -> mode == CompileOptions.Precision.TF32 ? Arithmetic.TF32 : Arithmetic.FLOAT32;
            case BFLOAT16 -> Arithmetic.BFLOAT16;
            case FLOAT64 -> Arithmetic.FLOAT64;
            case FLOAT16, INT32, INT64, UINT8, BOOL -> throw new IllegalArgumentException("cuda: no products of " + element + ".");
        };
    }

    /** The order of images: tensor cores want channels last; plain float32 and float64 arithmetic does as well with NCHW. */
    public Order images() {
        return mode == CompileOptions.Precision.FLOAT32 ? Order.PLAIN : Order.CHANNELS_LAST;
    }
}

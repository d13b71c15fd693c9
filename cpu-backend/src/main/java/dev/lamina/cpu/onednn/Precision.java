package dev.lamina.cpu.onednn;

import dev.lamina.backend.CompileOptions;
import dev.lamina.graph.TensorType;
import dev.lamina.tensor.DType;

/**
 * Arithmetic of convolutions and matrix products on float32 values: float32, or bfloat16 operands with float32 results and accumulation.
 * TF32 has no meaning on a CPU and is computed in float32.
 */
record Precision(boolean bfloat16, boolean deterministic) {

    static Precision of(CompileOptions options) {
        return new Precision(options.precision() == CompileOptions.Precision.BFLOAT16, options.deterministic());
    }

    /** Whether oneDNN multiplies bfloat16 operands on this processor (AVX-512, AMX, Arm's BF16). */
    static boolean hasBfloat16(NativeScope scope) {
        long[] square = {16, 16};
        long[] rows = {16, 1};
        long operand = Layout.stridedDescriptor(scope, square, rows, Dnnl.BF16);
        long result = Layout.stridedDescriptor(scope, square, rows, Dnnl.F32);
        return scope.attempt("matmul_primitive_desc_create", Dnnl.PRIMITIVE_DESC_DESTROY,
                out -> (int) Dnnl.MATMUL.invokeExact(out, scope.engine(), operand, operand, 0L, result, 0L)) != 0;
    }

    static boolean isFloat32(TensorType type) {
        return type.dtype() == DType.FLOAT32;
    }

    boolean isFull() {
        return !bfloat16;
    }

    /** oneDNN's number of the operands' type. */
    int code() {
        return bfloat16 ? Dnnl.BF16 : Dnnl.F32;
    }

    /** The type in which an operand enters a product. */
    TensorType operand(TensorType type) {
        return bfloat16 ? type.withDType(DType.BFLOAT16) : type;
    }

    /** Attributes of a primitive without post-ops. */
    long attributes(Assembly assembly) {
        return assembly.attributes(deterministic);
    }
}

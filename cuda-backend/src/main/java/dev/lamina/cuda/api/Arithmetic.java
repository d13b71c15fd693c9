package dev.lamina.cuda.api;

import dev.lamina.tensor.DType;

/** How cuBLAS and cuDNN multiply and add. */
public enum Arithmetic {
    /** float32 operands, products and sums; no tensor core that would round operands. */
    FLOAT32(DType.FLOAT32, DType.FLOAT32),
    /** float32 operands that tensor cores may round to 10-bit mantissas; float32 sums. */
    TF32(DType.FLOAT32, DType.FLOAT32),
    /** bfloat16 operands, float32 sums. */
    BFLOAT16(DType.BFLOAT16, DType.FLOAT32),
    /** float64 throughout. */
    FLOAT64(DType.FLOAT64, DType.FLOAT64);

    private final DType operand;
    private final DType sum;

    Arithmetic(DType operand, DType sum) {
        this.operand = operand;
        this.sum = sum;
    }

    /** The type of operands in memory. */
    public DType operand() {
        return operand;
    }

    /** The type in which products are summed, and that of scale factors. */
    public DType sum() {
        return sum;
    }
}

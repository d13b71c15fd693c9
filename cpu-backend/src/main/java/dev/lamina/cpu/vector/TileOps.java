package dev.lamina.cpu.vector;

/** Runs one instruction on a tile. */
final class TileOps {
    private TileOps() { }

    /** {@code y = code(a, b, c)} on n elements, a multiple of a vector's, at these addresses; functions need spare tiles. */
    static void run(Code code, long a, long b, long c, long y, long spare, float p, float q, int n) {
        switch (code) {
            case NEGATE -> ArithmeticTiles.negate(a, y, n);
            case ABS -> ArithmeticTiles.abs(a, y, n);
            case SQRT -> ArithmeticTiles.sqrt(a, y, n);
            case RSQRT -> ArithmeticTiles.rsqrt(a, y, n);
            case RECIPROCAL -> ArithmeticTiles.reciprocal(a, y, n);
            case SQUARE -> ArithmeticTiles.square(a, y, n);
            case NOT -> ArithmeticTiles.not(a, y, n);
            case FLOOR -> ArithmeticTiles.floor(a, y, n);
            case CEIL -> ArithmeticTiles.ceil(a, y, n);
            case ROUND -> ArithmeticTiles.round(a, y, n);
            case ADD -> ArithmeticTiles.add(a, b, y, n);
            case SUBTRACT -> ArithmeticTiles.subtract(a, b, y, n);
            case MULTIPLY -> ArithmeticTiles.multiply(a, b, y, n);
            case DIVIDE -> ArithmeticTiles.divide(a, b, y, n);
            case MAX -> ArithmeticTiles.max(a, b, y, n);
            case MIN -> ArithmeticTiles.min(a, b, y, n);
            case CLIP -> ArithmeticTiles.clip(a, y, p, q, n);
            case EXP -> ExpTiles.exp(a, y, n);
            case EXPM1 -> ExpTiles.expm1(a, y, n);
            case LOG -> LogTiles.log(a, spare, y, n);
            case LOG1P -> LogTiles.log1p(a, spare, y, n);
            case TANH -> FunctionTiles.tanh(a, spare, y, n);
            case SIGMOID -> FunctionTiles.sigmoid(a, spare, y, n);
            case SOFTPLUS -> FunctionTiles.softplus(a, spare, y, n);
            case ERF -> FunctionTiles.erf(a, spare, y, n);
            case GELU -> FunctionTiles.gelu(a, spare, y, n);
            case GELU_TANH -> FunctionTiles.geluTanh(a, spare, y, n);
            case ELU -> FunctionTiles.elu(a, spare, y, p, n);
            case POW -> PowerTiles.pow(a, b, spare, y, n);
            case COPY -> ChoiceTiles.copy(a, y, n);
            case SIGN -> ChoiceTiles.sign(a, y, n);
            case RELU -> ChoiceTiles.relu(a, y, n);
            case LEAKY_RELU -> ChoiceTiles.leakyRelu(a, y, p, n);
            case BINARIZE -> ChoiceTiles.binarize(a, y, n);
            case NON_ZERO -> ChoiceTiles.nonZero(a, y, n);
            case TO_UINT8 -> ChoiceTiles.toUint8(a, y, n);
            case TO_INT32 -> ChoiceTiles.toInt32(a, y, n);
            case EQUAL -> ChoiceTiles.equal(a, b, y, n);
            case NOT_EQUAL -> ChoiceTiles.notEqual(a, b, y, n);
            case LESS -> ChoiceTiles.less(a, b, y, n);
            case LESS_OR_EQUAL -> ChoiceTiles.lessOrEqual(a, b, y, n);
            case RELU_GRADIENT -> ChoiceTiles.reluGradient(a, b, y, n);
            case DECONVNET -> ChoiceTiles.deconvnet(a, y, n);
            case GUIDED -> ChoiceTiles.guided(a, b, y, n);
            case WHERE -> ChoiceTiles.where(a, b, c, y, n);
        }
    }
}

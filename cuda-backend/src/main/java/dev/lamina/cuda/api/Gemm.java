package dev.lamina.cuda.api;

import dev.lamina.tensor.DType;

/**
 * A product of row-major matrices {@code C = op(A) op(B)} or {@code C += op(A) op(B)}, or a batch of them at equal distances.
 *
 * @param transposeA whether A is stored as {@code [K, M]} instead of {@code [M, K]}
 * @param transposeB whether B is stored as {@code [N, K]} instead of {@code [K, N]}
 * @param m rows of C, at least 1
 * @param n columns of C, at least 1
 * @param k length of the sums, at least 1
 * @param a first operand, of the arithmetic's type
 * @param b second operand, of the arithmetic's type
 * @param c result, of the type of operands or sums
 * @param batch number of products, at least 1
 * @param arithmetic how products are computed
 * @param accumulate whether the product is added to what C holds
 */
public record Gemm(boolean transposeA, boolean transposeB, long m, long n, long k, Matrix a, Matrix b, Matrix c, long batch,
        Arithmetic arithmetic, boolean accumulate) {

    /**
     * How a matrix lies in memory.
     *
     * @param type element type
     * @param leading distance of rows in elements, at least the number of columns
     * @param stride distance of the batch's matrices in elements; 0 repeats one operand
     */
    public record Matrix(DType type, long leading, long stride) {
        /** Dense matrices of so many columns, so many elements apart. */
        public static Matrix of(DType type, long columns, long stride) {
            return new Matrix(type, columns, stride);
        }
    }

    /** Checks the numbers. */
    public Gemm {
        require(m >= 1 && n >= 1 && k >= 1 && batch >= 1, "m = %d, n = %d, k = %d, batch = %d, all need >= 1", m, n, k, batch);
        checkMatrix("A", a, transposeA ? m : k);
        checkMatrix("B", b, transposeB ? k : n);
        checkMatrix("C", c, n);
        require(a.type == arithmetic.operand() && b.type == arithmetic.operand(),
                "%s takes operands of %s, A is %s and B is %s", arithmetic, arithmetic.operand(), a.type, b.type);
        require(c.type == arithmetic.operand() || c.type == arithmetic.sum(),
                "%s gives %s or %s, C is %s", arithmetic, arithmetic.operand(), arithmetic.sum(), c.type);
        require(batch == 1 || c.stride != 0, "a batch of %d products needs a stride of C", batch);
        fits("m", m);
        fits("n", n);
        fits("k", k);
        fits("batch", batch);
    }

    /** Dense matrices, C of the type of sums. */
    public static Gemm of(boolean transposeA, boolean transposeB, long m, long n, long k, Arithmetic arithmetic) {
        DType operand = arithmetic.operand();
        return new Gemm(transposeA, transposeB, m, n, k, Matrix.of(operand, transposeA ? m : k, m * k),
                Matrix.of(operand, transposeB ? k : n, k * n), Matrix.of(arithmetic.sum(), n, m * n), 1, arithmetic, false);
    }

    /** This product for a batch of dense matrices that follow each other. */
    public Gemm batched(long count) {
        return new Gemm(transposeA, transposeB, m, n, k, a, b, c, count, arithmetic, accumulate);
    }

    /** This product with C of another type. */
    public Gemm giving(DType type) {
        return new Gemm(transposeA, transposeB, m, n, k, a, b, new Matrix(type, c.leading, c.stride), batch, arithmetic, accumulate);
    }

    /** This product added to what C holds. */
    public Gemm accumulating() {
        return new Gemm(transposeA, transposeB, m, n, k, a, b, c, batch, arithmetic, true);
    }

    private static void checkMatrix(String name, Matrix matrix, long columns) {
        require(matrix.leading >= columns, "%s has %d columns, its rows are %d apart", name, columns, matrix.leading);
        require(matrix.stride >= 0, "stride of %s = %d, needs >= 0", name, matrix.stride);
        fits("leading extent of " + name, matrix.leading);
    }

    private static void fits(String what, long value) {
        require(value <= Integer.MAX_VALUE, "%s = %d, cuBLAS takes at most 2^31 - 1", what, value);
    }

    private static void require(boolean holds, String message, Object... arguments) {
        if (!holds) {
            throw new IllegalArgumentException("gemm: " + String.format(java.util.Locale.ROOT, message, arguments) + ".");
        }
    }
}

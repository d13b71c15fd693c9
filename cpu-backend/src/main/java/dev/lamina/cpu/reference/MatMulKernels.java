package dev.lamina.cpu.reference;

import dev.lamina.graph.MatMul;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import java.lang.foreign.MemorySegment;

/** Matrix products. */
final class MatMulKernels {
    private static final int ROWS = 16;
    private static final int TILE = 64;

    private MatMulKernels() { }

    static void matmul(MatMul op, Call call) {
        Shape shape = call.outShape(0);
        int m = (int) shape.dim(-2);
        int n = (int) shape.dim(-1);
        int k = (int) call.shape(0).dim(op.transposeA() ? -2 : -1);
        int outer = 1;
        for (int axis = 0; axis < shape.rank() - 2; axis++) {
            outer *= (int) shape.dim(axis);
        }
        if (call.outSize(0) == 0) {
            return;
        }
        DType dtype = call.outDtype(0);
        double[] bias = call.operands() == 3 ? call.load(2) : new double[n];
        int blocks = Math.ceilDiv(m, ROWS);
        double[] a = new double[m * k];
        for (int o = 0; o < outer; o++) {
            Buffers.load(call.in()[0], dtype, (long) o * m * k, a, 0, m * k);
            double[][] b = rows(call.in()[1], dtype, (long) o * k * n, k, n, op.transposeB());
            long base = (long) o * m * n;
            call.workers().each(blocks, block -> {
                int i0 = block * ROWS;
                double[][] c = new double[Math.min(m, i0 + ROWS) - i0][];
                for (int i = 0; i < c.length; i++) {
                    c[i] = bias.clone();
                }
                RowProduct.add(op.transposeA() ? new RowProduct.Matrix(a, i0, 1, m) : new RowProduct.Matrix(a, i0 * k, k, 1), b, k, c, n);
                for (int i = 0; i < c.length; i++) {
                    Buffers.store(c[i], 0, n, call.out()[0], dtype, base + (long) (i0 + i) * n);
                }
            });
        }
    }

    /** The k rows of B. */
    private static double[][] rows(MemorySegment memory, DType dtype, long start, int k, int n, boolean transposed) {
        double[][] rows = new double[k][n];
        if (!transposed) {
            for (int l = 0; l < k; l++) {
                Buffers.load(memory, dtype, start + (long) l * n, rows[l], 0, n);
            }
            return rows;
        }
        double[] tile = new double[TILE * k];
        for (int j0 = 0; j0 < n; j0 += TILE) {
            int width = Math.min(TILE, n - j0);
            Buffers.load(memory, dtype, start + (long) j0 * k, tile, 0, width * k);
            for (int l = 0; l < k; l++) {
                for (int j = 0; j < width; j++) {
                    rows[l][j0 + j] = tile[j * k + l];
                }
            }
        }
        return rows;
    }
}

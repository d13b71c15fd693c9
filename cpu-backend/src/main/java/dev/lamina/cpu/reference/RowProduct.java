package dev.lamina.cpu.reference;

/** Matrix products on arrays of rows. */
final class RowProduct {
    private static final int ROWS = 16;
    private static final int COLUMNS = 512;

    private RowProduct() { }

    /** A matrix of any layout: element (i, j) is {@code data[start + i row + j column]}. */
    record Matrix(double[] data, int start, int row, int column) {
        double at(int i, int j) {
            return data[start + i * row + j * column];
        }
    }

    /**
     * {@code c[i][j] += Σ_l a(i, l) b[l][j]} for i in {@code [0, c.length)}, j in {@code [0, columns)}. Tiles keep c in cache; the order of
     * additions of one element is the same whatever the tiles.
     */
    static void add(Matrix a, double[][] b, int inner, double[][] c, int columns) {
        for (int i0 = 0; i0 < c.length; i0 += ROWS) {
            int i1 = Math.min(c.length, i0 + ROWS);
            for (int j0 = 0; j0 < columns; j0 += COLUMNS) {
                int j1 = Math.min(columns, j0 + COLUMNS);
                int l = 0;
                for (; l + 3 < inner; l += 4) {
                    for (int i = i0; i < i1; i++) {
                        axpy4(a.at(i, l), b[l], a.at(i, l + 1), b[l + 1], a.at(i, l + 2), b[l + 2], a.at(i, l + 3), b[l + 3], c[i], j0, j1);
                    }
                }
                for (; l < inner; l++) {
                    for (int i = i0; i < i1; i++) {
                        axpy(a.at(i, l), b[l], c[i], j0, j1);
                    }
                }
            }
        }
    }

    // One array a row, all with the same index: only then can the compiler prove that rows do not overlap, and use vector instructions.
    private static void axpy4(double a0, double[] b0, double a1, double[] b1, double a2, double[] b2, double a3, double[] b3,
            double[] c, int from, int to) {
        for (int j = from; j < to; j++) {
            c[j] = c[j] + a0 * b0[j] + a1 * b1[j] + a2 * b2[j] + a3 * b3[j];
        }
    }

    private static void axpy(double a, double[] b, double[] c, int from, int to) {
        for (int j = from; j < to; j++) {
            c[j] += a * b[j];
        }
    }
}

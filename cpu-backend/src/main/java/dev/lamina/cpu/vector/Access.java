package dev.lamina.cpu.vector;

import dev.lamina.tensor.DType;

/**
 * How one operand or result lies in memory along the elements of an iteration, counted in order. Rows are runs of elements with one
 * stride, or one short run that repeats ({@code period} elements, as a bias does along the rows of a matrix).
 */
final class Access {
    /** Longest run that is worth repeating within a tile. */
    private static final long LONGEST_PERIOD = 1024;
    final DType dtype;
    private final long[] dims;
    private final long[] strides;
    private final long row;
    private final int period;

    Access(DType dtype, long[] dims, long[] strides) {
        this.dtype = dtype;
        long[] d = dims.length == 0 ? new long[] {1} : dims.clone();
        long[] s = dims.length == 0 ? new long[] {0} : strides.clone();
        int rank = Iteration.join(d, new long[][] {s});
        boolean repeats = rank > 1 && s[rank - 1] == 1 && s[rank - 2] == 0 && d[rank - 1] <= LONGEST_PERIOD;
        period = repeats ? (int) d[rank - 1] : 0;
        row = repeats ? d[rank - 1] * d[rank - 2] : d[rank - 1];
        int outer = repeats ? rank - 2 : rank - 1;
        this.dims = java.util.Arrays.copyOf(d, outer);
        this.strides = new long[outer + 1];
        for (int k = 0; k < outer; k++) {
            this.strides[k] = s[k] * dtype.bytes();
        }
        this.strides[outer] = s[rank - 1] * dtype.bytes();
    }

    /** True if all elements are one number in memory. */
    boolean scalar() {
        return dims.length == 0 && strides[0] == 0;
    }

    /** Elements after which the operand repeats from the start of the iteration on; 0 if it does not, or not soon. */
    int period() {
        return dims.length == 0 ? period : 0;
    }

    /** True for float32 elements one after another: an instruction can work on them where they are. */
    boolean direct() {
        return dtype == DType.FLOAT32 && dims.length == 0 && period == 0 && strides[0] == Float.BYTES;
    }

    /** Loads elements {@code at .. at + n - 1} into a tile. */
    void load(long base, long at, int n, long tile) {
        for (int done = 0; done < n;) {
            long first = (at + done) % row;
            int m = (int) Math.min(row - first, n - done);
            loadRow(base + offset((at + done) / row), first, m, tile + 4L * done);
            done += m;
        }
    }

    private void loadRow(long from, long first, int n, long tile) {
        long stride = strides[strides.length - 1];
        if (period == 0) {
            Rows.read(dtype, from + first * stride, stride, tile, n);
            return;
        }
        int phase = (int) (first % period);
        int head = Math.min(period - phase, n);
        Rows.read(dtype, from + phase * stride, stride, tile, head);
        int once = Math.min(period, n);
        if (once > head) {
            Rows.read(dtype, from, stride, tile + 4L * head, once - head);
        }
        Rows.repeat(tile, period, n);
    }

    /** Stores a tile to elements {@code at .. at + n - 1}. */
    void store(long tile, long base, long at, int n) {
        long stride = strides[strides.length - 1];
        for (int done = 0; done < n;) {
            long first = (at + done) % row;
            int m = (int) Math.min(row - first, n - done);
            Rows.write(dtype, tile + 4L * done, base + offset((at + done) / row) + first * stride, stride, m);
            done += m;
        }
    }

    /** Bytes from element 0 to the start of a row. */
    private long offset(long index) {
        long bytes = 0;
        for (int k = dims.length - 1; k >= 0; k--) {
            bytes += index % dims[k] * strides[k];
            index /= dims[k];
        }
        return bytes;
    }
}

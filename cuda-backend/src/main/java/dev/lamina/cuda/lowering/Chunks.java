package dev.lamina.cuda.lowering;

import dev.lamina.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Arrays of different lengths cut into pieces of about equal work, one for each block of threads: rows of {@code {array, first element,
 * elements, kind}}.
 */
record Chunks(List<long[]> rows) {
    /** Enough for every device, and few enough for the table to be small. */
    private static final int MOST = 8192;
    /** Elements of a piece at least; a multiple of 16, so that pieces start at multiples of 16 bytes. */
    private static final long LEAST = 1024;

    /** Pieces of arrays of these lengths and kinds. */
    static Chunks of(long[] lengths, int[] kinds) {
        long all = 0;
        for (long length : lengths) {
            all += length;
        }
        long piece = Math.max(LEAST, Math.ceilDiv(Math.ceilDiv(all, MOST), LEAST) * LEAST);
        List<long[]> rows = new ArrayList<>();
        for (int i = 0; i < lengths.length; i++) {
            for (long start = 0; start < lengths[i]; start += piece) {
                rows.add(new long[] {i, start, Math.min(piece, lengths[i] - start), kinds[i]});
            }
        }
        return new Chunks(rows);
    }

    int count() {
        return rows.size();
    }

    /** As the kernel reads them. */
    Tensor tensor() {
        long[] flat = rows.stream().flatMapToLong(Arrays::stream).toArray();
        return Tensor.of(flat, flat.length);
    }
}

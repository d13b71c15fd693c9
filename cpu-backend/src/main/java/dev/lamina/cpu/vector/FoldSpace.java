package dev.lamina.cpu.vector;

import java.util.ArrayList;
import java.util.List;

/**
 * What a fold reads, as four nested loops: kept and folded dimensions, each with the offsets of all its outer combinations (in bytes)
 * and one inner run. Result number {@code a * keptRun + j} folds the elements at
 * {@code keptOuter[a] + j * keptStride + foldedOuter[b] + g * foldedStride} over all b and g.
 */
final class FoldSpace {
    final long[] keptOuter;
    final long keptRun;
    final long keptStride;
    final long[] foldedOuter;
    final long foldedRun;
    final long foldedStride;

    FoldSpace(long[] dims, long[] strides, boolean[] folded) {
        if (dims.length != strides.length || dims.length != folded.length) {
            throw new IllegalArgumentException("reduce: dims, strides and folded have " + dims.length + ", " + strides.length + " and "
                    + folded.length + " entries; they must agree.");
        }
        List<long[]> kept = picked(dims, strides, folded, false);
        List<long[]> away = picked(dims, strides, folded, true);
        keptRun = kept.getLast()[0];
        keptStride = kept.getLast()[1];
        keptOuter = offsets(kept);
        foldedRun = away.getLast()[0];
        foldedStride = away.getLast()[1];
        foldedOuter = offsets(away);
    }

    /** Extents and byte strides of the dimensions of one kind, neighbours joined; at least one. */
    private static List<long[]> picked(long[] dims, long[] strides, boolean[] folded, boolean kind) {
        List<long[]> list = new ArrayList<>();
        for (int k = 0; k < dims.length; k++) {
            if (folded[k] != kind || dims[k] == 1) {
                continue;
            }
            long bytes = strides[k] * Float.BYTES;
            if (!list.isEmpty() && list.getLast()[1] == bytes * dims[k]) {
                list.set(list.size() - 1, new long[] {list.getLast()[0] * dims[k], bytes});
            } else {
                list.add(new long[] {dims[k], bytes});
            }
        }
        if (list.isEmpty()) {
            list.add(new long[] {1, 0});
        }
        return list;
    }

    private static long[] offsets(List<long[]> dims) {
        long[] all = {0};
        for (long[] dim : dims.subList(0, dims.size() - 1)) {
            long[] more = new long[Math.toIntExact(all.length * dim[0])];
            for (int i = 0; i < more.length; i++) {
                more[i] = all[(int) (i / dim[0])] + i % dim[0] * dim[1];
            }
            all = more;
        }
        return all;
    }

    long outputs() {
        return keptOuter.length * keptRun;
    }

    /** Elements of one result. */
    long count() {
        return foldedOuter.length * foldedRun;
    }

    /** Whether neighbours in memory belong to neighbouring results. */
    boolean columns() {
        return keptStride == Float.BYTES && keptRun > 1 && foldedStride != Float.BYTES;
    }
}

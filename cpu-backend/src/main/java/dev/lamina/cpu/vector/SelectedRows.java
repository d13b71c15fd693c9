package dev.lamina.cpu.vector;

import static dev.lamina.cpu.vector.Raw.ALL;

import dev.lamina.tensor.DType;

/** The indices of a gather, read where they lie. */
record SelectedRows(MoveKernels.Selection selection) {
    private long raw(long i) {
        return selection.indexType() == DType.INT64 ? ALL.get(Rows.LONG, selection.indices().address() + i * Long.BYTES)
                : ALL.get(Rows.INT, selection.indices().address() + i * Integer.BYTES);
    }

    /** The i-th index, made non-negative. */
    long at(long i) {
        long index = raw(i);
        return index < 0 ? index + selection.extent() : index;
    }

    void check() {
        for (long i = 0; i < selection.count(); i++) {
            long index = raw(i);
            if (index < -selection.extent() || index >= selection.extent()) {
                throw new IllegalArgumentException(selection.node() + ": index " + index + " at position " + i
                        + " is outside an axis of extent " + selection.extent() + ".");
            }
        }
    }
}

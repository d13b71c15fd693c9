package dev.lamina.data;

/**
 * A batch while it is read: rows are claimed in runs, by one thread or several. {@link #claim}, {@link #finished} and the accessors are
 * called under the epoch's lock, {@link #read} and {@link #complete} outside of it.
 */
final class BatchFilling {
    private final BatchSlot slot;
    private final int index;
    private final int[] order;
    private final int from;
    private final int size;
    private final int epoch;
    private int claimed;
    private int read;
    private int failedRow = Integer.MAX_VALUE;
    private Throwable failure;
    private Batch batch;
    private boolean done;

    BatchFilling(BatchSlot slot, int index, int[] order, int batchSize, int epoch) {
        this.slot = slot;
        this.index = index;
        this.order = order;
        this.from = Math.toIntExact((long) index * batchSize);
        this.size = Math.min(batchSize, order.length - from);
        this.epoch = epoch;
    }

    BatchSlot slot() {
        return slot;
    }

    int index() {
        return index;
    }

    boolean claimable() {
        return claimed < size;
    }

    /** Claims at most {@code most} rows and returns the first. */
    int claim(int most) {
        int row = claimed;
        claimed = Math.min(size, claimed + most);
        return row;
    }

    int claimed() {
        return claimed;
    }

    /** Reads rows until one fails. */
    void read(int first, int end) {
        for (int row = first; row < Math.min(end, size); row++) {
            try {
                slot.read(row, order[from + row], epoch);
            } catch (RuntimeException | Error e) {
                fail(row, e);
                return;
            }
        }
    }

    /** Of several failures the one of the first row counts, whichever thread was faster. */
    private synchronized void fail(int row, Throwable cause) {
        if (row < failedRow) {
            failedRow = row;
            failure = cause;
        }
    }

    /** Counts rows as read; true if these were the last. */
    boolean finished(int rows) {
        read += rows;
        return read == size;
    }

    /** Makes the batch once all rows are read. */
    void complete() {
        if (failure() != null) {
            return;
        }
        try {
            batch = slot.batch(size, index, order, from, epoch);
        } catch (RuntimeException | Error e) {
            fail(size - 1, e);
        }
    }

    void markDone() {
        done = true;
    }

    boolean done() {
        return done;
    }

    Batch batch() {
        return batch;
    }

    synchronized Throwable failure() {
        return failure;
    }

    /** The failure for the consumer. */
    synchronized IllegalStateException exception(String where) {
        return new IllegalStateException(where + "reading sample " + order[from + failedRow] + " for batch " + index + " failed: "
                + failure.getMessage(), failure);
    }
}

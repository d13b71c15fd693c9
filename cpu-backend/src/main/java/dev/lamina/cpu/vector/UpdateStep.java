package dev.lamina.cpu.vector;

import static dev.lamina.cpu.vector.Raw.LANES;

/** The update of one variable, bound to memory. Loops see whole vectors; the rest of an array goes through scratch. */
abstract sealed class UpdateStep permits AssignStep, SgdStep, AdamStep, EmaStep {
    /** Shares of threads are multiples of this many elements: a cache line, and at least a vector. */
    static final long BLOCK = 16;
    /** Vectors of the variable, its gradient and two buffers. */
    static final long SCRATCH_BYTES = 4 * BLOCK * Float.BYTES;
    /** Elements that a loop runs over before its int counter is started again. */
    private static final long STRETCH = 1 << 24;
    final long elements;
    final Pointer[] operands;
    private final int[] arrays;

    /** {@code arrays} are the positions of the operands that are arrays, at most four. */
    UpdateStep(UpdateKernels.Step step, int... arrays) {
        this.elements = step.elements();
        this.operands = step.operands().clone();
        this.arrays = arrays;
    }

    /** Reads scalars; the caller's thread does this before the others start. */
    abstract void prepare();

    /** Updates n elements, a multiple of a vector's, of the arrays at these addresses; 0 where there are fewer than four. */
    abstract void run(long a, long b, long c, long d, int n);

    /** Updates elements {@code from .. to - 1}. */
    final void range(long from, long to, long scratch) {
        for (long at = from; at < to; at += STRETCH) {
            int n = (int) Math.min(STRETCH, to - at);
            int whole = n / LANES * LANES;
            if (whole > 0) {
                run(address(0, at), address(1, at), address(2, at), address(3, at), whole);
            }
            if (whole < n) {
                rest(at + whole, n - whole, scratch);
            }
        }
    }

    private long address(int i, long at) {
        return i < arrays.length ? operands[arrays[i]].address() + 4 * at : 0;
    }

    private void rest(long at, int n, long scratch) {
        long bytes = BLOCK * Float.BYTES;
        for (int i = 0; i < arrays.length; i++) {
            Rows.copy(address(i, at), scratch + i * bytes, n);
        }
        run(scratch, scratch + bytes, scratch + 2 * bytes, scratch + 3 * bytes, LANES);
        for (int i = 0; i < arrays.length; i++) {
            if (i != 1) {
                Rows.copy(scratch + i * bytes, address(i, at), n);
            }
        }
    }

    /** The float32 at an operand's address. */
    final float scalar(int operand) {
        return Raw.ALL.get(Rows.FLOAT, operands[operand].address());
    }

    /** The int64 at an operand's address. */
    final long counter(int operand) {
        return Raw.ALL.get(Rows.LONG, operands[operand].address());
    }
}

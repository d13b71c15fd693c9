package dev.lamina.cpu.vector;

import dev.lamina.graph.Random;

/** Makes kernels that draw random numbers by {@link dev.lamina.tensor.Philox}: the same bits on every backend and number of threads. */
public final class RandomKernels {
    private RandomKernels() { }

    /**
     * A kernel for n contiguous float32 results.
     *
     * @param x the operand of a dropout, which may be the result's memory; null for other ops
     * @param seed where the seed lies, one int64, read at each run
     * @param step where the step lies, one int64, read at each run
     * @throws IllegalArgumentException if a dropout has no operand
     */
    public static Kernel random(Team team, Random op, long n, Pointer x, Pointer seed, Pointer step, Pointer y) {
        if (op instanceof Random.Dropout && x == null) {
            throw new IllegalArgumentException("dropout: has no operand.");
        }
        return new RandomKernel(team, op, n, x, seed, step, y);
    }
}

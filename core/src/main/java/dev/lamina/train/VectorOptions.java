package dev.lamina.train;

import dev.lamina.backend.CompileOptions;
import dev.lamina.optim.Optimizer;
import dev.lamina.optim.Schedule;

/**
 * How {@link VectorTrainer} trains. Immutable.
 *
 * @param batchSize vectors in a step
 * @param optimizer adds the updates
 * @param schedule learning rate by step, from 0
 * @param seed of parameters, data order and random ops
 * @param gradientSizes whether each step also measures the root mean square of every weight's gradient
 * @param compile how graphs are compiled
 */
public record VectorOptions(int batchSize, Optimizer optimizer, Schedule schedule, long seed, boolean gradientSizes,
        CompileOptions compile) {
    /** Checks the batch size. */
    public VectorOptions {
        if (batchSize < 1) {
            throw new IllegalArgumentException("vectorOptions: batchSize = " + batchSize + ", needs >= 1.");
        }
    }

    /** Deterministic float32 training at a constant rate. */
    public static VectorOptions of(int batchSize, Optimizer optimizer, double rate, long seed) {
        return new VectorOptions(batchSize, optimizer, Schedule.constant(rate), seed, false,
                CompileOptions.defaults().requiringDeterminism());
    }

    /** These options with gradients measured. */
    public VectorOptions measuringGradients() {
        return new VectorOptions(batchSize, optimizer, schedule, seed, true, compile);
    }

    /** These options with another course of the learning rate. */
    public VectorOptions withSchedule(Schedule other) {
        return new VectorOptions(batchSize, optimizer, other, seed, gradientSizes, compile);
    }

    /** These options with another seed. */
    public VectorOptions withSeed(long other) {
        return new VectorOptions(batchSize, optimizer, schedule, other, gradientSizes, compile);
    }
}

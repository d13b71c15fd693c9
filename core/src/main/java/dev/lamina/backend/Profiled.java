package dev.lamina.backend;

import java.util.List;

/**
 * The time that an {@link Executable} takes by its device's own clock, without what the host does between runs. Offered by
 * {@link Executable#profiled()} where the device has such a clock.
 *
 * <p>Both methods take the inputs that the latest {@link Executable#run} with this state has left on the device, bring nothing else there,
 * and update the state as a run does. One thread at a time, as for runs.
 *
 * @see CompileReport
 */
public interface Profiled {
    /**
     * One implementation's share of a run.
     *
     * @param nodes names of the nodes that it computes, as in {@link CompileReport.Lowered}; empty for a change of layout or a copy
     * @param implementation for people, as in {@link CompileReport.Lowered}
     * @param milliseconds time on the device
     * @param bytes size of all memory that it reads or writes, each piece counted once
     */
    record StepTime(List<String> nodes, String implementation, double milliseconds, long bytes) {
        /** A copy of the list is kept. */
        public StepTime {
            nodes = List.copyOf(nodes);
        }
    }

    /**
     * Runs the graph several times, one run right after the other, in the way that {@link Executable#run} has it done (on CUDA the captured
     * graph), and waits for the end.
     *
     * @param runs how often, at least 1
     * @return milliseconds on the device from the start of the first run to the end of the last
     * @throws IllegalArgumentException if runs is less than 1
     * @throws IllegalStateException if nothing has been run with this state
     */
    double replay(State state, int runs);

    /**
     * Runs the graph once, each implementation timed by itself, and waits for the end. What the device overlaps or starts faster in a
     * replay is not seen so: the sum is more than a replay takes.
     *
     * @return one entry for each implementation, in the order they run
     * @throws IllegalStateException if nothing has been run with this state
     */
    List<StepTime> profile(State state);
}

package dev.lamina.cpu.vector;

/**
 * A fixed number of threads that run a kernel together. One caller at a time.
 */
public interface Team {
    /** Number of threads, the caller's included; at least 1. */
    int threads();

    /**
     * Runs the task once on each thread and waits for all of them. A failure is thrown again after all have ended. Allocates nothing.
     */
    void run(Task task);

    /** A share of a kernel's work. */
    @FunctionalInterface
    interface Task {
        /** Does the share of thread {@code thread} of {@code threads}. Must not start another task. */
        void run(int thread, int threads);
    }

    /** First of the {@code count} items that the thread takes when shares are equal and consecutive. */
    static long start(long count, int thread, int threads) {
        long share = count / threads;
        long rest = count % threads;
        return thread * share + Math.min(thread, rest);
    }

    /** The caller alone. */
    static Team single() {
        return new Team() {
            @Override
            public int threads() {
                return 1;
            }

            @Override
            public void run(Task task) {
                task.run(0, 1);
            }
        };
    }
}

package dev.lamina.cpu.vector;

/** {@code v ← value}. */
final class AssignStep extends UpdateStep {
    AssignStep(UpdateKernels.Step step) {
        super(step, 0, 1);
    }

    @Override
    void prepare() { }

    @Override
    void run(long a, long b, long c, long d, int n) {
        Rows.copy(b, a, n);
    }
}

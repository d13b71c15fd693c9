package dev.lamina.cpu.vector;

/** Updates of many variables, laid end to end and cut into one consecutive share a thread. */
final class UpdateBatch implements Kernel, Team.Task {
    private final Team team;
    private final UpdateStep[] steps;
    /** Where each step begins when all are laid end to end in whole blocks; last the total, all in blocks. */
    private final long[] firstBlock;
    private final int threads;
    private final Scratch scratch;

    UpdateBatch(Team team, UpdateStep[] steps) {
        this.team = team;
        this.steps = steps;
        firstBlock = new long[steps.length + 1];
        for (int i = 0; i < steps.length; i++) {
            firstBlock[i + 1] = firstBlock[i] + Math.ceilDiv(steps[i].elements, UpdateStep.BLOCK);
        }
        threads = firstBlock[steps.length] * UpdateStep.BLOCK < ChainKernel.ALONE ? 1 : team.threads();
        scratch = new Scratch(threads, UpdateStep.SCRATCH_BYTES);
    }

    @Override
    public void poison(byte pattern) {
        scratch.fill(pattern);
    }

    @Override
    public void run() {
        for (UpdateStep step : steps) {
            step.prepare();
        }
        if (threads == 1) {
            run(0, 1);
        } else {
            team.run(this);
        }
    }

    @Override
    public void run(int thread, int of) {
        long blocks = firstBlock[steps.length];
        long first = Team.start(blocks, thread, of);
        long last = Team.start(blocks, thread + 1, of);
        for (int i = 0; i < steps.length; i++) {
            long from = Math.max(first, firstBlock[i]);
            long to = Math.min(last, firstBlock[i + 1]);
            if (from < to) {
                long start = (from - firstBlock[i]) * UpdateStep.BLOCK;
                long end = Math.min(steps[i].elements, (to - firstBlock[i]) * UpdateStep.BLOCK);
                steps[i].range(start, end, scratch.address(thread));
            }
        }
    }
}

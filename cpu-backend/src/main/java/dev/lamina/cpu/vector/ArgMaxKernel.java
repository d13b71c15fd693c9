package dev.lamina.cpu.vector;

import static dev.lamina.cpu.vector.Raw.ALL;

import dev.lamina.graph.Reduction.Fold;

/** Positions of largest elements along an axis: the first at ties, NaN above all. */
final class ArgMaxKernel implements Kernel, Team.Task {
    private final Team team;
    private final long outputs;
    private final long count;
    private final long inner;
    private final Pointer x;
    private final Pointer y;

    ArgMaxKernel(Team team, long outer, long count, long inner, Pointer x, Pointer y) {
        if (count < 1) {
            throw new IllegalArgumentException("argMax: the axis holds no element.");
        }
        this.team = team;
        this.outputs = outer * inner;
        this.count = count;
        this.inner = inner;
        this.x = x;
        this.y = y;
    }

    @Override
    public void run() {
        if (outputs * count < ChainKernel.ALONE) {
            run(0, 1);
        } else {
            team.run(this);
        }
    }

    @Override
    public void run(int thread, int threads) {
        long last = Team.start(outputs, thread + 1, threads);
        for (long i = Team.start(outputs, thread, threads); i < last; i++) {
            long from = x.address() + (i / inner * inner * count + i % inner) * Float.BYTES;
            ALL.set(Rows.LONG, y.address() + i * Long.BYTES, inner == 1 ? alongMemory(from) : across(from));
        }
    }

    /** Finds the largest first, by vectors, then where it is. */
    private long alongMemory(long from) {
        float best = (float) FoldLoops.row(Fold.MAX, from, count, 0);
        for (long k = 0; k < count; k++) {
            float value = ALL.get(Rows.FLOAT, from + k * Float.BYTES);
            if (value == best || value != value) {
                return k;
            }
        }
        throw new IllegalStateException("argMax: operand changed during the run");
    }

    private long across(long from) {
        float best = ALL.get(Rows.FLOAT, from);
        long at = 0;
        for (long k = 1; k < count && best == best; k++) {
            float value = ALL.get(Rows.FLOAT, from + k * inner * Float.BYTES);
            if (value > best || value != value) {
                best = value;
                at = k;
            }
        }
        return at;
    }
}

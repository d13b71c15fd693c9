package dev.lamina.cpu.vector;

import static dev.lamina.cpu.vector.Raw.ALL;

import dev.lamina.graph.Random;

/** Random numbers; each thread draws the bits of a tile into scratch and turns them into results. */
final class RandomKernel implements Kernel, Team.Task {
    /** Elements of a tile, whole vectors of blocks. */
    private static final int TILE = 1024;
    private final Team team;
    private final Random op;
    private final long n;
    private final Pointer x;
    private final Pointer seed;
    private final Pointer step;
    private final Pointer y;
    private final Scratch scratch;

    RandomKernel(Team team, Random op, long n, Pointer x, Pointer seed, Pointer step, Pointer y) {
        this.team = team;
        this.op = op;
        this.n = n;
        this.x = x;
        this.seed = seed;
        this.step = step;
        this.y = y;
        scratch = new Scratch(team.threads(), (long) TILE * Integer.BYTES);
    }

    @Override
    public void poison(byte pattern) {
        scratch.fill(pattern);
    }

    @Override
    public void run() {
        if (n < ChainKernel.ALONE / 4) {
            run(0, 1);
        } else {
            team.run(this);
        }
    }

    @Override
    public void run(int thread, int threads) {
        long key = ALL.get(Rows.LONG, seed.address());
        long time = ALL.get(Rows.LONG, step.address());
        long tiles = Math.ceilDiv(n, TILE);
        long last = Team.start(tiles, thread + 1, threads);
        long bits = scratch.address(thread);
        for (long tile = Team.start(tiles, thread, threads); tile < last; tile++) {
            int m = (int) Math.min(TILE, n - tile * TILE);
            PhiloxTile.draw(key, time, op.stream(), tile * TILE / 4, (m + 3) / 4, bits);
            fill(bits, tile * TILE * Float.BYTES, m);
        }
    }

    private void fill(long bits, long offset, int m) {
        long to = y.address() + offset;
        switch (op) {
            case Random.Uniform uniform -> RandomLoops.uniform(bits, to, uniform.low(), uniform.high() - uniform.low(), m);
            case Random.Normal normal -> RandomLoops.normal(bits, to, normal.mean(), normal.deviation(), m);
            case Random.Bernoulli bernoulli -> RandomLoops.bernoulli(bits, to, threshold(bernoulli.p()), m);
            case Random.Dropout dropout ->
                RandomLoops.dropout(bits, x.address() + offset, to, threshold(dropout.p()), (float) (1 / (1 - dropout.p())), m);
        }
    }

    /** {@code u < p} with u = k 2^-24 is {@code k < threshold}. */
    private static int threshold(double p) {
        return (int) Math.ceil(p * 0x1p24);
    }
}

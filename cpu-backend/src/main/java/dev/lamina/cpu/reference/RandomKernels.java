package dev.lamina.cpu.reference;

import dev.lamina.graph.Random;
import dev.lamina.tensor.Philox;

/** Random numbers from Philox. Seed and step are the last two operands. */
final class RandomKernels {
    private RandomKernels() { }

    /** What becomes of the four words of a block: elements {@code i .. i + n - 1}. */
    private interface Block {
        void run(int[] words, int i, int n);
    }

    static void uniform(Random.Uniform op, Call call) {
        double[] y = new double[call.outSize(0)];
        each(call, op.stream(), y.length, (words, i, n) -> {
            for (int k = 0; k < n; k++) {
                y[i + k] = op.low() + (op.high() - op.low()) * Philox.uniform(words[k]);
            }
        });
        call.store(0, y);
    }

    static void normal(Random.Normal op, Call call) {
        double[] y = new double[call.outSize(0)];
        each(call, op.stream(), y.length, (words, i, n) -> {
            for (int k = 0; k < n; k++) {
                y[i + k] = op.mean() + op.deviation() * Philox.normal(words[k & 2], words[(k & 2) + 1], (k & 1) == 1);
            }
        });
        call.store(0, y);
    }

    static void bernoulli(Random.Bernoulli op, Call call) {
        double[] y = new double[call.outSize(0)];
        each(call, op.stream(), y.length, (words, i, n) -> {
            for (int k = 0; k < n; k++) {
                y[i + k] = Philox.uniform(words[k]) < op.p() ? 1 : 0;
            }
        });
        call.store(0, y);
    }

    static void dropout(Random.Dropout op, Call call) {
        double[] x = call.load(0);
        each(call, op.stream(), x.length, (words, i, n) -> {
            for (int k = 0; k < n; k++) {
                x[i + k] = Philox.uniform(words[k]) >= op.p() ? x[i + k] / (1 - op.p()) : 0;
            }
        });
        call.store(0, x);
    }

    private static void each(Call call, int stream, int elements, Block body) {
        long seed = call.loadLongs(call.operands() - 2)[0];
        long step = call.loadLongs(call.operands() - 1)[0];
        call.workers().ranges(Math.ceilDiv(elements, 4), (from, to) -> {
            int[] words = new int[4];
            for (int block = from; block < to; block++) {
                Philox.block(seed, step, stream, block, words);
                body.run(words, 4 * block, Math.min(4, elements - 4 * block));
            }
        });
    }
}

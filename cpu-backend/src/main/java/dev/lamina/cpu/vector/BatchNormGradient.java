package dev.lamina.cpu.vector;

import java.util.Arrays;

/**
 * Gradients of batch normalisation by the batch's statistics. The result's formula, {@code γ/(m s) (m g - Σg - x̂ Σ(g x̂))} with
 * {@code x̂ = (x - μ) / s}, is a sum of g, x - μ and a number, each with a factor that is the channel's.
 */
final class BatchNormGradient extends BatchNormPasses {
    private final Pointer dy;
    private final Pointer x;
    private final Pointer gamma;
    private final Pointer mean;
    private final Pointer variance;
    private final Pointer dx;
    private final Pointer dgamma;
    private final Pointer dbeta;
    private final double epsilon;
    private final Pointer y;
    private final Pointer masked;
    private final Scratch[] scratch;
    private final double[] chunkSums;
    private final double[] chunkProducts;

    /** A thread's own arrays; those by channel are of one group. */
    private static final class Scratch {
        final BatchNormGradientSums sums;
        final BatchNormGradientApply apply;
        final double[] first;
        final double[] second;
        final float[] means;
        final float[] factors;
        final float[] slopes;
        final float[] shifts;
        int group = -1;

        Scratch(ImagesChannels view) {
            sums = new BatchNormGradientSums(view.period);
            apply = new BatchNormGradientApply(view.period);
            first = new double[view.inner];
            second = new double[view.inner];
            means = new float[view.inner];
            factors = new float[view.inner];
            slopes = new float[view.inner];
            shifts = new float[view.inner];
        }
    }

    BatchNormGradient(Team team, Images images, Pointer dy, Pointer x, Pointer gamma, Pointer mean, Pointer variance,
            Pointer dx, Pointer dgamma, Pointer dbeta, double epsilon, Pointer y, Pointer masked) {
        super(team, images);
        this.dy = dy;
        this.x = x;
        this.gamma = gamma;
        this.mean = mean;
        this.variance = variance;
        this.dx = dx;
        this.dgamma = dgamma;
        this.dbeta = dbeta;
        this.epsilon = epsilon;
        this.y = y;
        this.masked = y == null ? null : masked;
        scratch = new Scratch[threads];
        Arrays.setAll(scratch, _ -> new Scratch(view));
        chunkSums = new double[Math.multiplyExact(view.chunks(), view.inner)];
        chunkProducts = new double[chunkSums.length];
    }

    @Override
    void measure(int thread, int chunk) {
        Scratch own = scratch[thread];
        center(own, chunk / view.chunksPerGroup);
        own.sums.compute(view, chunk, dy.address(), x.address(), y, masked);
        view.fold(own.sums.sums, own.first);
        view.fold(own.sums.products, own.second);
        System.arraycopy(own.first, 0, chunkSums, chunk * view.inner, view.inner);
        System.arraycopy(own.second, 0, chunkProducts, chunk * view.inner, view.inner);
    }

    /** Reads the means once for each group; padding's are zero. */
    private void center(Scratch own, int group) {
        if (own.group != group) {
            Arrays.fill(own.means, 0);
            for (int c = 0; c < view.present(group); c++) {
                own.means[c] = number(mean, group, c);
            }
            view.spread(own.means, own.sums.means);
            own.group = group;
        }
    }

    @Override
    void prepare(int thread, int group) {
        Scratch own = scratch[thread];
        center(own, group);
        sum(group, chunkSums, own.first);
        sum(group, chunkProducts, own.second);
        Arrays.fill(own.factors, 0);
        Arrays.fill(own.slopes, 0);
        Arrays.fill(own.shifts, 0);
        for (int c = 0; c < view.present(group); c++) {
            double inverse = 1 / Math.sqrt(number(variance, group, c) + epsilon);
            double factor = number(gamma, group, c) * inverse;
            own.second[c] *= inverse;
            own.factors[c] = (float) factor;
            own.slopes[c] = (float) (-factor * inverse * own.second[c] / view.count());
            own.shifts[c] = (float) (-factor * own.first[c] / view.count());
        }
        view.spread(own.means, own.apply.means);
        view.spread(own.factors, own.apply.factors);
        view.spread(own.slopes, own.apply.slopes);
        view.spread(own.shifts, own.apply.shifts);
        // The next run reads the means again: they may have changed.
        own.group = -1;
    }

    private void sum(int group, double[] parts, double[] sums) {
        Arrays.fill(sums, 0);
        int end = (group + 1) * view.chunksPerGroup;
        for (int chunk = group * view.chunksPerGroup; chunk < end; chunk++) {
            for (int c = 0; c < view.inner; c++) {
                sums[c] += parts[chunk * view.inner + c];
            }
        }
    }

    @Override
    void publish(int thread, int group) {
        for (int c = 0; c < view.present(group); c++) {
            number(dgamma, group, c, scratch[thread].second[c]);
            number(dbeta, group, c, scratch[thread].first[c]);
        }
    }

    @Override
    void apply(int thread, int chunk) {
        Pointer g = masked == null ? dy : masked;
        scratch[thread].apply.compute(view, chunk, g.address(), x.address(), masked == null ? y : null, dx.address());
    }
}

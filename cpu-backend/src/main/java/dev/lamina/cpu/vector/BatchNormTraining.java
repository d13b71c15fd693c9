package dev.lamina.cpu.vector;

import java.util.Arrays;

/**
 * Batch normalisation by the batch's statistics. A chunk's mean is taken first, its deviations from that mean after, so a large mean costs
 * no digits; chunks are merged in double by Chan, Golub and LeVeque's formula for many parts,
 * {@code M₂ = Σ (M₂ᵢ + nᵢ (μᵢ - μ)²)}.
 */
final class BatchNormTraining extends BatchNormPasses {
    private final Pointer x;
    private final Pointer gamma;
    private final Pointer beta;
    private final Pointer y;
    private final Pointer mean;
    private final Pointer variance;
    private final double epsilon;
    private final Pointer residual;
    private final Scratch[] scratch;
    private final double[] chunkMeans;
    private final double[] chunkSquares;

    /** A thread's own arrays; those by channel are of one group. */
    private static final class Scratch {
        final ChannelSumLanes sums;
        final BatchNormDeviations deviations;
        final BatchNormApply apply;
        final double[] first;
        final double[] second;
        final float[] a;
        final float[] b;
        final float[] c;

        Scratch(ImagesChannels view, BatchNorm.Activation activation) {
            sums = new ChannelSumLanes(view.period);
            deviations = new BatchNormDeviations(view.period);
            apply = new BatchNormApply(view.period, activation);
            first = new double[view.inner];
            second = new double[view.inner];
            a = new float[view.inner];
            b = new float[view.inner];
            c = new float[view.inner];
        }
    }

    BatchNormTraining(Team team, Images images, Pointer x, Pointer gamma, Pointer beta, Pointer y, Pointer mean, Pointer variance,
            double epsilon, Pointer residual, BatchNorm.Activation activation) {
        super(team, images);
        this.x = x;
        this.gamma = gamma;
        this.beta = beta;
        this.y = y;
        this.mean = mean;
        this.variance = variance;
        this.epsilon = epsilon;
        this.residual = residual;
        scratch = new Scratch[threads];
        Arrays.setAll(scratch, _ -> new Scratch(view, activation));
        chunkMeans = new double[Math.multiplyExact(view.chunks(), view.inner)];
        chunkSquares = new double[chunkMeans.length];
    }

    @Override
    void measure(int thread, int chunk) {
        Scratch own = scratch[thread];
        double count = view.count(chunk);
        view.fold(own.sums.of(view, chunk, x.address()), own.first);
        for (int c = 0; c < view.inner; c++) {
            own.a[c] = (float) (own.first[c] / count);
        }
        view.spread(own.a, own.deviations.pivots);
        own.deviations.compute(view, chunk, x.address());
        view.fold(own.deviations.sums, own.first);
        view.fold(own.deviations.squares, own.second);
        int from = chunk * view.inner;
        for (int c = 0; c < view.inner; c++) {
            double offset = own.first[c] / count;
            chunkMeans[from + c] = own.a[c] + offset;
            chunkSquares[from + c] = Math.max(0, own.second[c] - own.first[c] * offset);
        }
    }

    @Override
    void prepare(int thread, int group) {
        Scratch own = scratch[thread];
        means(group, own.first);
        variances(group, own.first, own.second);
        Arrays.fill(own.a, 0);
        Arrays.fill(own.b, 0);
        Arrays.fill(own.c, 0);
        for (int c = 0; c < view.present(group); c++) {
            double scale = number(gamma, group, c) / Math.sqrt(own.second[c] + epsilon);
            own.a[c] = (float) own.first[c];
            own.b[c] = (float) scale;
            // What rounding the mean lost is made good here.
            own.c[c] = (float) (number(beta, group, c) + scale * (own.a[c] - own.first[c]));
        }
        view.spread(own.a, own.apply.means);
        view.spread(own.b, own.apply.scales);
        view.spread(own.c, own.apply.shifts);
    }

    private void means(int group, double[] means) {
        Arrays.fill(means, 0);
        int end = (group + 1) * view.chunksPerGroup;
        for (int chunk = group * view.chunksPerGroup; chunk < end; chunk++) {
            double count = view.count(chunk);
            for (int c = 0; c < view.inner; c++) {
                means[c] += count * chunkMeans[chunk * view.inner + c];
            }
        }
        for (int c = 0; c < view.inner; c++) {
            means[c] /= view.count();
        }
    }

    private void variances(int group, double[] means, double[] variances) {
        Arrays.fill(variances, 0);
        int end = (group + 1) * view.chunksPerGroup;
        for (int chunk = group * view.chunksPerGroup; chunk < end; chunk++) {
            double count = view.count(chunk);
            for (int c = 0; c < view.inner; c++) {
                int at = chunk * view.inner + c;
                double d = chunkMeans[at] - means[c];
                variances[c] += chunkSquares[at] + count * d * d;
            }
        }
        for (int c = 0; c < view.inner; c++) {
            variances[c] /= view.count();
        }
    }

    @Override
    void publish(int thread, int group) {
        for (int c = 0; c < view.present(group); c++) {
            number(mean, group, c, scratch[thread].first[c]);
            number(variance, group, c, scratch[thread].second[c]);
        }
    }

    @Override
    void apply(int thread, int chunk) {
        scratch[thread].apply.compute(view, chunk, x.address(), residual, y.address());
    }
}

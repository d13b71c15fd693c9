package dev.lamina.cpu.vector;

import java.util.Arrays;

/** Batch normalisation by given statistics: one pass. */
final class BatchNormInference extends BatchNormPass {
    private final Pointer x;
    private final Pointer gamma;
    private final Pointer beta;
    private final Pointer mean;
    private final Pointer variance;
    private final Pointer y;
    private final double epsilon;
    private final Pointer residual;
    private final BatchNormApply[] applies;
    private final float[][] numbers;

    BatchNormInference(Team team, Images images, Pointer x, Pointer gamma, Pointer beta, Pointer mean, Pointer variance, Pointer y,
            double epsilon, Pointer residual, BatchNorm.Activation activation) {
        super(team, images);
        this.x = x;
        this.gamma = gamma;
        this.beta = beta;
        this.mean = mean;
        this.variance = variance;
        this.y = y;
        this.epsilon = epsilon;
        this.residual = residual;
        applies = new BatchNormApply[threads];
        Arrays.setAll(applies, _ -> new BatchNormApply(view.period, activation));
        numbers = new float[threads][view.inner];
    }

    @Override
    void prepare(int thread, int group) {
        float[] own = numbers[thread];
        Arrays.fill(own, 0);
        for (int c = 0; c < view.present(group); c++) {
            own[c] = number(mean, group, c);
        }
        view.spread(own, applies[thread].means);
        for (int c = 0; c < view.present(group); c++) {
            own[c] = (float) (number(gamma, group, c) / Math.sqrt(number(variance, group, c) + epsilon));
        }
        view.spread(own, applies[thread].scales);
        for (int c = 0; c < view.present(group); c++) {
            own[c] = number(beta, group, c);
        }
        view.spread(own, applies[thread].shifts);
    }

    @Override
    void publish(int thread, int group) { }

    @Override
    void apply(int thread, int chunk) {
        applies[thread].compute(view, chunk, x.address(), residual, y.address());
    }
}

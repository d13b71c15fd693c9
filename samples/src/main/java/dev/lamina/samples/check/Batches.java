package dev.lamina.samples.check;

import dev.lamina.data.Dataset;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import dev.lamina.train.TrainingGraph;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * Inputs of a {@link TrainingGraph}: step s gets samples {@code s B} to {@code s B + B - 1} of a set, from the start again at its end.
 *
 * @param data where samples come from, {@code [C, H, W]}
 * @param batch B
 * @param first step of which samples are given as step 0
 * @param mixed whether second labels, those of the next samples, and shares are given too
 */
record Batches(Dataset data, int batch, int first, boolean mixed) implements IntFunction<Map<String, Tensor>> {
    /** Batches from the start of a set, not mixed. */
    Batches(Dataset data, int batch) {
        this(data, batch, 0, false);
    }

    @Override
    public Map<String, Tensor> apply(int step) {
        int[] labels = new int[batch];
        int[] second = new int[batch];
        float[] shares = new float[batch];
        for (int i = 0; i < batch; i++) {
            labels[i] = data.label(index(step, i));
            second[i] = data.label(index(step, i + 1));
            shares[i] = (i + 0.5f) / batch;
        }
        if (!mixed) {
            return Map.of(TrainingGraph.IMAGES, samples(step), TrainingGraph.LABELS, Tensor.of(labels));
        }
        return Map.of(TrainingGraph.IMAGES, samples(step), TrainingGraph.LABELS, Tensor.of(labels), TrainingGraph.SECOND_LABELS,
                Tensor.of(second), TrainingGraph.SHARES, Tensor.of(shares));
    }

    /** The samples of a step alone. */
    Tensor samples(int step) {
        Shape sample = data.sampleShape();
        Tensor samples = Tensor.zeros(data.sampleType(), Shape.of(batch, sample.dim(0), sample.dim(1), sample.dim(2)));
        for (int i = 0; i < batch; i++) {
            data.read(index(step, i), samples.select(0, i));
        }
        return samples;
    }

    private int index(int step, int row) {
        return Math.toIntExact((((long) first + step) * batch + row) % data.size());
    }
}

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
 */
record Batches(Dataset data, int batch) implements IntFunction<Map<String, Tensor>> {
    @Override
    public Map<String, Tensor> apply(int step) {
        int[] labels = new int[batch];
        for (int i = 0; i < batch; i++) {
            labels[i] = data.label(index(step, i));
        }
        return Map.of(TrainingGraph.IMAGES, samples(step), TrainingGraph.LABELS, Tensor.of(labels));
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
        return Math.toIntExact(((long) step * batch + row) % data.size());
    }
}

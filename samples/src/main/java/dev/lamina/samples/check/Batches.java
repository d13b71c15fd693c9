package dev.lamina.samples.check;

import dev.lamina.data.Dataset;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import dev.lamina.train.TrainingGraph;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * Inputs of a {@link TrainingGraph}: step s gets samples {@code s B} to {@code s B + B - 1} of a set, from the start again at its end.
 *
 * @param data of uint8 samples
 * @param batch B
 */
record Batches(Dataset data, int batch) implements IntFunction<Map<String, Tensor>> {
    @Override
    public Map<String, Tensor> apply(int step) {
        Shape sample = data.sampleShape();
        Tensor images = Tensor.zeros(DType.UINT8, Shape.of(batch, sample.dim(0), sample.dim(1), sample.dim(2)));
        int[] labels = new int[batch];
        for (int i = 0; i < batch; i++) {
            int index = Math.toIntExact(((long) step * batch + i) % data.size());
            data.read(index, images.select(0, i));
            labels[i] = data.label(index);
        }
        return Map.of(TrainingGraph.IMAGES, images, TrainingGraph.LABELS, Tensor.of(labels));
    }
}

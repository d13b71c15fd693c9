package dev.lamina.data;

import dev.lamina.tensor.DType;
import dev.lamina.tensor.Philox;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;

/** The memory of one batch, filled again and again. Not thread-safe: one owner at a time. */
final class BatchSlot {
    private final Dataset data;
    private final Tensor images;
    private final Tensor labels;
    private final Tensor[] samples;

    BatchSlot(Dataset data, int batchSize) {
        Shape sample = data.sampleShape();
        this.data = data;
        images = Tensor.zeros(data.sampleType(), Shape.of(batchSize, sample.dim(0), sample.dim(1), sample.dim(2)));
        labels = Tensor.zeros(DType.INT32, Shape.of(batchSize));
        samples = new Tensor[batchSize];
        for (int row = 0; row < batchSize; row++) {
            samples[row] = images.select(0, row);
        }
    }

    /** Reads a sample into a row, changed by the transform if there is one. */
    void read(int row, int sample, SampleTransform transform, long augmentKey, int epoch) {
        data.read(sample, samples[row]);
        labels.setLong(data.label(sample), row);
        if (transform != null) {
            transform.apply(samples[row], new Philox.Stream(augmentKey, epoch, sample));
        }
    }

    /** The batch of the first {@code size} rows; the others become padding. */
    Batch batch(int size, int index) {
        for (int row = size; row < samples.length; row++) {
            samples[row].fill(0);
            labels.setLong(Batch.PADDING_LABEL, row);
        }
        return new Batch(images, labels, size, index);
    }
}

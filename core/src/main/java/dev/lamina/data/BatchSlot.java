package dev.lamina.data;

import dev.lamina.tensor.DType;
import dev.lamina.tensor.Philox;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.Optional;

/** The memory of one batch, filled again and again. Different rows may be read by different threads; the rest has one owner at a time. */
final class BatchSlot {
    private final BatchLoader loader;
    private final Tensor images;
    private final Tensor labels;
    private final Tensor[] samples;
    private final BatchMixer mixer;

    BatchSlot(BatchLoader loader) {
        Shape sample = loader.data().sampleShape();
        int batchSize = loader.options().batchSize();
        this.loader = loader;
        images = Tensor.zeros(loader.data().sampleType(), Shape.of(batchSize, sample.dim(0), sample.dim(1), sample.dim(2)));
        labels = Tensor.zeros(DType.INT32, Shape.of(batchSize));
        samples = new Tensor[batchSize];
        for (int row = 0; row < batchSize; row++) {
            samples[row] = images.select(0, row);
        }
        mixer = loader.mixing().map(mixing -> new BatchMixer(mixing, sample, batchSize)).orElse(null);
    }

    /** Reads a sample into a row. */
    void read(int row, int sample, int epoch) {
        loader.reader().read(loader.data(), sample, samples[row], new Philox.Stream(loader.augmentKey(), epoch, sample));
        labels.setLong(loader.data().label(sample), row);
    }

    /** The batch of the first {@code size} rows, which hold the samples {@code order[from ..]}; the others become padding. */
    Batch batch(int size, int index, int[] order, int from, int epoch) {
        for (int row = size; row < samples.length; row++) {
            samples[row].fill(0);
            labels.setLong(Batch.PADDING_LABEL, row);
        }
        if (mixer == null) {
            return new Batch(images, labels, size, index);
        }
        mixer.mix(images, labels, size, order, from, loader.mixKey(), epoch);
        return new Batch(images, labels, Optional.of(mixer.mix()), size, index);
    }
}

package dev.lamina.data;

import dev.lamina.tensor.Tensor;
import java.util.Optional;

/**
 * Some samples for one training step. The tensors belong to the loader, which fills them again: a batch is valid until the next call of
 * {@code next()} or {@code close()} on the iterator it came from.
 *
 * <p>The tensors always have the full batch size {@code B}, so that one compiled step fits every batch. In the last batch of an epoch
 * {@code size} may be less; the rows from {@code size} on are then padding, with pixels 0 and label {@link #PADDING_LABEL}, which
 * cross-entropy ignores by default. {@link #trimmed()} leaves the padding out.
 *
 * @param images uint8 {@code [B, C, H, W]}, 0 to 255
 * @param labels int32 {@code [B]}
 * @param mix what the samples were mixed with, if they were
 * @param size samples in this batch, in {@code [1, B]}
 * @param index number of this batch in its epoch, from 0
 */
public record Batch(Tensor images, Tensor labels, Optional<Mix> mix, int size, int index) {
    /** Label of a padding row; the default {@code ignoreIndex} of cross-entropy. */
    public static final int PADDING_LABEL = -100;

    /**
     * Second labels of mixed samples.
     *
     * @param labels int32 {@code [B]}: labels of the samples that were mixed in; {@link #PADDING_LABEL} in padding rows
     * @param shares float32 {@code [B]}: how much of a sample is its own, 0 to 1; the rest belongs to the second label
     */
    public record Mix(Tensor labels, Tensor shares) {
        private Mix first(int size) {
            return new Mix(labels.slice(0, 0, size), shares.slice(0, 0, size));
        }
    }

    /** A batch of samples that were not mixed. */
    public Batch(Tensor images, Tensor labels, int size, int index) {
        this(images, labels, Optional.empty(), size, index);
    }

    /** This batch without padding rows: views of shape {@code [size, C, H, W]} and {@code [size]}, valid as long as this batch. */
    public Batch trimmed() {
        if (size == labels.shape().dim(0)) {
            return this;
        }
        return new Batch(images.slice(0, 0, size), labels.slice(0, 0, size), mix.map(m -> m.first(size)), size, index);
    }
}

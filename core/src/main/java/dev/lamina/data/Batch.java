package dev.lamina.data;

import dev.lamina.tensor.Tensor;

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
 * @param size samples in this batch, in {@code [1, B]}
 * @param index number of this batch in its epoch, from 0
 */
public record Batch(Tensor images, Tensor labels, int size, int index) {
    /** Label of a padding row; the default {@code ignoreIndex} of cross-entropy. */
    public static final int PADDING_LABEL = -100;

    /** This batch without padding rows: views of shape {@code [size, C, H, W]} and {@code [size]}, valid as long as this batch. */
    public Batch trimmed() {
        return size == labels.shape().dim(0) ? this : new Batch(images.slice(0, 0, size), labels.slice(0, 0, size), size, index);
    }
}

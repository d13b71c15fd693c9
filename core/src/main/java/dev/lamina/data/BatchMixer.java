package dev.lamina.data;

import dev.lamina.tensor.DType;
import dev.lamina.tensor.Philox;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Mixes the samples of one batch in place. Not thread-safe: belongs to a slot. */
final class BatchMixer {
    private final Mixing mixing;
    private final Batch.Mix mix;
    private final int channels;
    private final int height;
    private final int width;
    private final byte[] first;
    private byte[] own;
    private byte[] other;

    BatchMixer(Mixing mixing, Shape sample, int batchSize) {
        this.mixing = mixing;
        mix = new Batch.Mix(Tensor.zeros(DType.INT32, Shape.of(batchSize)), Tensor.zeros(DType.FLOAT32, Shape.of(batchSize)));
        channels = (int) sample.dim(0);
        height = (int) sample.dim(1);
        width = (int) sample.dim(2);
        first = new byte[Math.multiplyExact(channels, Math.multiplyExact(height, width))];
        own = new byte[first.length];
        other = new byte[first.length];
    }

    Batch.Mix mix() {
        return mix;
    }

    /**
     * Mixes the first rows; the others become padding.
     *
     * @param order index of each row's sample, from {@code from} on
     */
    void mix(Tensor images, Tensor labels, int size, int[] order, int from, long key, int epoch) {
        MemorySegment pixels = images.memory();
        copy(pixels, 0, first);
        copy(pixels, 0, own);
        for (int row = 0; row < size; row++) {
            int partner = row + 1 == size ? 0 : row + 1;
            if (partner == 0) {
                System.arraycopy(first, 0, other, 0, first.length);
            } else {
                copy(pixels, partner, other);
            }
            Philox.Stream random = new Philox.Stream(key, epoch, order[from + row]);
            float share = switch (mixing.kind()) {
                case MIXUP -> blend((float) mixing.share(random));
                case CUTMIX -> paste(mixing.share(random), random);
            };
            MemorySegment.copy(own, 0, pixels, ValueLayout.JAVA_BYTE, (long) row * own.length, own.length);
            mix.labels().setLong(labels.getLong(partner), row);
            mix.shares().set(share, row);
            byte[] done = own;
            own = other;
            other = done;
        }
        for (int row = size; row < mix.labels().elements(); row++) {
            mix.labels().setLong(Batch.PADDING_LABEL, row);
            mix.shares().set(1, row);
        }
    }

    private static void copy(MemorySegment pixels, int row, byte[] into) {
        MemorySegment.copy(pixels, ValueLayout.JAVA_BYTE, (long) row * into.length, into, 0, into.length);
    }

    private float blend(float drawn) {
        float share = Math.max(drawn, 1 - drawn);
        for (int i = 0; i < own.length; i++) {
            int a = own[i] & 0xff;
            int b = other[i] & 0xff;
            own[i] = (byte) (int) (b + share * (a - b) + 0.5f);
        }
        return share;
    }

    private float paste(double drawn, Philox.Stream random) {
        double side = Math.sqrt(1 - drawn);
        int h = (int) (side * height);
        int w = (int) (side * width);
        int top = random.nextInt(height) - h / 2;
        int left = random.nextInt(width) - w / 2;
        int y0 = Math.max(0, top);
        int y1 = Math.min(height, top + h);
        int x0 = Math.max(0, left);
        int x1 = Math.min(width, left + w);
        int count = Math.max(0, x1 - x0);
        for (int c = 0; c < channels; c++) {
            for (int y = y0; y < y1; y++) {
                int at = (c * height + y) * width + x0;
                System.arraycopy(other, at, own, at, count);
            }
        }
        return 1 - (float) (Math.max(0, y1 - y0) * count) / (height * width);
    }
}

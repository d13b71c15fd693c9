package dev.lamina.data;

import dev.lamina.tensor.DType;
import dev.lamina.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Sums over all pixels of a data set: of each channel, and of the products of each two. Exact integers, so that the number of threads that
 * read the samples does not matter. Immutable and thread-safe.
 */
public final class PixelSums {
    private static final int CHUNK = 64;

    private final int channels;
    private final double pixels;
    private final long[] sums;

    private PixelSums(int channels, double pixels, long[] sums) {
        this.channels = channels;
        this.pixels = pixels;
        this.sums = sums;
    }

    /**
     * Reads all samples. If reading fails, the failure of the first chunk of samples is thrown, whichever thread was faster.
     *
     * @throws IllegalArgumentException if there are no samples, or they are not uint8
     */
    public static PixelSums of(Dataset data) {
        if (data.size() == 0 || data.sampleType() != DType.UINT8) {
            throw new IllegalArgumentException("data \"" + data.name() + "\": channel statistics of " + data.size() + " "
                    + data.sampleType() + " samples, needs at least one, uint8.");
        }
        int channels = (int) data.sampleShape().dim(0);
        int chunks = Math.ceilDiv(data.size(), CHUNK);
        RuntimeException[] failures = new RuntimeException[chunks];
        long[] sums = IntStream.range(0, chunks).parallel().mapToObj(chunk -> {
            try {
                return sums(data, chunk * CHUNK, Math.min(data.size(), (chunk + 1) * CHUNK));
            } catch (RuntimeException e) {
                failures[chunk] = e;
                return new long[channels + channels * channels];
            }
        }).reduce(new long[channels + channels * channels], PixelSums::plus);
        Stream.of(failures).filter(Objects::nonNull).findFirst().ifPresent(e -> {
            throw e;
        });
        return new PixelSums(channels, (double) data.size() * data.sampleShape().dim(1) * data.sampleShape().dim(2), sums);
    }

    /** Mean of a channel, 0 to 255. */
    public double mean(int channel) {
        return sums[channel] / pixels;
    }

    /** Covariance of two channels, divided by the number of pixels. */
    public double covariance(int a, int b) {
        return sums[channels + Math.min(a, b) * channels + Math.max(a, b)] / pixels - mean(a) * mean(b);
    }

    private static long[] sums(Dataset data, int from, int to) {
        int channels = (int) data.sampleShape().dim(0);
        Tensor sample = Tensor.zeros(DType.UINT8, data.sampleShape());
        byte[] pixels = new byte[Math.toIntExact(sample.elements())];
        int plane = pixels.length / channels;
        long[] sums = new long[channels + channels * channels];
        for (int index = from; index < to; index++) {
            data.read(index, sample);
            MemorySegment.copy(sample.memory(), ValueLayout.JAVA_BYTE, 0, pixels, 0, pixels.length);
            for (int a = 0; a < channels; a++) {
                sums[a] += sum(pixels, a * plane, plane);
                for (int b = a; b < channels; b++) {
                    sums[channels + a * channels + b] += products(pixels, a * plane, b * plane, plane);
                }
            }
        }
        return sums;
    }

    private static long sum(byte[] pixels, int from, int count) {
        long sum = 0;
        for (int i = from; i < from + count; i++) {
            sum += pixels[i] & 0xff;
        }
        return sum;
    }

    private static long products(byte[] pixels, int a, int b, int count) {
        long sum = 0;
        for (int i = 0; i < count; i++) {
            sum += (pixels[a + i] & 0xff) * (pixels[b + i] & 0xff);
        }
        return sum;
    }

    private static long[] plus(long[] a, long[] b) {
        return IntStream.range(0, a.length).mapToLong(i -> a[i] + b[i]).toArray();
    }
}

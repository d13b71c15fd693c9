package dev.lamina.data;

import dev.lamina.tensor.DType;
import dev.lamina.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Mean and (population) standard deviation of pixels/255 for each channel; of no channel where samples are no pixels ({@link #none}).
 * Immutable and thread-safe.
 *
 * @param mean by channel, in [0, 1]
 * @param std by channel, in [0, 0.5]
 */
public record ChannelStatistics(List<Double> mean, List<Double> std) {
    private static final int CHUNK = 64;

    /** Statistics by channel; copied. */
    public ChannelStatistics {
        mean = List.copyOf(mean);
        std = List.copyOf(std);
    }

    /** No statistics: samples are float32 vectors that models take as they are. */
    public static ChannelStatistics none() {
        return new ChannelStatistics(List.of(), List.of());
    }

    /** True of {@link #none}. */
    public boolean absent() {
        return mean.isEmpty();
    }

    /**
     * Statistics of all samples, summed exactly in integers, so that the order of several threads does not matter.
     *
     * @throws IllegalArgumentException if there are no samples, or they are not uint8
     */
    public static ChannelStatistics of(Dataset data) {
        if (data.size() == 0 || data.sampleType() != DType.UINT8) {
            throw new IllegalArgumentException("data \"" + data.name() + "\": channel statistics of " + data.size() + " "
                    + data.sampleType() + " samples, needs at least one, uint8.");
        }
        int channels = (int) data.sampleShape().dim(0);
        long[] sums = IntStream.range(0, Math.ceilDiv(data.size(), CHUNK)).parallel()
                .mapToObj(chunk -> sums(data, chunk * CHUNK, Math.min(data.size(), (chunk + 1) * CHUNK)))
                .reduce(new long[2 * channels], ChannelStatistics::plus);
        List<Double> mean = new ArrayList<>();
        List<Double> std = new ArrayList<>();
        double count = (double) data.sampleShape().dim(1) * data.sampleShape().dim(2) * data.size();
        for (int channel = 0; channel < channels; channel++) {
            double m = sums[channel] / count;
            mean.add(m / 255);
            std.add(Math.sqrt(Math.max(0, sums[channels + channel] / count - m * m)) / 255);
        }
        return new ChannelStatistics(mean, std);
    }

    /** Of each channel the sum, then of each the sum of squares. */
    private static long[] sums(Dataset data, int from, int to) {
        int channels = (int) data.sampleShape().dim(0);
        int plane = (int) (data.sampleShape().dim(1) * data.sampleShape().dim(2));
        long[] sums = new long[2 * channels];
        Tensor sample = Tensor.zeros(DType.UINT8, data.sampleShape());
        MemorySegment pixels = sample.memory();
        for (int index = from; index < to; index++) {
            data.read(index, sample);
            for (int channel = 0; channel < channels; channel++) {
                for (int i = channel * plane; i < (channel + 1) * plane; i++) {
                    int value = pixels.get(ValueLayout.JAVA_BYTE, i) & 0xff;
                    sums[channel] += value;
                    sums[channels + channel] += value * value;
                }
            }
        }
        return sums;
    }

    private static long[] plus(long[] a, long[] b) {
        long[] sum = a.clone();
        for (int i = 0; i < sum.length; i++) {
            sum[i] += b[i];
        }
        return sum;
    }
}

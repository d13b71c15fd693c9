package dev.lamina.data;

import dev.lamina.tensor.DType;
import dev.lamina.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * Mean and (population) standard deviation of pixels/255 for each channel; of no channel where samples are no pixels ({@link #none}).
 * Immutable and thread-safe.
 *
 * @param mean by channel, in [0, 1]
 * @param std by channel, in [0, 0.5]
 */
public record ChannelStatistics(List<Double> mean, List<Double> std) {
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
     * Statistics of all samples, summed exactly in integers.
     *
     * @throws IllegalArgumentException if there are no samples, or they are not uint8
     */
    public static ChannelStatistics of(Dataset data) {
        if (data.size() == 0 || data.sampleType() != DType.UINT8) {
            throw new IllegalArgumentException("data \"" + data.name() + "\": channel statistics of " + data.size() + " "
                    + data.sampleType() + " samples, needs at least one, uint8.");
        }
        int channels = (int) data.sampleShape().dim(0);
        long plane = data.sampleShape().dim(1) * data.sampleShape().dim(2);
        long[] sum = new long[channels];
        long[] squares = new long[channels];
        Tensor sample = Tensor.zeros(DType.UINT8, data.sampleShape());
        MemorySegment pixels = sample.memory();
        for (int index = 0; index < data.size(); index++) {
            data.read(index, sample);
            for (int channel = 0; channel < channels; channel++) {
                for (long i = channel * plane; i < (channel + 1) * plane; i++) {
                    int value = pixels.get(ValueLayout.JAVA_BYTE, i) & 0xff;
                    sum[channel] += value;
                    squares[channel] += value * value;
                }
            }
        }
        List<Double> mean = new ArrayList<>();
        List<Double> std = new ArrayList<>();
        double count = (double) plane * data.size();
        for (int channel = 0; channel < channels; channel++) {
            double m = sum[channel] / count;
            mean.add(m / 255);
            std.add(Math.sqrt(Math.max(0, squares[channel] / count - m * m)) / 255);
        }
        return new ChannelStatistics(mean, std);
    }
}

package dev.lamina.data;

import java.util.ArrayList;
import java.util.Collections;
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

    /** Those under which pixels stay as they are, 0 to 255. */
    public static ChannelStatistics raw(int channels) {
        return new ChannelStatistics(Collections.nCopies(channels, 0.0), Collections.nCopies(channels, 1.0 / 255));
    }

    /** True of {@link #none}. */
    public boolean absent() {
        return mean.isEmpty();
    }

    /**
     * Statistics of all samples, from exact sums.
     *
     * @throws IllegalArgumentException if there are no samples, or they are not uint8
     */
    public static ChannelStatistics of(Dataset data) {
        PixelSums sums = PixelSums.of(data);
        List<Double> mean = new ArrayList<>();
        List<Double> std = new ArrayList<>();
        for (int channel = 0; channel < data.sampleShape().dim(0); channel++) {
            mean.add(sums.mean(channel) / 255);
            std.add(Math.sqrt(Math.max(0, sums.covariance(channel, channel))) / 255);
        }
        return new ChannelStatistics(mean, std);
    }
}

package dev.lamina.samples.bench;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * What one process measured of one workload, as it tells its parent.
 *
 * @param samplesPerSecond of each repetition
 * @param heapBytesPerStep Java heap allocated by step, the median of the repetitions
 * @param peakResidentBytes the most memory that was resident, 0 where the system does not tell
 * @param reorders layout changes of a step, a line each
 * @param lowered implementations in the order they run, a line each
 * @param flopsPerSample floating-point operations, by the graph
 * @param sgemmPeak FLOP/s of a large matrix product on the same backend
 * @param device what it ran on
 * @param firstStepSeconds from the start of the process to the end of the first step
 * @param onDevice further figures of {@code bench gpu}, else null
 */
record Measurement(@JsonProperty("repetitions") List<Double> samplesPerSecond, @JsonProperty("heap") double heapBytesPerStep,
        @JsonProperty("rss") long peakResidentBytes, @JsonProperty("reorders") List<String> reorders,
        @JsonProperty("lowered") List<String> lowered, @JsonProperty("flops") double flopsPerSample,
        @JsonProperty("sgemm") double sgemmPeak, @JsonProperty("device") String device,
        @JsonProperty("first_step_seconds") double firstStepSeconds, @JsonProperty("on_device") DeviceFigures onDevice) {
    /** Copies the lists. */
    Measurement {
        samplesPerSecond = List.copyOf(samplesPerSecond);
        reorders = List.copyOf(reorders);
        lowered = List.copyOf(lowered);
    }
}

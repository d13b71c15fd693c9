package dev.lamina.train;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which weights a run folder keeps beside those of the last checkpoint. Immutable and thread-safe.
 *
 * @param best whether the weights of the best epoch so far are kept in {@code weights-best.safetensors}
 * @param metric what best means
 * @param restoreBest whether training ends, early or not, with the best epoch's weights in place of the last ones
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Keeping(boolean best, Metric metric, boolean restoreBest) {
    /** The last weights only. */
    public static final Keeping LAST = new Keeping(false, Metric.LOSS, false);

    /** What tells the best epoch; the first of equals wins, NaN never does. */
    public enum Metric {
        /** The lowest test loss. */
        LOSS,
        /** The highest top-1 accuracy on the test samples. */
        TOP1;

        private double badness(EpochMetrics epoch) {
            return switch (this) {
                case LOSS -> epoch.testLoss();
                case TOP1 -> -epoch.testTop1();
            };
        }
    }

    /**
     * Checked settings.
     *
     * @throws IllegalArgumentException if the best weights are to be restored but not kept
     */
    public Keeping {
        metric = metric == null ? Metric.LOSS : metric;
        TrainConfig.require(best || !restoreBest, "restoreBest without keeping the best. Keep best,last.");
    }

    /** Whether the last epoch is the best of them. */
    boolean lastIsBest(List<EpochMetrics> history) {
        return best && !history.isEmpty() && bestEpoch(history) == history.size() - 1;
    }

    /** Position of the best epoch, -1 if there is none. */
    public int bestEpoch(List<EpochMetrics> history) {
        int found = -1;
        double least = Double.POSITIVE_INFINITY;
        for (int e = 0; e < history.size(); e++) {
            double badness = metric.badness(history.get(e));
            if (badness < least) {
                least = badness;
                found = e;
            }
        }
        return found;
    }

    Map<String, Object> settings() {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("keepBest", best);
        settings.put("keepMetric", metric);
        settings.put("restoreBest", restoreBest);
        return settings;
    }
}

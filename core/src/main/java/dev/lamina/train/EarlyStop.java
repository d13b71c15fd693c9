package dev.lamina.train;

import java.util.List;

/** When the test loss no longer falls. A function of the history alone, so that a resumed run decides the same. */
final class EarlyStop {
    private EarlyStop() { }

    /** True if the last {@code patience} epochs brought no loss below the best before them by more than {@code minDelta}. */
    static boolean reached(List<EpochMetrics> history, int patience, double minDelta) {
        if (patience == 0) {
            return false;
        }
        double best = Double.POSITIVE_INFINITY;
        int since = 0;
        for (EpochMetrics epoch : history) {
            if (epoch.testLoss() < best - minDelta) {
                best = epoch.testLoss();
                since = 0;
            } else {
                since++;
            }
        }
        return since >= patience;
    }
}

package dev.lamina.samples.runs;

import dev.lamina.train.EpochMetrics;
import dev.lamina.train.RunInfo;
import dev.lamina.train.TrainConfig;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Where a run stands, for its page. Immutable and thread-safe.
 *
 * @param config settings
 * @param backend name of the backend
 * @param device name of its device
 * @param steps steps done
 * @param history one entry a complete epoch
 * @param phase whether it goes on
 */
record RunState(TrainConfig config, String backend, String device, long steps, List<EpochMetrics> history, Phase phase) {
    /** Whether a run goes on. */
    enum Phase {
        /** A process is at it. */
        TRAINING,
        /** All epochs are done, or the loss no longer fell. */
        FINISHED,
        /** It can be resumed. */
        STOPPED,
        /** An error ended it. */
        FAILED
    }

    RunState {
        history = List.copyOf(history);
    }

    /** Of a run that no process is at. */
    static RunState of(RunInfo run) {
        return new RunState(run.config(), run.backend(), run.device(), run.steps(), run.history(),
                run.finished() ? Phase.FINISHED : Phase.STOPPED);
    }

    /** The epoch of the greatest test accuracy, the first of several. */
    static Optional<EpochMetrics> best(List<EpochMetrics> history) {
        return history.stream().filter(m -> !Double.isNaN(m.testTop1()))
                .max(Comparator.comparingDouble(EpochMetrics::testTop1).thenComparing(m -> -m.epoch()));
    }

    /** One sentence. */
    String verdict() {
        String epochs = history.size() + " of " + config.epochs() + " epochs, " + steps + " steps";
        String figures = history.isEmpty() ? "" : ": test accuracy " + Text.percent(history.getLast().testTop1()) + ", test loss "
                + Text.number(history.getLast().testLoss(), 4);
        return phase.name().toLowerCase(Locale.ROOT) + " after " + epochs + figures;
    }
}

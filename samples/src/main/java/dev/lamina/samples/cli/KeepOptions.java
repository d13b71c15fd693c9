package dev.lamina.samples.cli;

import dev.lamina.train.Averaging;
import dev.lamina.train.Keeping;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import picocli.CommandLine.Option;

/** The options of which weights a run averages and keeps. */
final class KeepOptions {
    @Option(names = "--ema", defaultValue = "0", paramLabel = "D",
            description = "average the weights, e.g. by 0.999: the share of the average that stays in a step; 0 for no averages")
    private double decay;

    @Option(names = "--ema-warmup", arity = "0..1", fallbackValue = "true", defaultValue = "false",
            description = "average by min(D, (1 + t) / (10 + t)) at step t")
    private boolean warmup;

    @Option(names = "--ema-eval", arity = "1", defaultValue = "true", paramLabel = "BOOLEAN",
            description = "whether tests use the averages and files of weights hold them; the checkpoint has both")
    private boolean evaluate;

    @Option(names = "--keep", split = ",", defaultValue = "last", paramLabel = "WHICH",
            description = "last, or best,last: weights-best.safetensors too")
    private List<String> keep;

    @Option(names = "--metric", defaultValue = "loss", paramLabel = "NAME",
            description = "what best means: loss, the lowest on the test data, or top1, the highest accuracy on them")
    private String metric;

    @Option(names = "--restore-best", arity = "0..1", fallbackValue = "true", defaultValue = "false",
            description = "end with the weights of the best epoch; needs --keep best,last")
    private boolean restoreBest;

    /** The settings of averages. */
    Averaging averaging() {
        if (!evaluate && decay == 0) {
            throw new IllegalArgumentException("train: --ema-eval false without averages. Set --ema, e.g. 0.999, or leave it out.");
        }
        return new Averaging(decay, warmup, evaluate && decay > 0);
    }

    /** The settings of what is kept. */
    Keeping keeping() {
        Set<String> which = Set.copyOf(keep);
        if (!which.contains("last") || !Set.of("best", "last").containsAll(which)) {
            throw new IllegalArgumentException("train: --keep " + String.join(",", keep) + ", needs last or best,last; the last is what "
                    + "--resume goes on from.");
        }
        Keeping.Metric by = switch (metric.toLowerCase(Locale.ROOT)) {
            case "loss" -> Keeping.Metric.LOSS;
            case "top1" -> Keeping.Metric.TOP1;
            default -> throw new IllegalArgumentException("train: --metric " + metric + ", needs loss or top1.");
        };
        if (by != Keeping.Metric.LOSS && !which.contains("best")) {
            throw new IllegalArgumentException("train: --metric " + metric + " says what best means, but the best is not kept. Add --keep "
                    + "best,last, or leave it out.");
        }
        return new Keeping(which.contains("best"), by, restoreBest);
    }
}

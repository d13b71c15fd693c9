package dev.lamina.samples.runs;

import dev.lamina.samples.page.TextTable;
import dev.lamina.train.EpochMetrics;
import dev.lamina.train.RunInfo;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** Runs as a table for people and as values for programs. Stateless. */
public final class RunList {
    private RunList() { }

    /** By what runs are put in order; those that cannot be read come last. */
    public enum Order {
        /** Name of the folder. */
        NAME(Comparator.comparing(RunEntry.Readable::name)),
        /** Model, then name. */
        MODEL(Comparator.comparing(r -> r.run().config().model())),
        /** Data set, then name. */
        DATA(Comparator.comparing(r -> r.run().config().data())),
        /** Epochs done, most first. */
        EPOCHS(Comparator.comparing(r -> -r.run().history().size())),
        /** Best test accuracy, greatest first. */
        BEST(greatestFirst(r -> RunState.best(r.history()).map(EpochMetrics::testTop1).orElse(Double.NaN))),
        /** Last test accuracy, greatest first. */
        LAST(greatestFirst(r -> last(r, EpochMetrics::testTop1))),
        /** Last test loss, smallest first. */
        LOSS(greatestFirst(r -> -last(r, EpochMetrics::testLoss))),
        /** Time of training, shortest first. */
        TIME(Comparator.comparing(r -> r.run().seconds())),
        /** When it was written to, latest first. */
        CHANGED(Comparator.comparing(RunEntry.Readable::changed).reversed());

        private final Comparator<RunEntry.Readable> comparator;

        Order(Comparator<RunEntry.Readable> comparator) {
            this.comparator = comparator;
        }

        /** NaN, for what a run lacks, comes last. */
        private static Comparator<RunEntry.Readable> greatestFirst(Function<RunInfo, Double> figure) {
            return Comparator.comparing(r -> Double.isNaN(figure.apply(r.run())) ? Double.POSITIVE_INFINITY : -figure.apply(r.run()));
        }
    }

    private static double last(RunInfo run, Function<EpochMetrics, Double> figure) {
        return run.history().isEmpty() ? Double.NaN : figure.apply(run.history().getLast());
    }

    /** The entries in an order; equal ones keep theirs. */
    public static List<RunEntry> sorted(List<RunEntry> entries, Order order, boolean reverse) {
        List<RunEntry.Readable> runs = new ArrayList<>();
        List<RunEntry> others = new ArrayList<>();
        for (RunEntry entry : entries) {
            switch (entry) {
                case RunEntry.Readable run -> runs.add(run);
                case RunEntry.Unreadable other -> others.add(other);
            }
        }
        runs.sort(reverse ? order.comparator.reversed() : order.comparator);
        List<RunEntry> sorted = new ArrayList<>(runs);
        sorted.addAll(others);
        return sorted;
    }

    /** A table of the runs, and a line for each other folder. */
    public static String text(List<RunEntry> entries) {
        TextTable table = new TextTable("run", "state", "model", "data", ">epochs", ">best top-1", ">last top-1", ">loss", ">time",
                "backend", "device");
        StringBuilder others = new StringBuilder();
        boolean any = false;
        for (RunEntry entry : entries) {
            switch (entry) {
                case RunEntry.Readable(var _, RunInfo run, var _) -> {
                    any = true;
                    table.add(entry.name(), entry.state(), run.config().model(), run.config().data(),
                            run.history().size() + "/" + run.config().epochs(),
                            Text.percent(RunState.best(run.history()).map(EpochMetrics::testTop1).orElse(Double.NaN)),
                            Text.percent(last(run, EpochMetrics::testTop1)), Text.number(last(run, EpochMetrics::testLoss), 4),
                            Text.number(run.seconds(), 1) + " s", run.backend(), run.device());
                }
                case RunEntry.Unreadable other -> others.append(String.format(Locale.ROOT, "%s: %s: %s%n", other.name(), other.state(),
                        other.reason()));
            }
        }
        return (any ? table.toString() : "") + others;
    }

    /** A map of names and values for each entry. */
    public static List<Map<String, Object>> values(List<RunEntry> entries) {
        return entries.stream().map(RunList::values).toList();
    }

    private static Map<String, Object> values(RunEntry entry) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("name", entry.name());
        values.put("folder", entry.folder().toString());
        values.put("state", entry.state());
        switch (entry) {
            case RunEntry.Unreadable other -> values.put("reason", other.reason());
            case RunEntry.Readable(var _, RunInfo run, var changed) -> {
                values.put("model", run.config().model());
                values.put("data", run.config().data());
                values.put("epochs", run.history().size());
                values.put("epochs_wanted", run.config().epochs());
                values.put("steps", run.steps());
                RunState.best(run.history()).ifPresent(best -> {
                    values.put("best_top1", best.testTop1());
                    values.put("best_epoch", best.epoch());
                    values.put("last_top1", last(run, EpochMetrics::testTop1));
                    values.put("test_loss", last(run, EpochMetrics::testLoss));
                    values.put("train_loss", last(run, EpochMetrics::trainLoss));
                });
                values.put("seconds", run.seconds());
                values.put("backend", run.backend());
                values.put("device", run.device());
                values.put("changed", changed.toString());
            }
        }
        return values;
    }
}

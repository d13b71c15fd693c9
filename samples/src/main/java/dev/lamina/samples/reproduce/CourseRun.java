package dev.lamina.samples.reproduce;

import dev.lamina.backend.Backend;
import dev.lamina.train.TrainingException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Measures rows one after the other, prints each as it comes, and writes the report after each. One thread at a time. */
public final class CourseRun {
    private static final String LINE = "%-9s %-8s %-60s %14s %12s %-9s %7s  %s%n";

    private final Backend backend;
    private final Path data;
    private final Path folder;
    private final PrintWriter out;
    /** Figures of an earlier run whose rows are not asked for now: they stay in the report. */
    private List<Outcome> kept = List.of();

    /**
     * A run.
     *
     * @param data folder of the data sets
     * @param folder for the report
     * @param out for people
     */
    public CourseRun(Backend backend, Path data, Path folder, PrintWriter out) {
        this.backend = backend;
        this.data = data;
        this.folder = folder;
        this.out = out;
    }

    /**
     * Measures rows.
     *
     * @param resume take figures of the same rows from the report in the folder
     * @return true if every figure is in its band
     */
    public boolean run(List<Row> rows, boolean resume) throws IOException {
        List<Outcome> known = resume ? Report.read(folder).outcomes() : List.of();
        kept = known.stream().filter(o -> rows.stream().noneMatch(r -> r.section() == o.section() && r.name().equals(o.name()))).toList();
        Map<Integer, Outcome> outcomes = new TreeMap<>();
        for (int i = 0; i < rows.size(); i++) {
            Row row = rows.get(i);
            Optional<Outcome> before = known.stream().filter(o -> o.answers(row)).findFirst();
            if (before.isPresent()) {
                outcomes.put(i, before.get());
            }
        }
        out.printf(LINE, "", "section", "what", "expected", "measured", "", "s", "");
        outcomes.values().forEach(o -> print("before", o, ""));
        measure(rows, outcomes);
        long missed = outcomes.values().stream().filter(o -> !o.passed()).count();
        out.printf(Locale.ROOT, "%n%d of %d figures are in their bands, %.0f s; %s%n", outcomes.size() - missed, outcomes.size(),
                outcomes.values().stream().mapToDouble(Outcome::seconds).sum(), folder.resolve(Report.JSON));
        out.flush();
        return missed == 0;
    }

    private void measure(List<Row> rows, Map<Integer, Outcome> outcomes) throws IOException {
        Laboratory laboratory = new Laboratory(backend, data);
        double planned = 0;
        double spent = 0;
        for (int i = 0; i < rows.size(); i++) {
            if (outcomes.containsKey(i)) {
                continue;
            }
            Outcome outcome = measure(laboratory, rows.get(i));
            outcomes.put(i, outcome);
            planned += rows.get(i).seconds();
            spent += outcome.seconds();
            double left = 0;
            for (int k = i + 1; k < rows.size(); k++) {
                left += outcomes.containsKey(k) ? 0 : rows.get(k).seconds();
            }
            // Until something has been measured the plan is believed, then it is scaled by what it was worth so far.
            double eta = left * (planned > 0 ? spent / planned : 1);
            print("%d/%d".formatted(outcomes.size(), rows.size()), outcome, left == 0 ? "" : "%.0f s left".formatted(eta));
            List<Outcome> all = new ArrayList<>(kept);
            all.addAll(outcomes.values());
            all.sort(Comparator.comparingInt(Outcome::section));
            new Report(backend.name(), backend.device().name(), all).write(folder);
        }
    }

    private static Outcome measure(Laboratory laboratory, Row row) {
        long start = System.nanoTime();
        try {
            double figure = row.measure().measure(laboratory);
            return Outcome.of(row, figure, (System.nanoTime() - start) / 1e9);
        } catch (IOException | TrainingException e) {
            return Outcome.failed(row, e.getMessage(), (System.nanoTime() - start) / 1e9);
        }
    }

    private void print(String count, Outcome outcome, String left) {
        out.printf(LINE, count, outcome.section(), outcome.name(), outcome.expectedText(), outcome.figureText(), outcome.verdict(),
                String.format(Locale.ROOT, "%.1f", outcome.seconds()), outcome.problem() == null ? left : outcome.problem());
        out.flush();
    }
}

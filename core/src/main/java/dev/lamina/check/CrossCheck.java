package dev.lamina.check;

import dev.lamina.backend.Backend;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.CompileOptions.Pass;
import dev.lamina.backend.CompileOptions.Precision;
import dev.lamina.backend.State;
import dev.lamina.check.Judge.Finding;
import dev.lamina.graph.Value;
import dev.lamina.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Computes one graph on several sides and names the first node that is wrong. Immutable and thread-safe.
 *
 * <p>Each node of each side is judged by the operands that this side really had: a judge, the reference backend, computes the node again
 * from them in float64 and rounds once. What comes out may differ by what rounding in the node itself explains, and by nothing that came
 * before. So the tolerance depends on the node alone, no error hides in the accumulated ones of those before, no decision that hangs on the
 * last bit is counted against a side, and of several nodes that look wrong each is.
 *
 * <p>Each side but the judge runs a step three times from one state: twice with every value kept, on memory that is filled with one and
 * with another pattern first (elements that show them were not written), and once as compiled for use, where what is fused is judged as
 * one.
 *
 * @see Judge
 */
public final class CrossCheck {
    private final Backend judge;
    private final int steps;
    private final CheckListener listener;

    private CrossCheck(Backend judge, int steps, CheckListener listener) {
        this.judge = judge;
        this.steps = steps;
        this.listener = listener;
    }

    /** A check of one step, judged by a backend that computes every op in float64, or as near to it as it can: the reference. */
    public static CrossCheck against(Backend judge) {
        return new CrossCheck(judge, 1, (_, _) -> { });
    }

    /**
     * This check over several steps, each side going on from its own state.
     *
     * @throws IllegalArgumentException if steps is less than 1
     */
    public CrossCheck steps(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("check: steps = " + count + ", needs >= 1.");
        }
        return new CrossCheck(judge, count, listener);
    }

    /** This check, telling how far it has come. */
    public CrossCheck listening(CheckListener other) {
        return new CrossCheck(judge, steps, other);
    }

    /**
     * Checks a subject on all sides.
     *
     * @param sides at least one; the others are compared with the first for how far apart they are
     * @throws IllegalArgumentException if there is no side, or two have one label
     * @throws dev.lamina.backend.BackendException if a side's backend cannot run the graph
     * @throws dev.lamina.graph.GraphException if a planted fault does not fit its node
     */
    public CheckReport check(Subject subject, List<Side> sides) {
        requireLabels(sides);
        long start = System.nanoTime();
        try (Owned owned = new Owned()) {
            List<SideRun> runs = new ArrayList<>();
            sides.forEach(side -> runs.add(owned.own(new SideRun(subject, side))));
            Bench bench = new Bench(subject, judge, owned);
            List<Findings> kept = findings(subject, sides);
            List<Findings> used = findings(subject, sides);
            Optional<Drift> drift = steps > 1 ? Optional.of(owned.own(new Drift(subject, sides.getFirst(), sides)))
                    .filter(Drift::hasStates) : Optional.empty();
            for (int step = 0; step < steps; step++) {
                step(step, sides, runs, bench, kept, used);
                Map<String, State> others = new LinkedHashMap<>();
                for (int i = 1; i < sides.size(); i++) {
                    others.put(sides.get(i).label(), runs.get(i).state());
                }
                int done = step;
                drift.ifPresent(d -> d.step(done, runs.getFirst().state(), others));
            }
            List<SideReport> reports = new ArrayList<>();
            for (int i = 0; i < sides.size(); i++) {
                Side side = sides.get(i);
                reports.add(new SideReport(side.label(), side.backend().name(), side.backend().device().name(), side.options(),
                        kept.get(i).reports(), used.get(i).reports()));
            }
            return new CheckReport(subject.name(), subject.graph(), steps, reports, drift.map(Drift::report),
                    (System.nanoTime() - start) / 1e9);
        }
    }

    private void step(int step, List<Side> sides, List<SideRun> runs, Bench bench, List<Findings> kept, List<Findings> used) {
        Map<Value, Tensor> firstKept = null;
        for (int i = 0; i < sides.size(); i++) {
            SideRun run = runs.get(i);
            Side side = sides.get(i);
            boolean judged = side.backend() != judge || side.fault().isPresent();
            SideRun.Values values = judged ? run.step(step) : run.keptStep(step);
            firstKept = i == 0 ? values.kept() : firstKept;
            if (judged) {
                kept.get(i).add(step, bench.judge(run.keptValues(), values.sources(), values.kept(), side), values.kept(), values.again(),
                        firstKept);
                used.get(i).add(step, bench.judge(run.usedValues(), values.sources(), values.used(), side), values.used(), values.used(),
                        i == 0 ? values.used() : firstKept);
            }
            listener.done(step * sides.size() + i + 1, steps * sides.size());
        }
    }

    /**
     * Runs step 0 several times from one state and compares bits.
     *
     * @param runs how often, at least 2
     * @throws IllegalArgumentException if runs is less than 2
     */
    public RepeatReport repeat(Subject subject, Side side, int runs) {
        if (runs < 2) {
            throw new IllegalArgumentException("check: repeat = " + runs + ", needs >= 2.");
        }
        try (SideRun run = new SideRun(subject, side)) {
            Repetition repetition = new Repetition(subject.graph(), run.repeat());
            for (int i = 1; i < runs; i++) {
                repetition.add(run.repeat());
                listener.done(i + 1, runs);
            }
            return repetition.report(side.label(), runs);
        }
    }

    /**
     * Switches off what makes a side fast, one after another, and narrow precision last, until it agrees. A side that agrees as given is
     * tried once.
     */
    public BisectReport bisect(Subject subject, Side side) {
        List<BisectReport.Trial> trials = new ArrayList<>();
        for (Map.Entry<String, CompileOptions> change : changes(side.options()).entrySet()) {
            CheckReport report = check(subject, List.of(side.with(change.getValue())));
            trials.add(new BisectReport.Trial(change.getKey(), change.getValue(), report.agrees(),
                    report.firstDivergent().map(d -> d.node().node().name()).orElse("")));
            if (report.agrees()) {
                break;
            }
        }
        return new BisectReport(side.label(), trials);
    }

    private static Map<String, CompileOptions> changes(CompileOptions given) {
        Map<String, CompileOptions> changes = new LinkedHashMap<>();
        changes.put("as given", given);
        for (Pass pass : Pass.values()) {
            if (given.passes().contains(pass)) {
                changes.put("without " + pass, given.without(pass));
            }
        }
        if (given.precision() != Precision.FLOAT32) {
            changes.put("precision float32", given.withPrecision(Precision.FLOAT32));
        }
        return changes;
    }

    private static List<Findings> findings(Subject subject, List<Side> sides) {
        return sides.stream().map(side -> new Findings(subject.graph(), side.options().deterministic())).toList();
    }

    private static void requireLabels(List<Side> sides) {
        Set<String> labels = new HashSet<>();
        sides.forEach(side -> {
            if (!labels.add(side.label())) {
                throw new IllegalArgumentException("check: two sides are labelled \"" + side.label() + "\"; give each its own label.");
            }
        });
        if (sides.isEmpty()) {
            throw new IllegalArgumentException("check: there is no side to check; give at least one.");
        }
    }

    /** Judges, one for each set of values that sides can give. */
    private record Bench(Subject subject, Backend backend, Owned owned, Map<Set<Value>, Judge> judges) {
        Bench(Subject subject, Backend backend, Owned owned) {
            this(subject, backend, owned, new HashMap<>());
        }

        Map<Value, Finding> judge(Set<Value> known, Map<Value, Tensor> sources, Map<Value, Tensor> results, Side side) {
            Judge judge = judges.computeIfAbsent(known, set -> owned.own(new Judge(backend, subject.graph(), set, set)));
            Map<Value, Tensor> operands = new HashMap<>(sources);
            operands.putAll(results);
            return judge.judge(operands, results, side.options().precision());
        }
    }
}

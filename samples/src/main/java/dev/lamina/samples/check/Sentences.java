package dev.lamina.samples.check;

import dev.lamina.check.BisectReport;
import dev.lamina.check.CheckReport;
import dev.lamina.check.DriftReport;
import dev.lamina.check.Explanation;
import dev.lamina.check.Figures;
import dev.lamina.check.NodeReport;
import dev.lamina.check.RepeatReport;
import dev.lamina.check.SideReport;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What a check found, in plain sentences. */
final class Sentences {
    private Sentences() { }

    /** What is wrong with the first node that failed on a side; empty if none did. */
    static Optional<String> firstDivergent(SideReport side) {
        return side.firstDivergent().map(node -> Explanation.of(side, node));
    }

    /** The nodes at which NaN or infinity begins on a side. */
    static List<NodeReport> origins(SideReport side) {
        return side.nodes().stream().filter(NodeReport::nonFiniteOrigin).toList();
    }

    /** The last line of a report. */
    static String conclusion(CheckResult result) {
        CheckReport report = result.report();
        String first = report.sides().getFirst().label();
        String others = report.sides().stream().skip(1).map(SideReport::label).collect(Collectors.joining(" and "));
        String pair = others.isEmpty() ? first + (result.agrees() ? " agrees" : " does not agree") + " with float64"
                : others + agreement(result.agrees(), report.sides().size() > 2) + " with " + first;
        if (!result.agrees()) {
            return pair + ": " + reason(result);
        }
        Row worst = Row.of(report).stream().filter(r -> others.isEmpty() || !r.side().equals(first))
                .max(Comparator.comparingDouble(Row::ratio)).orElse(null);
        int nodes = report.sides().getLast().nodes().size();
        return pair + ": " + nodes + " nodes" + (worst == null ? "" : ", worst " + worst.name() + " at " + Figures.ratio(worst.ratio())
                + " of its tolerance" + (report.sides().size() > 2 ? " on " + worst.side() : ""));
    }

    private static String agreement(boolean agrees, boolean several) {
        return agrees ? several ? " agree" : " agrees" : several ? " do not agree" : " does not agree";
    }

    private static String reason(CheckResult result) {
        Optional<CheckReport.Divergence> divergence = result.report().firstDivergent();
        if (divergence.isPresent()) {
            return "first at " + divergence.get().node().node().name() + " on " + divergence.get().side().label() + " ("
                    + divergence.get().node().verdict().label() + ")";
        }
        Optional<DriftReport.Row> drift = result.report().drift().flatMap(d -> d.rows().stream().filter(Sentences::tooFar).findFirst());
        if (drift.isPresent()) {
            return Explanation.of(drift.get());
        }
        RepeatReport repeat = result.repeats().stream().filter(r -> !r.agrees()).findFirst().orElseThrow();
        return repeat.side() + " gives other bits from run to run, first at " + repeat.varying().getFirst().node().name();
    }

    static boolean tooFar(DriftReport.Row row) {
        return !(row.apart() <= row.allowed());
    }

    /** What a bisection found. */
    static String culprit(BisectReport report) {
        if (report.trials().getFirst().agrees()) {
            return report.side() + ": agrees as given, there is nothing to bisect";
        }
        return report.culprit().map(trial -> report.side() + ": " + trial.change() + " it agrees")
                .orElse(report.side() + ": no single switch makes it agree, so the fault is in what all of them share");
    }
}

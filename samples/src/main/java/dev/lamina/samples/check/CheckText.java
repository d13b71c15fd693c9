package dev.lamina.samples.check;

import dev.lamina.check.BisectReport;
import dev.lamina.check.DriftReport;
import dev.lamina.check.Figures;
import dev.lamina.check.NodeReport;
import dev.lamina.check.RepeatReport;
import dev.lamina.check.SideReport;
import java.io.PrintWriter;
import dev.lamina.samples.page.TextTable;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A check for people at a terminal. */
public final class CheckText {
    private static final int LONGEST_NAME = 44;

    private CheckText() { }

    /**
     * Prints a check: the worst nodes, what failed first on each side, where NaN begins, drift, audits, bisections, and one line that
     * says it all.
     *
     * @param most how many nodes are listed at most
     */
    public static void print(CheckResult result, int most, PrintWriter out) {
        List<Row> rows = Row.of(result.report()).stream().sorted(Row.WORST_FIRST).toList();
        out.print(table(rows.subList(0, Math.min(most, rows.size()))));
        if (rows.size() > most) {
            out.printf("%d more; --all lists them%n", rows.size() - most);
        }
        result.report().sides().forEach(side -> findings(side, out));
        result.report().drift().ifPresent(drift -> drift(drift, out));
        result.repeats().forEach(repeat -> repeat(repeat, out));
        result.bisects().forEach(bisect -> bisect(bisect, out));
        out.printf("%n%s%n", Sentences.conclusion(result));
        out.flush();
    }

    private static TextTable table(List<Row> rows) {
        TextTable table = new TextTable("verdict", "side", "node", "op", "shape", ">rel error", ">tolerance", ">ratio", "worst at",
                ">expected", ">actual", ">apart");
        for (Row row : rows) {
            NodeReport node = row.node();
            Optional<NodeReport.Element> worst = node.worst();
            table.add(node.verdict().label(), row.side(), shortened(row.name()), shortened(row.op()), row.shape(),
                    Figures.error(node.relative()), Figures.error(node.tolerance()), Figures.ratio(row.ratio()),
                    worst.map(Figures::position).orElse(""), worst.map(e -> Figures.element(e.expected())).orElse(""),
                    worst.map(e -> Figures.element(e.actual())).orElse(""), Figures.error(node.apart()));
        }
        return table;
    }

    private static String shortened(String name) {
        return name.length() <= LONGEST_NAME ? name : "..." + name.substring(name.length() - LONGEST_NAME + 3);
    }

    private static void findings(SideReport side, PrintWriter out) {
        Sentences.firstDivergent(side).ifPresent(text -> out.printf("%n%s%n", text));
        for (NodeReport origin : Sentences.origins(side)) {
            out.printf("%s: NaN or infinity begins at %s.%n", side.label(), origin.node());
        }
        side.nodes().stream().filter(n -> n.unwritten() > 0)
                .forEach(n -> out.printf("%s: %s left %d elements unwritten.%n", side.label(), n.node(), n.unwritten()));
    }

    private static void drift(DriftReport drift, PrintWriter out) {
        TextTable table = new TextTable(">step", "side", "variable furthest apart", ">apart", ">allowed", "");
        for (DriftReport.Row row : drift.rows()) {
            table.add(Integer.toString(row.step() + 1), row.side(), row.variable(), Figures.error(row.apart()),
                    Figures.error(row.allowed()), Sentences.tooFar(row) ? "too far" : "");
        }
        out.printf("%ndrift of all variables together, as a share of the way they have gone:%n%s", table);
    }

    private static void repeat(RepeatReport repeat, PrintWriter out) {
        if (repeat.agrees()) {
            out.printf("%n%s: %d runs gave equal bits at every node.%n", repeat.side(), repeat.runs());
            return;
        }
        TextTable table = new TextTable("node", "op", ">runs apart", ">elements", "first at", ">largest difference", "");
        for (RepeatReport.Varying varying : repeat.varying()) {
            table.add(shortened(varying.node().name()), varying.node().op().name(), Integer.toString(varying.runsApart()),
                    Long.toString(varying.elements()), Figures.position(varying.position()), Figures.error(varying.largest()),
                    varying.operandsVary() ? "its operands vary too" : "begins here");
        }
        out.printf("%n%s: %d nodes gave other bits in %d runs:%n%s", repeat.side(), repeat.varying().size(), repeat.runs(), table);
    }

    private static void bisect(BisectReport bisect, PrintWriter out) {
        TextTable table = new TextTable("options", "agrees", "first that fails");
        for (BisectReport.Trial trial : bisect.trials()) {
            table.add(trial.change().toLowerCase(Locale.ROOT), trial.agrees() ? "yes" : "no", trial.firstDivergent());
        }
        out.printf("%nbisecting %s:%n%s%s%n", bisect.side(), table, Sentences.culprit(bisect));
    }
}

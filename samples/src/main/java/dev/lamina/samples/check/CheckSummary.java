package dev.lamina.samples.check;

import dev.lamina.check.BisectReport;
import dev.lamina.check.DriftReport;
import dev.lamina.check.Figures;
import dev.lamina.check.NodeReport;
import dev.lamina.check.RepeatReport;
import dev.lamina.check.SideReport;
import dev.lamina.check.Verdict;
import dev.lamina.samples.page.Html;
import java.util.Map;

/** The parts of the page beside the graph: what came out above it, and below it what was checked and everything else. */
final class CheckSummary {
    private final StringBuilder html = new StringBuilder();

    private CheckSummary() { }

    static String header(CheckResult result) {
        CheckSummary summary = new CheckSummary();
        summary.writeHeader(result);
        return summary.html.toString();
    }

    static String cards(CheckResult result) {
        CheckSummary summary = new CheckSummary();
        summary.writeCards(result);
        return summary.html.toString();
    }

    private void writeHeader(CheckResult result) {
        html.append("<header class=\"").append(result.agrees() ? "good" : "bad").append("\"><h1>")
                .append(escape(result.report().subject())).append("</h1><p class=\"verdict\">")
                .append(escape(Sentences.conclusion(result))).append("</p>");
        for (SideReport side : result.report().sides()) {
            Sentences.firstDivergent(side).ifPresent(this::paragraph);
            for (NodeReport origin : Sentences.origins(side)) {
                paragraph(side.label() + ": NaN or infinity begins at " + origin.node() + ".");
            }
        }
        html.append("</header>");
    }

    private void writeCards(CheckResult result) {
        html.append("<section class=\"cards\">");
        sides(result);
        facts("Settings", result.settings());
        facts("Versions", result.versions());
        facts("Not checked", result.absent());
        result.report().drift().ifPresent(this::drift);
        result.repeats().forEach(this::repeat);
        result.bisects().forEach(this::bisect);
        html.append("</section>");
    }

    private void paragraph(String text) {
        html.append("<p>").append(escape(text)).append("</p>");
    }

    private void sides(CheckResult result) {
        open("Sides", "side", "device", "precision", "nodes", "agree", "fail", "not judged");
        for (SideReport side : result.report().sides()) {
            if (side.nodes().isEmpty()) {
                row(side.label(), side.device(), side.options().precision().label(), "the judge", "", "", "");
                continue;
            }
            row(side.label(), side.device(), side.options().precision().label(), Integer.toString(side.nodes().size()),
                    count(side, Verdict.AGREES), Long.toString(side.nodes().stream().filter(n -> n.verdict().failed()).count()),
                    count(side, Verdict.NOT_JUDGED));
        }
        close();
    }

    private static String count(SideReport side, Verdict verdict) {
        return Long.toString(side.nodes().stream().filter(n -> n.verdict() == verdict).count());
    }

    private void facts(String title, Map<String, String> facts) {
        if (!facts.isEmpty()) {
            open(title);
            facts.forEach(this::row);
            close();
        }
    }

    private void drift(DriftReport drift) {
        open("Drift", "step", "side", "furthest apart", "apart", "allowed", "");
        for (DriftReport.Row row : drift.rows()) {
            row(Integer.toString(row.step() + 1), row.side(), row.variable(), Figures.error(row.apart()), Figures.error(row.allowed()),
                    Sentences.tooFar(row) ? "too far" : "");
        }
        close();
    }

    private void repeat(RepeatReport repeat) {
        open(repeat.runs() + " runs of " + repeat.side(), "node", "runs apart", "elements", "largest", "");
        for (RepeatReport.Varying varying : repeat.varying()) {
            row(varying.node().name(), Integer.toString(varying.runsApart()), Long.toString(varying.elements()),
                    Figures.error(varying.largest()), varying.operandsVary() ? "operands vary too" : "begins here");
        }
        if (repeat.agrees()) {
            row("all bits equal", "", "", "", "");
        }
        close();
    }

    private void bisect(BisectReport bisect) {
        open("Bisecting " + bisect.side(), "options", "agrees", "first that fails");
        bisect.trials().forEach(trial -> row(trial.change(), trial.agrees() ? "yes" : "no", trial.firstDivergent()));
        html.append("</table>");
        paragraph(Sentences.culprit(bisect));
        html.append("</div>");
    }

    private void open(String title, String... headings) {
        html.append("<div class=\"card\"><h2>").append(escape(title)).append("</h2><table>");
        if (headings.length > 0) {
            html.append("<tr>");
            for (String heading : headings) {
                html.append("<th>").append(escape(heading)).append("</th>");
            }
            html.append("</tr>");
        }
    }

    private void row(String... cells) {
        html.append("<tr>");
        for (String cell : cells) {
            html.append("<td>").append(escape(cell)).append("</td>");
        }
        html.append("</tr>");
    }

    private void close() {
        html.append("</table></div>");
    }

    private static String escape(String text) {
        return Html.escape(text);
    }
}

package dev.lamina.samples.compare;

import dev.lamina.samples.page.Html;
import java.util.List;
import java.util.Locale;

/**
 * One HTML page without anything outside it: table, bars, pictures.
 *
 * @param title of the page
 * @param budget what all methods have in common
 */
record ComparisonPage(String title, String budget) {
    private static final int LABEL = 150;
    private static final int BAR = 520;
    private static final int ROW = 26;

    String of(List<Result> results) {
        Html page = new Html(title).header(true, budget);
        page.table("Accuracy, size and time", List.of("features", "model", ">test accuracy", ">training accuracy", ">features",
                ">parameters", ">fit s", ">vectors s", ">train s"), results.stream().map(ComparisonPage::row).toList());
        page.markup(bars(results)).note("first colour: linear model on hand-made features; second: features that are learnt");
        page.section("What they look for").cards();
        for (Result result : results) {
            result.pictures().forEach((name, picture) -> page.picture(picture, result.name() + ", " + name, result.name() + ": " + name));
        }
        return page.end().endSection().toString();
    }

    private static Html.Row row(Result r) {
        return Html.Row.of(r.name() + "\n" + r.features(), r.head() + "\n" + r.recipe(), Comparison.percent(r.accuracy()),
                Comparison.percent(r.trainAccuracy()), Long.toString(r.featureCount()), Long.toString(r.parameters()),
                Comparison.number(r.fitSeconds()), Comparison.number(r.transformSeconds()), Comparison.number(r.trainSeconds()));
    }

    /** Bars from 0 to 100 %, and beside each its error, in which good methods differ more. */
    private static String bars(List<Result> results) {
        StringBuilder text = new StringBuilder(String.format(Locale.ROOT,
                "<svg width=\"%d\" height=\"%d\" role=\"img\" aria-label=\"accuracies\" font-size=\"13\">%n", LABEL + BAR + 180,
                ROW * results.size()));
        for (int i = 0; i < results.size(); i++) {
            Result r = results.get(i);
            int middle = ROW * i + ROW / 2 + 4;
            text.append(String.format(Locale.ROOT, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>"
                    + "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" class=\"%s\"/>"
                    + "<text x=\"%.1f\" y=\"%d\">%s, error %s</text>%n", LABEL - 8, middle, Html.escape(r.name()), LABEL, ROW * i + 4,
                    BAR * r.accuracy(), ROW - 8, r.head().equals(Method.Head.LINEAR.text()) ? "bar" : "bar other",
                    LABEL + BAR * r.accuracy() + 6, middle, Comparison.percent(r.accuracy()), Comparison.percent(1 - r.accuracy())));
        }
        return text.append("</svg>\n").toString();
    }
}

package dev.lamina.samples.compare;

import dev.lamina.io.ImageFile;
import dev.lamina.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;

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
    private static final String STYLE = """
            body{font-family:sans-serif;margin:1.5em;max-width:75em} table{border-collapse:collapse}
            td,th{border:1px solid #ccc;padding:.3em .6em;text-align:right} td.l,th.l{text-align:left}
            .pictures{display:flex;flex-wrap:wrap;gap:1.5em} figure{margin:0} figcaption{font-size:.9em;margin-bottom:.3em}
            img{image-rendering:pixelated;width:30em;border:1px solid #ccc} small{color:#666} svg{margin:1em 0}
            """;

    String of(List<Result> results) throws IOException {
        StringBuilder text = new StringBuilder("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>");
        text.append(escaped(title)).append("</title>\n<style>").append(STYLE).append("</style></head><body>\n<h1>").append(escaped(title))
                .append("</h1>\n<p>").append(escaped(budget)).append("</p>\n");
        table(text, results);
        bars(text, results);
        text.append("<h2>What they look for</h2>\n<div class=\"pictures\">\n");
        for (Result result : results) {
            for (Map.Entry<String, Tensor> picture : result.pictures().entrySet()) {
                text.append("<figure><figcaption>").append(escaped(result.name() + ": " + picture.getKey()))
                        .append("</figcaption><img alt=\"").append(escaped(result.name() + ", " + picture.getKey()))
                        .append("\" src=\"data:image/png;base64,").append(png(picture.getValue())).append("\"></figure>\n");
            }
        }
        return text.append("</div>\n</body></html>\n").toString();
    }

    private static void table(StringBuilder text, List<Result> results) {
        text.append("<table><tr><th class=\"l\">features</th><th class=\"l\">model</th><th>test accuracy</th><th>training accuracy</th>"
                + "<th>features</th><th>parameters</th><th>fit s</th><th>vectors s</th><th>train s</th></tr>\n");
        for (Result r : results) {
            text.append("<tr><td class=\"l\">").append(escaped(r.name())).append("<br><small>").append(escaped(r.features()))
                    .append("</small></td><td class=\"l\">").append(escaped(r.head())).append("<br><small>").append(escaped(r.recipe()))
                    .append("</small></td>");
            for (String cell : List.of(Comparison.percent(r.accuracy()), Comparison.percent(r.trainAccuracy()),
                    Long.toString(r.featureCount()), Long.toString(r.parameters()), Comparison.number(r.fitSeconds()),
                    Comparison.number(r.transformSeconds()), Comparison.number(r.trainSeconds()))) {
                text.append("<td>").append(cell).append("</td>");
            }
            text.append("</tr>\n");
        }
        text.append("</table>\n");
    }

    /** Bars from 0 to 100 %, and beside each its error, in which good methods differ more. */
    private static void bars(StringBuilder text, List<Result> results) {
        text.append(String.format(Locale.ROOT, "<svg width=\"%d\" height=\"%d\" role=\"img\" aria-label=\"accuracies\" font-size=\"13\">%n",
                LABEL + BAR + 180, ROW * results.size()));
        for (int i = 0; i < results.size(); i++) {
            Result r = results.get(i);
            int middle = ROW * i + ROW / 2 + 4;
            text.append(String.format(Locale.ROOT, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>"
                    + "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>"
                    + "<text x=\"%.1f\" y=\"%d\">%s, error %s</text>%n", LABEL - 8, middle, escaped(r.name()), LABEL, ROW * i + 4,
                    BAR * r.accuracy(), ROW - 8, r.head().equals(Method.Head.LINEAR.text()) ? "#4878a8" : "#c8703c",
                    LABEL + BAR * r.accuracy() + 6, middle, Comparison.percent(r.accuracy()), Comparison.percent(1 - r.accuracy())));
        }
        text.append("</svg>\n<p><small>blue: linear model on hand-made features; orange: features that are learnt</small></p>\n");
    }

    /** PNG by way of a file, which is deleted at once. */
    private static String png(Tensor picture) throws IOException {
        Path file = Files.createTempFile("lamina-picture", ".png");
        try {
            ImageFile.writePng(file, picture);
            return Base64.getEncoder().encodeToString(Files.readAllBytes(file));
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }
}

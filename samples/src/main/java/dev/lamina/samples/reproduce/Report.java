package dev.lamina.samples.reproduce;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.lamina.io.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * The figures measured so far, as JSON, CSV and HTML.
 *
 * @param backend name of the backend
 * @param device name of the device
 * @param outcomes in the order of the course
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Report(String backend, String device, List<Outcome> outcomes) {
    /** Names of the files in the folder. */
    public static final String JSON = "course.json";
    private static final String CSV = "course.csv";
    private static final String HTML = "course.html";
    private static final ObjectMapper MAPPER = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    /** A copy of the list is kept. */
    public Report {
        outcomes = List.copyOf(outcomes);
    }

    /** Reads the JSON of an earlier run in this folder. */
    static Report read(Path folder) throws IOException {
        Path file = folder.resolve(JSON);
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException("reproduce: --resume, but there is no " + file + ". Leave --resume out to begin.");
        }
        return MAPPER.readValue(file.toFile(), Report.class);
    }

    /** Writes all three files. */
    void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        AtomicFiles.writeString(folder.resolve(JSON), MAPPER.writeValueAsString(this) + "\n");
        AtomicFiles.writeString(folder.resolve(CSV), csv());
        AtomicFiles.writeString(folder.resolve(HTML), html());
    }

    private String csv() {
        StringBuilder text = new StringBuilder("section,name,unit,expected,figure,verdict,seconds,settings,problem\n");
        for (Outcome o : outcomes) {
            String figure = o.figure() == null ? "" : o.figure().toString();
            String seconds = String.format(Locale.ROOT, "%.2f", o.seconds());
            String problem = o.problem() == null ? "" : quoted(o.problem());
            text.append(String.join(",", Integer.toString(o.section()), quoted(o.name()), o.unit(), quoted(o.expected()), figure,
                    o.verdict(), seconds, quoted(o.settings()), problem)).append('\n');
        }
        return text.toString();
    }

    private static String quoted(String text) {
        return '"' + text.replace("\"", "\"\"") + '"';
    }

    private String html() {
        StringBuilder text = new StringBuilder("""
                <!DOCTYPE html>
                <html lang="en"><head><meta charset="utf-8"><title>Figures of the course</title>
                <style>body{font-family:sans-serif;margin:1em} table{border-collapse:collapse}
                td,th{border:1px solid #ccc;padding:.3em .6em;text-align:left} td.n{text-align:right} tr.miss td{background:#fdd}
                small{color:#666}</style></head><body>
                <h1>Figures of the course</h1>
                """);
        text.append("<p>backend ").append(escaped(backend)).append(", ").append(escaped(device)).append("</p>\n<table><tr><th>section</th>"
                + "<th>what</th><th>expected</th><th>measured</th><th></th><th>s</th></tr>\n");
        for (Outcome o : outcomes) {
            text.append(o.passed() ? "<tr>" : "<tr class=\"miss\">").append("<td>").append(o.section()).append("</td><td>")
                    .append(escaped(o.name())).append("<br><small>").append(escaped(o.settings())).append("</small></td><td class=\"n\">")
                    .append(escaped(o.expectedText())).append("</td><td class=\"n\">").append(escaped(o.figureText())).append("</td><td>")
                    .append(o.verdict()).append(o.problem() == null ? "" : "<br><small>" + escaped(o.problem()) + "</small>")
                    .append("</td><td class=\"n\">").append(String.format(Locale.ROOT, "%.1f", o.seconds())).append("</td></tr>\n");
        }
        return text.append("</table></body></html>\n").toString();
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}

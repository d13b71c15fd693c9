package dev.lamina.samples.reproduce;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.lamina.io.AtomicFiles;
import dev.lamina.samples.page.Html;
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
        long passed = outcomes.stream().filter(Outcome::passed).count();
        Html page = new Html("Figures of the course").header(passed == outcomes.size(),
                passed + " of " + outcomes.size() + " figures are in their bands", "backend " + backend + ", " + device);
        page.table("Expected and measured", List.of(">section", "what", ">expected", ">measured", "verdict", ">s"),
                outcomes.stream().map(o -> new Html.Row(!o.passed(), List.of(Integer.toString(o.section()), o.name() + "\n" + o.settings(),
                        o.expectedText(), o.figureText(), o.verdict() + (o.problem() == null ? "" : "\n" + o.problem()),
                        String.format(Locale.ROOT, "%.1f", o.seconds())))).toList());
        return page.toString();
    }
}

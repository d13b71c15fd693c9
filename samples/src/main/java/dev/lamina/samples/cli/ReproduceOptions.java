package dev.lamina.samples.cli;

import dev.lamina.backend.Backend;
import dev.lamina.samples.reproduce.CourseRun;
import dev.lamina.samples.reproduce.Row;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of commands that measure rows of figures. */
final class ReproduceOptions {
    @Mixin
    private BackendOption backendOption;

    @Mixin
    private FolderOption folderOption;

    @Option(names = "--only", paramLabel = "REGEX", description = "rows in whose \"SECTION NAME\" this is found")
    private Pattern only;

    @Option(names = "--list", description = "print the rows and measure nothing")
    private boolean list;

    @Option(names = "--resume", description = "keep figures that are in the folder's course.json already")
    private boolean resume;

    @Option(names = "--out", paramLabel = "DIR",
            description = "folder for course.json, course.csv and course.html (runs/reproduce-course, runs/reproduce-networks)")
    private Path out;

    /** Lists or measures; the exit code. */
    int run(List<Row> all, String name, PrintWriter text) throws IOException {
        List<Row> rows = only == null ? all : Row.matching(all, only);
        if (list) {
            rows.forEach(r -> text.printf("%d %-60s %14s  %s%n", r.section(), r.name(), r.band().text() + " " + r.unit(), r.settings()));
            text.flush();
            return 0;
        }
        Path folder = out != null ? out : Runs.HOME.resolve("reproduce-" + name);
        try (Backend backend = backendOption.open(text)) {
            return new CourseRun(backend, folderOption.dir(), folder, text).run(rows, resume) ? 0 : 1;
        }
    }
}

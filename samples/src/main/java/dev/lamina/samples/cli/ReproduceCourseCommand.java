package dev.lamina.samples.cli;

import dev.lamina.backend.Backend;
import dev.lamina.samples.reproduce.Course;
import dev.lamina.samples.reproduce.CourseRun;
import dev.lamina.samples.reproduce.Row;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lamina reproduce course}: the course's figures, expected beside measured. */
@Command(name = "course", mixinStandardHelpOptions = true, showDefaultValues = true,
        description = "Measures the figures of the course on real data and prints each beside the band it is expected in. "
                + "Exit code 1 if one is missed.",
        footer = {"", "Examples:", "  lamina reproduce course --data-dir ../shared/data",
            "  lamina reproduce course --data-dir ../shared/data --only 'rings|xor'", "  lamina reproduce course --list"})
final class ReproduceCourseCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private BackendOption backendOption;

    @Mixin
    private DataOption dataOption;

    @Option(names = "--only", paramLabel = "REGEX", description = "rows in whose \"SECTION NAME\" this is found")
    private Pattern only;

    @Option(names = "--list", description = "print the rows and measure nothing")
    private boolean list;

    @Option(names = "--resume", description = "keep figures that are in the folder's course.json already")
    private boolean resume;

    @Option(names = "--out", defaultValue = "runs/reproduce-course", paramLabel = "DIR",
            description = "folder for course.json, course.csv and course.html")
    private Path out;

    @Override
    public Integer call() throws IOException {
        PrintWriter text = spec.commandLine().getOut();
        List<Row> rows = only == null ? Course.rows() : Course.rows(only);
        if (list) {
            rows.forEach(r -> text.printf("%d %-60s %14s  %s%n", r.section(), r.name(), r.band().text() + " " + r.unit(), r.settings()));
            text.flush();
            return 0;
        }
        try (Backend backend = backendOption.open(text)) {
            return new CourseRun(backend, dataOption.dir(), out, text).run(rows, resume) ? 0 : 1;
        }
    }
}

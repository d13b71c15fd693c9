package dev.lamina.samples.cli;

import dev.lamina.samples.reproduce.Course;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
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
    private ReproduceOptions options;

    @Override
    public Integer call() throws IOException {
        return options.run(Course.rows(), "course", spec.commandLine().getOut());
    }
}

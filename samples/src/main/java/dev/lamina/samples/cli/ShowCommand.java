package dev.lamina.samples.cli;

import dev.lamina.inspect.TemplatePicture;
import dev.lamina.io.ImageFile;
import dev.lamina.tensor.Tensor;
import dev.lamina.train.RunFolder;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lamina show}: what a linear model looks for, as pictures. */
@Command(name = "show", mixinStandardHelpOptions = true, showDefaultValues = true,
        description = "Draws the class templates of a linear model: its weights as images, signed colours, with their scale.",
        footer = {"", "Examples:", "  lamina show --run runs/linear-mnist"})
final class ShowCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--run", paramLabel = "RUN", description = "run folder of --model linear (the latest under runs/)")
    private Path run;

    @Option(names = "--columns", defaultValue = "5", paramLabel = "N", description = "templates in a row")
    private int columns;

    @Option(names = "--out", paramLabel = "FILE", description = "PNG file (templates.png in the run folder)")
    private Path out;

    @Override
    public Integer call() throws IOException {
        RunFolder folder = RunFolder.open(run != null ? run : Runs.latest());
        Tensor weight = folder.weights().get("fc.weight");
        if (!folder.config().model().equals("linear") || weight == null) {
            throw new IllegalArgumentException("show: " + folder.path() + " holds a run of model \"" + folder.config().model()
                    + "\", templates are those of \"linear\". Train one: lamina train --model linear.");
        }
        Path file = out != null ? out : folder.path().resolve("templates.png");
        ImageFile.writePng(file, TemplatePicture.of(weight, folder.inputShape(), folder.classNames(), columns));
        PrintWriter text = spec.commandLine().getOut();
        text.printf("templates of %d classes: %s%n", folder.classNames().size(), file);
        text.flush();
        return 0;
    }
}

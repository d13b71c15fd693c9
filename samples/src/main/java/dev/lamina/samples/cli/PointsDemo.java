package dev.lamina.samples.cli;

import dev.lamina.backend.Backend;
import dev.lamina.data.PlanePoints;
import dev.lamina.data.Vectors;
import dev.lamina.io.AtomicFiles;
import dev.lamina.samples.demo.Separability;
import dev.lamina.samples.demo.SeparabilityFrames;
import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What the demos on points of the plane share: they train, draw frames meanwhile and one figure at the end. */
abstract class PointsDemo implements Callable<Integer> {
    private static final int TEXT_COLUMNS = 32;

    @Spec
    private CommandSpec spec;

    @Mixin
    private BackendOption backendOption;

    @Option(names = "--activation", defaultValue = "relu", paramLabel = "NAME", description = ModelOption.ACTIVATION)
    private String activation;

    @Option(names = "--hidden", defaultValue = "0,3,4,8,16", split = ",", paramLabel = "H,...",
            description = "widths of the hidden layer to compare; 0 is the linear model")
    private List<Integer> hidden;

    @Option(names = "--epochs", defaultValue = "150", paramLabel = "N", description = "passes over the points")
    private int epochs;

    @Option(names = "--optimizer", defaultValue = "adam", paramLabel = "NAME", description = "sgd, momentum, nesterov, adam or adamw")
    private String optimizer;

    @Option(names = "--lr", defaultValue = "0.01", paramLabel = "RATE", description = "learning rate")
    private double rate;

    @Option(names = "--batch-size", defaultValue = "50", paramLabel = "N", description = "points in a step")
    private int batchSize;

    @Option(names = "--points", defaultValue = "500", paramLabel = "N", description = "points of each class")
    private int perClass;

    @Option(names = "--frames", defaultValue = "30", paramLabel = "N", description = "pictures during training, more at its start")
    private int frames;

    @Option(names = "--seed", defaultValue = "1", paramLabel = "N", description = "seed of points, weights and order")
    private long seed;

    @Option(names = "--text", description = "draw the regions with characters too (always on a terminal)")
    private boolean text;

    @Option(names = "--out", paramLabel = "DIR", description = "folder for the files (runs/demo-NAME)")
    private Path out;

    /** The data set's name. */
    abstract String points();

    @Override
    public Integer call() throws IOException {
        if (epochs < 1 || frames < 1) {
            throw new IllegalArgumentException("demo: epochs = " + epochs + ", frames = " + frames + ", needs >= 1.");
        }
        PrintWriter printer = spec.commandLine().getOut();
        Path folder = out != null ? out : Runs.HOME.resolve("demo-" + points());
        Files.createDirectories(folder);
        Vectors data = PlanePoints.create(points(), perClass, seed);
        Separability.Settings settings = new Separability.Settings(activation, hidden, batchSize, optimizer, rate, seed);
        try (Backend backend = backendOption.openForSmallSteps(printer); Separability models = new Separability(backend, data, settings)) {
            SeparabilityFrames series = new SeparabilityFrames(models, folder, points());
            train(models, series, printer);
            series.finish();
            report(models, folder, printer);
        }
        return 0;
    }

    private void train(Separability models, SeparabilityFrames series, PrintWriter printer) throws IOException {
        Console console = System.console();
        boolean live = console != null && console.isTerminal();
        series.add();
        for (int frame = 1; frame <= frames; frame++) {
            // Squares: most of what can be seen happens early.
            long until = Math.max(1, Math.round((double) epochs * frame * frame / ((double) frames * frames)));
            boolean moved = models.epochs() < until;
            while (models.epochs() < until) {
                models.epoch();
            }
            if (moved) {
                series.add();
                print(models, printer, live, frame == frames);
            }
        }
    }

    private void print(Separability models, PrintWriter printer, boolean live, boolean last) {
        if (live || text && last) {
            String drawn = models.text(TEXT_COLUMNS);
            printer.print(drawn);
            if (live && !last) {
                printer.printf("\033[%dA", drawn.lines().count());
            }
        } else {
            StringBuilder line = new StringBuilder("epoch %4d:".formatted(models.epochs()));
            models.standings().forEach(s -> line.append(String.format(Locale.ROOT, "  %s %5.1f %%", s.name(), 100 * s.accuracy())));
            printer.println(line);
        }
        printer.flush();
    }

    private void report(Separability models, Path folder, PrintWriter printer) throws IOException {
        StringBuilder csv = new StringBuilder("model,parameters,accuracy,loss\n");
        printer.printf("%n%-10s %10s %10s %10s%n", "model", "parameters", "accuracy", "loss");
        for (Separability.Standing s : models.standings()) {
            printer.printf(Locale.ROOT, "%-10s %10d %8.1f %% %10.4f%n", s.name(), s.parameters(), 100 * s.accuracy(), s.loss());
            csv.append(String.format(Locale.ROOT, "%s,%d,%s,%s%n", s.name(), s.parameters(), s.accuracy(), s.loss()));
        }
        AtomicFiles.writeString(folder.resolve("results.csv"), csv.toString());
        printer.printf("figure %s, animation %s, numbers %s%n", folder.resolve(SeparabilityFrames.FIGURE),
                folder.resolve(SeparabilityFrames.PAGE), folder.resolve("results.csv"));
        printer.flush();
    }
}

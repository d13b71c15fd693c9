package dev.lamina.samples.cli;

import dev.lamina.backend.Backend;
import dev.lamina.io.AtomicFiles;
import dev.lamina.samples.demo.Charts;
import dev.lamina.samples.demo.DeepTraining;
import dev.lamina.samples.demo.Samples;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lamina demo depth}: what the number of layers and their width cost and bring. */
@Command(name = "depth", mixinStandardHelpOptions = true, showDefaultValues = true,
        description = "What the number of hidden layers and their width h cost and bring: accuracy, parameters, time an epoch.",
        footer = {"", "Example:", "  lamina demo depth --data mnist --data-dir ../shared/data --depths 0,1,2,4 --hidden 32,128,512"})
final class DemoDepthCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private BackendOption backendOption;

    @Mixin
    private SamplesOption samplesOption;

    @Option(names = "--depths", defaultValue = "0,1,2,4,8", split = ",", paramLabel = "N,...", description = "hidden layers; 0 is linear")
    private List<Integer> depths;

    @Option(names = "--hidden", defaultValue = "16,64,256", split = ",", paramLabel = "H,...", description = "widths h")
    private List<Integer> hidden;

    @Option(names = "--activation", defaultValue = "relu", paramLabel = "NAME", description = ModelOption.ACTIVATION)
    private String activation;

    @Option(names = "--optimizer", defaultValue = "momentum", paramLabel = "NAME", description = "sgd, momentum, nesterov, adam or adamw")
    private String optimizer;

    @Option(names = "--lr", defaultValue = "0.02", paramLabel = "RATE", description = "learning rate")
    private double rate;

    @Option(names = "--batch-size", defaultValue = "100", paramLabel = "N", description = "samples in a step")
    private int batchSize;

    @Option(names = "--epochs", defaultValue = "3", paramLabel = "N", description = "passes over the training samples")
    private int epochs;

    @Option(names = "--seed", defaultValue = "1", paramLabel = "N", description = "seed of weights and order")
    private long seed;

    @Option(names = "--out", defaultValue = "runs/demo-depth", paramLabel = "DIR", description = "folder for the files")
    private Path out;

    @Override
    public Integer call() throws IOException {
        PrintWriter text = spec.commandLine().getOut();
        Files.createDirectories(out);
        Samples samples = Samples.pixels(samplesOption.open(seed));
        List<DeepTraining.Result> results = new ArrayList<>();
        StringBuilder csv = new StringBuilder("depth,h,parameters,accuracy,loss,seconds_per_epoch\n");
        try (Backend backend = backendOption.open(text)) {
            text.printf("%s, %s, %s %s, batch %d, %d epochs, seed %d, %d training and %d test samples%n%n", samplesOption.name(),
                    activation, optimizer, rate, batchSize, epochs, seed, samples.train().size(), samples.test().size());
            text.printf("%6s %6s %12s %10s %10s %14s%n", "layers", "h", "parameters", "accuracy", "loss", "s an epoch");
            for (int depth : depths) {
                for (int h : depth == 0 ? hidden.subList(0, 1) : hidden) {
                    DeepTraining.Plan plan = new DeepTraining.Plan(activation, depth, h, optimizer, rate, batchSize, epochs, seed);
                    results.add(row(DeepTraining.run(backend, samples.train(), samples.test(), plan, false, _ -> { }), text, csv));
                }
            }
        }
        AtomicFiles.writeString(out.resolve("depth.csv"), csv.toString());
        Charts.write(out.resolve("depth.png"), List.of(
                chart("Test accuracy on " + samplesOption.name(), "%", false, results, r -> 100 * r.accuracy()),
                chart("Parameters", "numbers", true, results, DeepTraining.Result::parameters),
                chart("Time", "s an epoch", false, results, DeepTraining.Result::secondsPerEpoch)));
        text.printf("%nfiles in %s: depth.csv, depth.png%n", out);
        text.flush();
        return 0;
    }

    private static DeepTraining.Result row(DeepTraining.Result r, PrintWriter text, StringBuilder csv) {
        String h = r.plan().depth() == 0 ? "-" : Integer.toString(r.plan().width());
        text.printf(Locale.ROOT, "%6d %6s %,12d %8.2f %% %10.4f %14.2f%n", r.plan().depth(), h, r.parameters(), 100 * r.accuracy(),
                r.loss(), r.secondsPerEpoch());
        text.flush();
        csv.append(String.format(Locale.ROOT, "%d,%s,%d,%s,%s,%.3f%n", r.plan().depth(), h.equals("-") ? "" : h, r.parameters(),
                r.accuracy(), r.loss(), r.secondsPerEpoch()));
        return r;
    }

    /** A line a width by the number of hidden layers; the linear model, which has none, begins each. */
    private Charts.Chart chart(String title, String axis, boolean logarithmic, List<DeepTraining.Result> results,
            ToDoubleFunction<DeepTraining.Result> value) {
        Map<String, Map<Double, Double>> series = new LinkedHashMap<>();
        for (int h : hidden) {
            Map<Double, Double> points = new LinkedHashMap<>();
            results.stream().filter(r -> r.plan().depth() == 0 || r.plan().width() == h)
                    .forEach(r -> points.put((double) r.plan().depth(), value.applyAsDouble(r)));
            series.put("h = " + h, points);
        }
        return new Charts.Chart(title, "hidden layers", axis, logarithmic, series);
    }
}

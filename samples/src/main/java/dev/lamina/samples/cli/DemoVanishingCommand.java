package dev.lamina.samples.cli;

import dev.lamina.backend.Backend;
import dev.lamina.io.AtomicFiles;
import dev.lamina.nn.Layers;
import dev.lamina.samples.demo.Charts;
import dev.lamina.samples.demo.DeepTraining;
import dev.lamina.samples.demo.Samples;
import dev.lamina.samples.demo.VanishingGradient;
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
import java.util.function.IntFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lamina demo vanishing}: gradients by layer, at the start and in training. */
@Command(name = "vanishing", mixinStandardHelpOptions = true, showDefaultValues = true,
        description = "Gradients by layer of deep networks: at the start for every activation, then in training, sigmoid against ReLU.",
        footer = {"", "Examples:", "  lamina demo vanishing",
            "  lamina demo vanishing --data mnist --data-dir ../shared/data --epochs 3"})
final class DemoVanishingCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private BackendOption backendOption;

    @Mixin
    private SamplesOption samplesOption;

    @Option(names = "--layers", defaultValue = "10", paramLabel = "N", description = "layers of the stack that is measured untrained")
    private int layers;

    @Option(names = "--width", defaultValue = "100", paramLabel = "N", description = "inputs and outputs of each of them")
    private int width;

    @Option(names = "--depths", defaultValue = "8,10", split = ",", paramLabel = "N,...", description = "hidden layers to train")
    private List<Integer> depths;

    @Option(names = "--hidden", defaultValue = "64", paramLabel = "H", description = "width of the hidden layers to train")
    private int hidden;

    @Option(names = "--epochs", defaultValue = "10", paramLabel = "N", description = "passes over the training samples")
    private int epochs;

    @Option(names = "--seed", defaultValue = "1", paramLabel = "N", description = "seed of weights and order")
    private long seed;

    @Option(names = "--out", defaultValue = "runs/demo-vanishing", paramLabel = "DIR", description = "folder for the files")
    private Path out;

    @Override
    public Integer call() throws IOException {
        PrintWriter text = spec.commandLine().getOut();
        Files.createDirectories(out);
        try (Backend backend = backendOption.open(text)) {
            untrained(backend, text);
            trained(backend, text);
        }
        return 0;
    }

    private void untrained(Backend backend, PrintWriter text) throws IOException {
        VanishingGradient.Stack stack = new VanishingGradient.Stack(layers, width, 100);
        List<VanishingGradient.Sizes> all = new ArrayList<>();
        for (String activation : Layers.activations()) {
            all.add(VanishingGradient.measure(backend, activation, stack, seed));
        }
        text.printf("%nRMS of dW by layer, %d layers of width %d, unit normal input (%d samples) and upstream gradient, seed %d%n", layers,
                width, stack.batch(), seed);
        List<String> names = all.stream().map(VanishingGradient.Sizes::activation).toList();
        table(text, "untrained.csv", names, layers, l -> all.stream().map(s -> s.values().get(l)).toList());
        all.forEach(s -> text.printf(Locale.ROOT, "%-14s first / last layer %.3g%n", s.activation(), s.ratio()));
        text.printf(Locale.ROOT, "bound of the sigmoid: 1/4 a layer, 0.25^%d = %.3g, times weights%n", layers, Math.pow(0.25, layers));
        text.flush();
        Charts.write(out.resolve("untrained.png"), List.of(new Charts.Chart("Gradients at the start", "layer, from the input",
                "RMS of dW", true, VanishingGradient.series(all))));
    }

    private void trained(Backend backend, PrintWriter text) throws IOException {
        Samples samples = Samples.pixels(samplesOption.open(seed));
        List<DeepTraining.Result> results = new ArrayList<>();
        for (int depth : depths) {
            results.add(train(backend, samples, new DeepTraining.Plan("sigmoid", depth, hidden, "sgd", 0.1, 100, epochs, seed), text));
            results.add(train(backend, samples, new DeepTraining.Plan("relu", depth, hidden, "sgd", 0.02, 100, epochs, seed), text));
        }
        text.printf("%nRMS of dW by layer in the first epoch on %s; - where a network has fewer layers%n", samplesOption.name());
        int most = results.stream().mapToInt(r -> r.gradients().size()).max().orElse(0);
        table(text, "trained.csv", results.stream().map(r -> r.plan().label()).toList(), most,
                l -> results.stream().map(r -> l < r.gradients().size() ? r.gradients().get(l) : Double.NaN).toList());
        Map<String, Map<Double, Double>> series = new LinkedHashMap<>();
        for (DeepTraining.Result result : results) {
            Map<Double, Double> points = new LinkedHashMap<>();
            for (int l = 0; l < result.gradients().size(); l++) {
                points.put(l + 1.0, result.gradients().get(l));
            }
            series.put(String.format(Locale.ROOT, "%s: %.1f %%", result.plan().label(), 100 * result.accuracy()), points);
        }
        Charts.write(out.resolve("trained.png"), List.of(new Charts.Chart(
                "Gradients in training on " + samplesOption.name() + ", and test accuracy", "layer, from the input",
                "RMS of dW", true, series)));
        text.printf("%nfiles in %s: untrained.csv, untrained.png, trained.csv, trained.png%n", out);
        text.flush();
    }

    private static DeepTraining.Result train(Backend backend, Samples samples, DeepTraining.Plan plan, PrintWriter text) {
        DeepTraining.Result result = DeepTraining.run(backend, samples.train(), samples.test(), plan, true, e -> {
            text.printf(Locale.ROOT, "%s: epoch %d, loss %.4f, %.1f s%n", plan.label(), e.number(), e.loss(), e.seconds());
            text.flush();
        });
        text.printf(Locale.ROOT, "%s: test accuracy %.2f %% (%s)%n", plan.label(), 100 * result.accuracy(), plan.text());
        text.flush();
        return result;
    }

    /** Prints numbers by layer and writes them as CSV. */
    private void table(PrintWriter text, String file, List<String> names, int rows, IntFunction<List<Double>> row) throws IOException {
        StringBuilder csv = new StringBuilder("layer," + String.join(",", names) + "\n");
        text.print("layer");
        names.forEach(n -> text.printf(" %13s", n));
        text.println();
        for (int l = 0; l < rows; l++) {
            text.printf("%5d", l + 1);
            csv.append(l + 1);
            for (double value : row.apply(l)) {
                text.print(Double.isNaN(value) ? " %13s".formatted("-") : String.format(Locale.ROOT, " %13.4g", value));
                csv.append(',').append(Double.isNaN(value) ? "" : Double.toString(value));
            }
            text.println();
            csv.append('\n');
        }
        AtomicFiles.writeString(out.resolve(file), csv.toString());
    }
}

package dev.lamina.samples.cli;

import dev.lamina.nn.Model;
import dev.lamina.nn.Parameters;
import dev.lamina.train.FineTuning;
import dev.lamina.train.StartWeights;
import dev.lamina.train.TrainConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Option;

/** The options of starting from weights that are there. */
final class FineTuneOptions {
    @Option(names = "--from", paramLabel = "RUN|FILE", description = "start from the weights of a run, or of a safetensors file; samples "
            + "are normalised as those weights know them")
    private Path from;

    @Option(names = "--freeze", split = ",", paramLabel = "NAME,...",
            description = "parameters that stay as they are, * for any text: conv*,layer1.*; "
                    + "frozen batch norms use their running statistics")
    private List<String> freeze = List.of();

    @Option(names = "--new-head", arity = "0..1", fallbackValue = "true", defaultValue = "false",
            description = "with --from: start the last layer anew, e.g. for another number of classes")
    private boolean newHead;

    @Option(names = "--head-lr", defaultValue = "1", paramLabel = "R", description = "multiple of the learning rate for the last layer")
    private double headRate;

    /** The settings. */
    FineTuning settings() {
        return new FineTuning(from == null ? "" : from.toString(), freeze, newHead, headRate);
    }

    /** What a run starts from and what it leaves as it is, for people; empty if there is nothing to say. */
    static String describe(TrainConfig config, Model model) {
        FineTuning tuning = config.fineTuning();
        List<String> facts = new ArrayList<>();
        if (!tuning.from().isEmpty()) {
            facts.add("starts from " + tuning.from() + (tuning.newHead() ? " with a new last layer" : ""));
        }
        if (!tuning.freeze().isEmpty()) {
            List<Parameters.Entry> all = model.parameters().entries().stream().filter(Parameters.Entry::trainable).toList();
            List<Parameters.Entry> frozen = all.stream().filter(e -> tuning.frozen().test(e.name())).toList();
            facts.add(String.format(Locale.ROOT, "%d of %d parameters are frozen, %,d numbers", frozen.size(), all.size(),
                    frozen.stream().mapToLong(e -> e.type().elements()).sum()));
        }
        return String.join("; ", facts);
    }

    /** The weights that a run's settings name, null for random ones. */
    static StartWeights weights(TrainConfig config) throws IOException {
        String from = config.fineTuning().from();
        return from.isEmpty() ? null : StartWeights.of(Path.of(from));
    }
}

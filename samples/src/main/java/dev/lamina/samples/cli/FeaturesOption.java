package dev.lamina.samples.cli;

import dev.lamina.backend.Backend;
import dev.lamina.data.Split;
import dev.lamina.features.CnnFeatures;
import dev.lamina.features.FeatureData;
import dev.lamina.features.Featurizer;
import dev.lamina.features.Featurizers;
import dev.lamina.features.FitListener;
import dev.lamina.features.Fitted;
import dev.lamina.train.RunFolder;
import dev.lamina.train.TrainConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The option that puts a featuriser before a model, and how run folders keep it. */
final class FeaturesOption {
    /** Under which a run's settings hold the featuriser's text. */
    static final String SETTING = "features";
    /** The featuriser's file in a run folder. */
    static final String FILE = "features.safetensors";
    /** What a featuriser's text is, for usage messages. */
    static final String MEANING = "raw, rawxy, standardize, pca, lda, filterbank, bow, spm, homkermap or cnn:run=FOLDER, with options "
            + "KIND:NAME=VALUE,..., several joined by +";

    @Option(names = "--features", paramLabel = "FEATURES",
            description = "train on these features in place of pixels: a file of `features fit`, or " + MEANING)
    private String text;

    /** What the run's settings must hold: nothing without the option. */
    Map<String, String> settings() {
        return text == null ? Map.of() : Map.of(SETTING, text);
    }

    /**
     * The samples that a run trains on. A new run's featuriser is read or fitted on the training samples and stored in the run folder;
     * that of a run which is there is read from it.
     *
     * @param folder of the run; null for none, then nothing is stored
     */
    static Split apply(TrainConfig config, Split split, Path folder, Backend backend, PrintWriter out) throws IOException {
        String text = config.options().get(SETTING);
        if (text == null) {
            return split;
        }
        long start = System.nanoTime();
        boolean started = folder != null && RunFolder.isRun(folder);
        FeatureData.Learned learned;
        if (started || isFile(text)) {
            Fitted fitted = Fitted.load(started ? folder.resolve(FILE) : Path.of(text));
            learned = new FeatureData.Learned(fitted, FeatureData.of(backend, fitted, split, progress(out)));
        } else {
            learned = FeatureData.fit(backend, parse(text), split, progress(out));
        }
        if (folder != null && !started) {
            learned.fitted().save(folder.resolve(FILE));
        }
        out.printf(Locale.ROOT, "features %s: %d numbers a sample, %.1f s%n", learned.fitted().featurizer().text(),
                learned.fitted().outputSize(), (System.nanoTime() - start) * 1e-9);
        out.flush();
        return learned.split();
    }

    private static boolean isFile(String text) {
        return text.endsWith(".safetensors") || !text.contains(":") && Files.isRegularFile(Path.of(text));
    }

    /** The featuriser of a finished or stopped run, if it has one. */
    static Optional<Fitted> of(RunFolder run) throws IOException {
        return run.config().options().containsKey(SETTING) ? Optional.of(Fitted.load(run.path().resolve(FILE))) : Optional.empty();
    }

    /** The featuriser of a text, {@code cnn:run=FOLDER,node=NODE} too. */
    static Featurizer parse(String text) throws IOException {
        if (!text.startsWith("cnn:")) {
            return Featurizers.parse(text);
        }
        Map<String, String> options = new HashMap<>();
        for (String pair : text.substring("cnn:".length()).split(",")) {
            int at = pair.indexOf('=');
            options.put(at < 0 ? pair : pair.substring(0, at), at < 0 ? "" : pair.substring(at + 1));
        }
        if (!options.containsKey("run") || options.size() > (options.containsKey("node") ? 2 : 1)) {
            throw new IllegalArgumentException("cnn: options are " + options.keySet() + ", needs run=FOLDER and perhaps node=NODE.");
        }
        RunFolder run = RunFolder.open(Path.of(options.get("run")));
        if (run.config().options().containsKey(SETTING)) {
            throw new IllegalArgumentException("cnn: " + run.path() + " was trained on features, needs a network on pixels.");
        }
        return new CnnFeatures(ModelOption.of(run),
                options.getOrDefault("node", CnnFeatures.LAST_HIDDEN), run.statistics(), run.weights());
    }

    /** A line for each stage that takes longer than a second. */
    static FitListener progress(PrintWriter out) {
        return new FitListener() {
            private String stage = "";
            private long start;

            @Override
            public void onProgress(String name, long done, long total) {
                long now = System.nanoTime();
                if (!name.equals(stage)) {
                    stage = name;
                    start = now;
                } else if (done < total && now - start > 1_000_000_000L) {
                    out.printf("  %s %d of %d%n", name, done, total);
                    out.flush();
                    start = now;
                }
            }
        };
    }
}

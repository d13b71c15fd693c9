package dev.lamina.train;

import dev.lamina.io.AtomicFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes {@code metrics.json}: what was run on what, the last epoch's numbers, and the history. Replaced atomically after each epoch and at
 * the end. Numbers that are not finite are the texts {@code "NaN"}, {@code "Infinity"} and {@code "-Infinity"}. One thread at a time.
 */
public final class JsonSummary implements Listener {
    /** Name of the file. */
    public static final String FILE = "metrics.json";

    private final Path file;
    private Start start;

    /** A listener that writes into this folder. */
    public JsonSummary(Path folder) {
        this.file = folder.resolve(FILE);
    }

    /** The summary as names and values, in the order of the file. */
    public static Map<String, Object> of(Start start, TrainResult result) {
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("backend", start.backend());
        summary.put("device", start.device());
        summary.put("model", start.config().model());
        summary.put("data", start.config().data());
        summary.put("seed", start.config().seed());
        summary.put("epochs", result.history().size());
        summary.put("steps", result.steps());
        if (result.skipped() > 0) {
            summary.put("skipped_steps", result.skipped());
        }
        if (!result.history().isEmpty()) {
            EpochMetrics last = result.last();
            summary.put("train_loss", last.trainLoss());
            summary.put("train_accuracy", last.trainAccuracy());
            summary.put("test_loss", last.testLoss());
            summary.put("test_accuracy", last.testTop1());
            summary.put("test_top5", last.testTop5());
        }
        summary.put("seconds", result.seconds());
        summary.put("samples_per_second", result.samplesPerSecond());
        summary.put("train_samples", start.trainSamples());
        summary.put("test_samples", start.testSamples());
        summary.put("config", start.config());
        summary.put("history", result.history());
        return summary;
    }

    @Override
    public void onStart(Start event) {
        start = event;
    }

    @Override
    public void onEpoch(Epoch epoch) {
        List<EpochMetrics> history = epoch.history();
        double seconds = history.stream().mapToDouble(EpochMetrics::seconds).sum();
        Map<String, Object> summary = of(start, new TrainResult(TrainResult.End.STOPPED, history, epoch.metrics().step(), seconds,
                epoch.metrics().samplesPerSecond()));
        summary.put("end", "RUNNING");
        write(summary);
    }

    @Override
    public void onEnd(TrainResult result) {
        Map<String, Object> summary = of(start, result);
        summary.put("end", result.end().name());
        write(summary);
    }

    private void write(Map<String, Object> summary) {
        try {
            AtomicFiles.writeString(file, Json.text(summary));
        } catch (IOException e) {
            throw new UncheckedIOException("json: cannot write \"" + file + "\": " + e.getMessage(), e);
        }
    }
}

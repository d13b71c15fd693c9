package dev.lamina.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Writes scalars for TensorBoard: loss and learning rate by step, and all metrics by epoch (at the step where it ended). A resumed run
 * starts a new file and marks from which step on it replaces older ones. One thread at a time.
 */
public final class TensorBoardListener implements Listener {
    private final Path folder;
    private final int every;
    private EventFile file;

    /** A listener that writes into this folder, step metrics at every tenth step. */
    public TensorBoardListener(Path folder) {
        this(folder, 10);
    }

    /**
     * A listener that writes into this folder.
     *
     * @param every steps between step metrics, at least 1
     */
    public TensorBoardListener(Path folder, int every) {
        if (every < 1) {
            throw new IllegalArgumentException("tensorBoard: every = " + every + ", needs >= 1.");
        }
        this.folder = folder;
        this.every = every;
    }

    @Override
    public void onStart(Start start) {
        try {
            file = EventFile.create(folder, host());
            if (start.step() > 0) {
                file.start(start.step() + 1);
            }
        } catch (IOException e) {
            throw failed(e);
        }
    }

    @Override
    public void onStep(Step step) {
        if (step.step() % every == 0) {
            Map<String, Double> values = new LinkedHashMap<>();
            values.put("step/loss", step.loss());
            values.put("step/learning_rate", step.learningRate());
            if (!Double.isNaN(step.gradientNorm())) {
                values.put("step/gradient_norm", step.gradientNorm());
            }
            write(step.step(), values);
        }
    }

    @Override
    public void onEpoch(Epoch epoch) {
        EpochMetrics m = epoch.metrics();
        Map<String, Double> values = new LinkedHashMap<>();
        values.put("train/loss", m.trainLoss());
        values.put("train/accuracy", m.trainAccuracy());
        values.put("test/loss", m.testLoss());
        values.put("test/accuracy", m.testTop1());
        values.put("test/top5", m.testTop5());
        values.put("samples_per_second", m.samplesPerSecond());
        write(m.step(), values);
    }

    @Override
    public void close() {
        if (file != null) {
            try {
                file.close();
            } catch (IOException e) {
                throw failed(e);
            }
        }
    }

    private void write(long step, Map<String, Double> values) {
        try {
            file.scalars(step, values);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private UncheckedIOException failed(IOException e) {
        return new UncheckedIOException("tensorBoard: cannot write events in \"" + folder + "\": " + e.getMessage(), e);
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName().replaceAll("[^A-Za-z0-9.-]", "_");
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }
}

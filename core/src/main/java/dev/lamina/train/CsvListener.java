package dev.lamina.train;

import dev.lamina.io.AtomicFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Writes {@code metrics.csv}: a header and one row an epoch. The file is replaced as a whole, from the history, so that a resumed run
 * neither doubles nor loses a row. One thread at a time.
 */
public final class CsvListener implements Listener {
    /** First row. */
    public static final String HEADER =
            "epoch,step,train_loss,train_accuracy,test_loss,test_accuracy,test_top5,learning_rate,seconds,samples_per_second";

    /** Name of the file. */
    public static final String FILE = "metrics.csv";

    private final Path file;

    /** A listener that writes into this folder. */
    public CsvListener(Path folder) {
        this.file = folder.resolve(FILE);
    }

    @Override
    public void onStart(Start start) {
        write(start.history());
    }

    @Override
    public void onEpoch(Epoch epoch) {
        write(epoch.history());
    }

    private void write(List<EpochMetrics> history) {
        StringBuilder text = new StringBuilder(HEADER).append('\n');
        for (EpochMetrics m : history) {
            text.append(m.epoch()).append(',').append(m.step());
            for (double value : new double[] {m.trainLoss(), m.trainAccuracy(), m.testLoss(), m.testTop1(), m.testTop5(), m.learningRate(),
                m.seconds(), m.samplesPerSecond()}) {
                text.append(',').append(value);
            }
            text.append('\n');
        }
        try {
            AtomicFiles.writeString(file, text.toString());
        } catch (IOException e) {
            throw new UncheckedIOException("csv: cannot write \"" + file + "\": " + e.getMessage(), e);
        }
    }
}

package dev.lamina.samples.cli;

import dev.lamina.backend.Backend;
import dev.lamina.data.Dataset;
import dev.lamina.rbm.Rbm;
import dev.lamina.rbm.RbmConfig;
import dev.lamina.rbm.RbmCsv;
import dev.lamina.rbm.RbmEpoch;
import dev.lamina.rbm.RbmListener;
import dev.lamina.rbm.RbmResult;
import dev.lamina.rbm.RbmTrainer;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;

/** Trains one machine in a folder, tells of every epoch, and lets a request to end the process leave a checkpoint. */
final class RbmTraining {
    private static final String CSV = "metrics.csv";

    private RbmTraining() { }

    static RbmResult run(Backend backend, Rbm rbm, Dataset train, Dataset heldOut, RbmConfig config, Path folder, boolean resume,
            PrintWriter text) throws IOException {
        text.printf("rbm: %s; %s%d, learning rate %s, batch %d, seed %d%n", RbmText.of(rbm),
                rbm.options().persistent() ? "persistent CD-" : "CD-",
                rbm.options().cdSteps(), config.rate(), config.batchSize(), config.seed());
        text.flush();
        List<RbmListener> listeners = List.of(printer(text), new RbmCsv(folder.resolve(CSV)));
        try (RbmTrainer trainer = new RbmTrainer(backend, rbm, train, heldOut, config, listeners)) {
            RbmResult result = Interruptible.run(trainer::requestStop,
                    (resume ? trainer.resume(folder) : trainer.folder(folder))::fit);
            if (result.finished() && result.steps() > 0) {
                RbmOutputs.histograms(result.parameters().weight(), trainer.lastUpdate(), folder.resolve("histograms.png"));
            }
            return result;
        }
    }

    /** As a listener that prints a line an epoch. */
    static RbmListener printer(PrintWriter text) {
        return new RbmListener() {
            @Override
            public void onEpoch(List<RbmEpoch> history) {
                text.println(RbmText.line(history.getLast()));
                text.flush();
            }
        };
    }
}

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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Trains one machine in a folder, tells of every epoch, and lets a request to end the process leave a checkpoint. */
final class RbmTraining {
    private static final String CSV = "metrics.csv";

    private RbmTraining() { }

    static RbmResult run(Backend backend, Rbm rbm, Dataset train, Dataset heldOut, RbmConfig config, Path folder, boolean resume,
            PrintWriter text) throws IOException {
        text.printf("rbm: %d %s visible, %d %s hidden units; %s%d, learning rate %s, batch %d, seed %d%n", rbm.visible(),
                rbm.visibleUnit(), rbm.hidden(), rbm.hiddenUnit(), rbm.options().persistent() ? "persistent CD-" : "CD-",
                rbm.options().cdSteps(), config.rate(), config.batchSize(), config.seed());
        text.flush();
        List<RbmListener> listeners = List.of(printer(text), new RbmCsv(folder.resolve(CSV)));
        try (RbmTrainer trainer = new RbmTrainer(backend, rbm, train, heldOut, config, listeners)) {
            RbmResult result = interruptibly(resume ? trainer.resume(folder) : trainer.folder(folder));
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

    private static RbmResult interruptibly(RbmTrainer trainer) throws IOException {
        CountDownLatch done = new CountDownLatch(1);
        Thread hook = new Thread(() -> {
            trainer.requestStop();
            try {
                done.await(60, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            return trainer.fit();
        } finally {
            done.countDown();
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                org.slf4j.LoggerFactory.getLogger(RbmTraining.class).debug("ending already", e);
            }
        }
    }
}

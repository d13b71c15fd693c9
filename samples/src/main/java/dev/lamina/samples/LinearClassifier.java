package dev.lamina.samples;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.data.Digits;
import dev.lamina.data.Split;
import dev.lamina.models.Models;
import dev.lamina.nn.Model;
import dev.lamina.optim.Optimizer;
import dev.lamina.optim.Schedule;
import dev.lamina.train.TrainConfig;
import dev.lamina.train.TrainResult;
import dev.lamina.train.Trainer;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;

/** Softmax regression on raw pixels: one matrix, plain gradient descent. The baseline of everything else. */
public final class LinearClassifier {
    private LinearClassifier() { }

    /** Trains on the embedded digits and prints the accuracy. */
    public static void main(String[] args) throws IOException {
        run(System.out, Digits.split(1), 10);
    }

    /** Trains for some epochs; the result is the test accuracy, 0 to 1. */
    public static double run(PrintStream out, Split data, int epochs) throws IOException {
        return train(out, "linear", "sgd", 0.1, data, epochs);
    }

    /** Trains a model by name with a constant learning rate. */
    static double train(PrintStream out, String name, String optimizer, double rate, Split data, int epochs) throws IOException {
        Model model = Models.create(name, data.train().sampleShape(), data.train().classNames().size());
        TrainConfig config = TrainConfig.builder(name, data.train().name()).batchSize(100).epochs(epochs).optimizer(optimizer).rate(rate)
                .build();
        try (Backend backend = Backends.open(Backends.AUTO);
                Trainer trainer = new Trainer(backend, model, data, config, Optimizer.parse(optimizer, 0), Schedule.constant(rate),
                        List.of())) {
            TrainResult result = trainer.fit();
            out.printf("%s on %s, backend %s: test accuracy %.2f %% after %d epochs, %.1f s%n", name, data.train().name(), backend.name(),
                    100 * result.last().testTop1(), result.last().epoch(), result.seconds());
            return result.last().testTop1();
        }
    }
}

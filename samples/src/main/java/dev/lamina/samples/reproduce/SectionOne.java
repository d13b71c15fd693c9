package dev.lamina.samples.reproduce;

import dev.lamina.nn.Initializer;
import dev.lamina.nn.Layers;
import dev.lamina.optim.Sgd;
import dev.lamina.samples.demo.Samples;
import dev.lamina.train.VectorOptions;
import dev.lamina.train.VectorTrainer;
import java.io.IOException;
import java.util.List;

/** The linear softmax classifier on pixels. */
final class SectionOne {
    private static final String DEMO = "pixels/255, zero weights, sgd 0.1, batch 100, 10 epochs, seed 1";
    private static final String CIFAR = "pixels/255 less mean image, zero weights, momentum 0.9, rate 0.001, decay 0.01, batch 100, "
            + "30 epochs, seed 1";

    private SectionOne() { }

    static List<Row> rows() {
        return List.of(
                new Row(1, "linear on MNIST, accuracy", "%", DEMO, Band.between(91.8, 92.6), 8, l -> 100 * mnist(l).accuracy()),
                new Row(1, "linear on MNIST, test loss", "", DEMO, Band.below(0.285), 1, l -> mnist(l).loss()),
                new Row(1, "linear on Fashion-MNIST, accuracy", "%", DEMO, Band.between(83.0, 84.8), 8,
                        l -> 100 * demo(l, "fashion-mnist").accuracy()),
                new Row(1, "linear on CIFAR-10 part, accuracy", "%", CIFAR, Band.atLeast(33), 4, l -> 100 * cifar(l).accuracy()));
    }

    private static VectorTrainer.Score mnist(Laboratory laboratory) throws IOException {
        return laboratory.once("linear on MNIST", VectorTrainer.Score.class, () -> demo(laboratory, "mnist"));
    }

    private static VectorTrainer.Score demo(Laboratory laboratory, String data) throws IOException {
        return train(laboratory, laboratory.pixels(data), VectorOptions.of(100, Sgd.plain(), 0.1, 1), 10);
    }

    private static VectorTrainer.Score cifar(Laboratory laboratory) throws IOException {
        Samples samples = laboratory.pixels("cifar10-part").centred();
        return train(laboratory, samples, VectorOptions.of(100, Sgd.momentum(0.9).withWeightDecay(0.01), 0.001, 1), 30);
    }

    private static VectorTrainer.Score train(Laboratory laboratory, Samples samples, VectorOptions options, int epochs) {
        int classes = samples.train().classes();
        try (VectorTrainer trainer = new VectorTrainer(laboratory.backend(), Layers.linear("fc", classes, true, Initializer.zeros(),
                Initializer.zeros()), samples.train().width(), classes, options)) {
            for (int i = 0; i < epochs; i++) {
                trainer.epoch(samples.train());
            }
            return trainer.score(samples.test());
        }
    }
}

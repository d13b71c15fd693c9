package dev.lamina.samples.compare;

import dev.lamina.backend.Backend;
import dev.lamina.data.Split;
import dev.lamina.features.Featurizers;
import dev.lamina.features.FitListener;
import dev.lamina.features.Fitted;
import dev.lamina.features.Samples;
import dev.lamina.nn.Parameters;
import dev.lamina.tensor.Tensor;
import dev.lamina.train.VectorTrainer;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Fits, trains and tests one method. Stateless.
 *
 * @param backend runs everything
 * @param split samples to learn from and to judge by
 * @param epochs passes over the training vectors
 * @param seed of weights and order
 * @param progress hears what is being done, at most every few seconds
 */
record MethodRun(Backend backend, Split split, int epochs, long seed, Consumer<String> progress) {
    private static final long PAUSE = 5_000_000_000L;

    Result run(Method method) {
        FitListener listener = listener(method.name());
        Samples train = Samples.of(split.train());
        long start = System.nanoTime();
        Fitted fitted = Featurizers.parse(method.features()).fit(backend, train, listener);
        double fitting = seconds(start);
        start = System.nanoTime();
        FeatureVectors vectors = FeatureVectors.of(backend, fitted, split, listener).centred();
        double square = vectors.meanSquare();
        double length = method.recipe().length() == 0 ? vectors.train().width() : method.recipe().length();
        // Vectors that are all the same are left as they are: all zero.
        double scale = square > 0 ? Math.sqrt(length / square) : 1;
        vectors.scaled(scale);
        return train(method, fitted, vectors, new double[] {fitting, seconds(start)}, scale);
    }

    private Result train(Method method, Fitted fitted, FeatureVectors vectors, double[] before, double scale) {
        int width = vectors.train().width();
        int classes = vectors.train().classes();
        int samples = vectors.train().size();
        try (VectorTrainer trainer = new VectorTrainer(backend, Networks.of(method.head(), split.train().sampleShape(), classes), width,
                classes, method.recipe().options(epochs, samples, seed))) {
            double seconds = 0;
            long told = System.nanoTime();
            for (int epoch = 1; epoch <= epochs; epoch++) {
                seconds += trainer.epoch(vectors.train()).seconds();
                if (System.nanoTime() - told > PAUSE && epoch < epochs) {
                    progress.accept(String.format(Locale.ROOT, "%s: epoch %d of %d, done in %.0f s", method.name(), epoch, epochs,
                            seconds * (epochs - epoch) / epoch));
                    told = System.nanoTime();
                }
            }
            VectorTrainer.Score test = trainer.score(vectors.test());
            double known = trainer.score(vectors.train()).accuracy();
            Map<String, Tensor> pictures = Pictures.of(method, fitted, split.train(), first(trainer), scale);
            return new Result(method.name(), method.features(), method.head().text(), method.recipe().text(samples), width,
                    trainer.parameters().trainableElements(), test.accuracy(), test.loss(), known, before[0], before[1], seconds, pictures);
        }
    }

    private static Tensor first(VectorTrainer trainer) {
        Parameters.Entry entry = trainer.parameters().entries().stream().filter(e -> e.type().shape().rank() >= 2).findFirst()
                .orElseThrow();
        return trainer.state().get(entry.name());
    }

    private FitListener listener(String name) {
        long[] told = {System.nanoTime()};
        return (stage, done, total) -> {
            if (System.nanoTime() - told[0] > PAUSE && done < total) {
                progress.accept(String.format(Locale.ROOT, "%s: %s %d of %d", name, stage, done, total));
                told[0] = System.nanoTime();
            }
        };
    }

    private static double seconds(long start) {
        return (System.nanoTime() - start) * 1e-9;
    }
}

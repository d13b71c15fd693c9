package dev.lamina.features;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.data.ChannelStatistics;
import dev.lamina.data.Digits;
import dev.lamina.data.Split;
import dev.lamina.io.Safetensors;
import dev.lamina.models.Models;
import dev.lamina.nn.Model;
import dev.lamina.optim.Optimizer;
import dev.lamina.optim.Schedule;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import dev.lamina.train.RunFolder;
import dev.lamina.train.TrainConfig;
import dev.lamina.train.Trainer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FeaturesTest {
    @TempDir
    private Path dir;

    private static Samples labelled() {
        int[] labels = new int[24];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = i % 3;
        }
        return Samples.of(Both.uniform(2, 24, 3, 12, 12), labels, 3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"raw", "raw:mean-removed=true", "rawxy", "standardize", "pca:k=5,whiten=true", "lda", "filterbank",
        "bow:words=6", "bow:words=6,descriptor=gradient,append-xy=0.5", "spm:words=6,levels=1,norm=l2", "homkermap:order=2",
        "spm:words=6,levels=1,norm=signed_root+standardize:deviation=false,scale=10+pca:k=3"})
    void aFileGivesTheSameFeaturiserBack(String text) throws IOException {
        Samples samples = labelled();
        Fitted fitted = Featurizers.parse(text).fit(Both.CPU, samples, FitListener.NONE);
        Path file = dir.resolve("features.safetensors");
        fitted.save(file);
        Fitted loaded = Fitted.load(file);
        assertEquals(fitted.featurizer(), loaded.featurizer());
        assertEquals(fitted.outputSize(), loaded.outputSize());
        Tensor expected = fitted.transform(Both.CPU, samples, FitListener.NONE);
        assertEquals(Shape.of(24, fitted.outputSize()), expected.shape());
        assertArrayEquals(expected.toFloats(), loaded.transform(Both.CPU, samples, FitListener.NONE).toFloats());
    }

    @ParameterizedTest
    @ValueSource(strings = {"raw:mean-removed=true", "rawxy", "standardize", "pca:k=5", "lda:shrinkage=0.1", "filterbank",
        "homkermap:order=2"})
    void bothBackendsGiveOneResult(String text) {
        Samples samples = labelled();
        Tensor cpu = Featurizers.parse(text).fit(Both.CPU, samples, FitListener.NONE).transform(Both.CPU, samples, FitListener.NONE);
        Tensor reference = Featurizers.parse(text).fit(Both.REFERENCE, samples, FitListener.NONE)
                .transform(Both.REFERENCE, samples, FitListener.NONE);
        assertEquals(0, Both.difference(reference, cpu), 1e-4);
    }

    @Test
    void bytesArePixelsFromZeroToOne() {
        Tensor bytes = Tensor.ofBytes(new byte[] {0, 51, -1, 102}, 2, 1, 1, 2);
        assertArrayEquals(new float[] {0, 0.2f, 1, 0.4f}, new RawPixels().fit(Both.REFERENCE, bytes).transform(Both.REFERENCE, bytes)
                .toFloats(), 1e-6f);
        assertArrayEquals(new float[] {-0.5f, -0.1f, 0.5f, 0.1f}, new RawPixels(true).fit(Both.REFERENCE, bytes)
                .transform(Both.REFERENCE, bytes).toFloats(), 1e-6f);
    }

    @Test
    void placesFollowThePixels() {
        Tensor images = Both.uniform(1, 2, 3, 32, 32);
        Tensor v = new RawPixelsXY().fit(Both.CPU, images).transform(Both.CPU, images);
        assertEquals(Shape.of(2, 5120), v.shape());
        assertEquals(5 / 31.0, v.get(1, 3072 + 2 * 32 + 5), 1e-6, "x / (W-1)");
        assertEquals(2 / 31.0, v.get(1, 4096 + 2 * 32 + 5), 1e-6, "y / (H-1)");
        Tensor set = RawPixelsXY.asPixelSet(Both.CPU, Samples.of(images));
        assertEquals(Shape.of(2, 1024, 5), set.shape());
        for (int c = 0; c < 3; c++) {
            assertEquals(images.get(1, c, 2, 5), set.get(1, 2 * 32 + 5, c));
        }
        assertEquals(5 / 31.0, set.get(1, 2 * 32 + 5, 3), 1e-6);
        assertEquals(2 / 31.0, set.get(1, 2 * 32 + 5, 4), 1e-6);
    }

    @Test
    void standardisedFeaturesHaveMeanZeroAndDeviationOne() {
        Tensor x = Tensor.of(new float[] {1000, 5, 1002, 5, 1004, 5}, 3, 2);
        Fitted fitted = new Standardize().fit(Both.REFERENCE, x);
        double one = Math.sqrt(1.5);
        assertArrayEquals(new float[] {(float) -one, 0, 0, 0, (float) one, 0}, fitted.transform(Both.REFERENCE, x).toFloats(), 1e-5f,
                "the constant feature is only shifted");
    }

    @Test
    void theFilterBankGives768NumbersStandardised() {
        Tensor images = Both.uniform(6, 20, 3, 32, 32);
        Tensor v = new FilterBank().fit(Both.CPU, images).transform(Both.CPU, images);
        assertEquals(Shape.of(20, 768), v.shape());
        for (int j = 0; j < 768; j += 37) {
            double sum = 0;
            double squares = 0;
            for (int i = 0; i < 20; i++) {
                sum += v.get(i, j);
                squares += v.get(i, j) * v.get(i, j);
            }
            assertEquals(0, sum / 20, 1e-3);
            assertEquals(1, squares / 20, 1e-3);
        }
        assertEquals("filterbank: image 3x8 is smaller than the grid of 4x4 cells.", assertThrows(IllegalArgumentException.class,
                () -> new FilterBank().fit(Both.CPU, Both.uniform(1, 2, 1, 3, 8))).getMessage());
    }

    @Test
    void aCutNetworkWithItsOwnLastLayerIsTheNetwork() throws IOException {
        Split split = Digits.split(1, 200, 50);
        Model lenet = Models.create("lenet", Shape.of(1, 28, 28), 10);
        TrainConfig config = TrainConfig.builder("lenet", "digits").batchSize(50).build();
        Path run = dir.resolve("run");
        try (Trainer trainer = new Trainer(Both.CPU, lenet, split, config, Optimizer.parse("sgd", 0), Schedule.constant(0.05), List.of())) {
            trainer.runFolder(run).fit();
        }
        RunFolder folder = RunFolder.open(run);
        CnnFeatures cut = new CnnFeatures(lenet, CnnFeatures.LAST_HIDDEN, folder.statistics(), folder.weights());
        Fitted fitted = cut.fit(Both.CPU, split.train());
        Path file = dir.resolve("cnn.safetensors");
        fitted.save(file);
        Tensor hidden = Fitted.load(file).transform(Both.CPU, split.test());
        assertEquals(Shape.of(50, 84), hidden.shape());
        double[] logits = new double[500];
        Tensor images = Tensor.zeros(DType.UINT8, Shape.of(50, 1, 28, 28));
        for (int i = 0; i < 50; i++) {
            split.test().read(i, images.select(0, i));
            for (int k = 0; k < 10; k++) {
                logits[i * 10 + k] = folder.weights().get("fc3.bias").get(k);
                for (int j = 0; j < 84; j++) {
                    logits[i * 10 + k] += hidden.get(i, j) * folder.weights().get("fc3.weight").get(k, j);
                }
            }
        }
        try (var evaluator = folder.evaluator(Both.CPU, lenet)) {
            Tensor whole = evaluator.predict(images);
            for (int i = 0; i < 50; i++) {
                double sum = 0;
                for (int k = 0; k < 10; k++) {
                    sum += Math.exp(logits[i * 10 + k]);
                }
                for (int k = 0; k < 10; k++) {
                    assertEquals(whole.get(i, k), Math.exp(logits[i * 10 + k]) / sum, 1e-5);
                }
            }
        }
        assertEquals(Shape.of(50, 6 * 28 * 28), new CnnFeatures(lenet, "conv1", folder.statistics(), folder.weights())
                .fit(Both.CPU, split.train()).transform(Both.CPU, split.test()).shape());
    }

    @Test
    void aNodeThatIsNotThereIsNamedWithThoseThatAre() {
        Model linear = Models.create("linear", Shape.of(1, 2, 2), 3);
        Map<String, Tensor> weights = Map.of("fc.weight", Tensor.zeros(DType.FLOAT32, Shape.of(3, 4)), "fc.bias",
                Tensor.zeros(DType.FLOAT32, Shape.of(3)));
        ChannelStatistics statistics = new ChannelStatistics(List.of(0.0), List.of(1.0));
        assertEquals("cnn: model \"linear\" has no node \"conv9\"; it has " + String.join(", ", CnnFeatures.nodes(linear)) + ".",
                assertThrows(IllegalArgumentException.class, () -> new CnnFeatures(linear, "conv9", statistics, weights)).getMessage());
        assertEquals("cnn: weight \"fc.weight\" is missing, model \"linear\" needs float32 [3, 4]. Is this another model?",
                assertThrows(IllegalArgumentException.class, () -> new CnnFeatures(linear, "fc", statistics, Map.of())).getMessage());
    }

    @Test
    void otherFilesAreRefused() throws IOException {
        Path file = dir.resolve("other.safetensors");
        Safetensors.write(file, Map.of("x", Tensor.scalar(DType.FLOAT32, 1)), Map.of());
        assertEquals("features: " + file + " is no featuriser (its metadata has no lamina.features). Make one with: lamina features fit.",
                assertThrows(IllegalArgumentException.class, () -> Fitted.load(file)).getMessage());
        Safetensors.write(file, Map.of("x", Tensor.scalar(DType.FLOAT32, 1)), Map.of("lamina.features", "pca:k=2", "lamina.sample", "4"));
        assertEquals("pca: the file has no tensor \"mean\", it holds [x].",
                assertThrows(IllegalArgumentException.class, () -> Fitted.load(file)).getMessage());
    }

    @Test
    void longFitsSayHowFarTheyAre() {
        List<String> stages = new ArrayList<>();
        Featurizers.parse("spm:words=6").fit(Both.CPU, labelled(), (stage, done, total) -> {
            assertTrue(done >= 0 && done <= total, stage + " " + done + " of " + total);
            if (!stages.contains(stage)) {
                stages.add(stage);
            }
        });
        assertEquals(List.of("descriptors", "mean and variance", "scatter", "whitening", "k-means++", "k-means"), stages);
    }

    @Test
    void fittingAndTransformingAtOnceGivesTheSame() {
        Samples samples = labelled();
        Featurizer chain = Featurizers.parse("spm:words=6,levels=1+standardize+lda");
        Featurizer.Learned learned = chain.fitTransform(Both.CPU, samples, FitListener.NONE);
        assertArrayEquals(learned.vectors().toFloats(), chain.fit(Both.CPU, samples, FitListener.NONE)
                .transform(Both.CPU, samples, FitListener.NONE).toFloats(), 1e-4f);
        assertEquals(Shape.of(24, 2), learned.vectors().shape());
    }

    @Test
    void modelsTrainOnVectors() throws IOException {
        Split split = Digits.split(3, 600, 200);
        Fitted pca = Featurizers.parse("pca:k=20").fit(Both.CPU, split.train());
        Split vectors = FeatureData.of(Both.CPU, pca, split, FitListener.NONE);
        Model linear = Models.create("linear", vectors.train().sampleShape(), 10);
        TrainConfig config = TrainConfig.builder("linear", "digits").batchSize(50).epochs(5).build();
        Optimizer sgd = Optimizer.parse("sgd", 0);
        try (Trainer trainer = new Trainer(Both.CPU, linear, vectors, config, sgd, Schedule.constant(0.1), List.of())) {
            assertTrue(trainer.fit().last().testTop1() > 0.6);
        }
    }
}

package dev.lamina.samples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lamina.data.Digits;
import dev.lamina.io.ImageFile;
import dev.lamina.io.Safetensors;
import dev.lamina.io.SafetensorsFile;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The commands around featurisers, within this process. */
class FeaturesCommandTest {
    private static final String[] QUICK = {"--backend", "cpu", "--threads", "1", "--train-limit", "300"};

    @TempDir
    private Path dir;

    private static Outcome run(String... arguments) {
        Outcome outcome = Outcome.of(arguments);
        assertEquals(0, outcome.exit(), outcome.err());
        return outcome;
    }

    private Path fitted(String kind, String... more) {
        Path file = dir.resolve("f.safetensors");
        run(Outcome.join(Outcome.join(new String[] {"features", "fit", "--kind", kind, "--out", file.toString()}, QUICK), more));
        return file;
    }

    @Test
    void fitTransformAndShowPrincipalComponents() throws IOException {
        Path file = fitted("pca", "--k", "12", "--option", "whiten=true");
        Path vectors = dir.resolve("x.safetensors");
        run(Outcome.join(new String[] {"features", "transform", "--features", file.toString(), "--out", vectors.toString()}, QUICK));
        try (SafetensorsFile opened = Safetensors.read(vectors)) {
            assertEquals(Set.of("train.features", "train.labels", "test.features", "test.labels"), opened.names());
            assertEquals(Shape.of(300, 12), opened.tensor("train.features").shape());
            assertEquals(300, opened.tensor("train.labels").elements());
            assertEquals("pca:k=12,whiten=true,solver=auto,seed=0", opened.metadata().get("lamina.features"));
        }
        Path pictures = dir.resolve("pictures");
        run("features", "show", "--features", file.toString(), "--out", pictures.toString());
        for (String name : new String[] {"mean.png", "components.png", "explained-variance.png"}) {
            assertTrue(ImageFile.read(pictures.resolve(name)).elements() > 0, name);
        }
    }

    @ParameterizedTest
    @CsvSource({"filterbank, filters.png", "'bow:words=5,sample=3000,iterations=3', words.png",
        "'spm:words=5,sample=3000,iterations=3,descriptor=sift,levels=1', words.png", "lda, discriminants.png",
        "'standardize+pca:k=3', 2-components.png"})
    void everyKindThatCanBeSeenIsDrawn(String kind, String picture) throws IOException {
        Path pictures = dir.resolve("pictures");
        boolean flat = kind.startsWith("standardize");
        run("features", "show", "--features", fitted(kind).toString(), "--out", pictures.toString());
        assertEquals(!flat, Files.isRegularFile(pictures.resolve(picture)), "vectors without an image shape have no picture");
        assertEquals(flat, Files.isRegularFile(pictures.resolve("explained-variance.png")));
    }

    @Test
    void aRunOnFeaturesIsEvaluatedPredictedAndResumed() throws IOException {
        Path run = dir.resolve("run");
        Path json = dir.resolve("train.json");
        run(Outcome.join(new String[] {"train", "--model", "linear", "--features", "pca:k=20", "--epochs", "2", "--out", run.toString(),
            "--json", json.toString()}, QUICK));
        assertTrue(Files.isRegularFile(run.resolve("features.safetensors")));
        Path evaluated = dir.resolve("eval.json");
        run("eval", run.toString(), "--backend", "cpu", "--threads", "1", "--json", evaluated.toString());
        JsonNode first = new ObjectMapper().readTree(json.toFile());
        assertEquals(first.get("test_accuracy"), new ObjectMapper().readTree(evaluated.toFile()).get("test_accuracy"));

        Tensor digit = Tensor.zeros(DType.UINT8, Shape.of(1, 28, 28));
        Digits.split(1, 0, 10).test().read(0, digit);
        ImageFile.writePng(dir.resolve("digit.png"), digit);
        Outcome predicted = run("predict", "--run", run.toString(), dir.resolve("digit.png").toString(), "--backend", "cpu");
        assertTrue(predicted.out().contains("digit.png: "), predicted.out());

        Path whole = dir.resolve("whole");
        run(Outcome.join(new String[] {"train", "--model", "linear", "--features", "pca:k=20", "--epochs", "4", "--out", whole.toString()},
                QUICK));
        run("train", "--resume", run.toString(), "--epochs", "4", "--backend", "cpu", "--threads", "1");
        assertEquals(-1, Files.mismatch(run.resolve("weights.safetensors"), whole.resolve("weights.safetensors")),
                "resuming on features goes on bit for bit");
    }

    @Test
    void aFittedFileAndACutNetworkServeAsFeatures() {
        Path file = fitted("lda");
        Path run = dir.resolve("lenet");
        run(Outcome.join(new String[] {"train", "--epochs", "1", "--out", run.toString()}, QUICK));
        Outcome linear = run(Outcome.join(new String[] {"train", "--model", "linear", "--features", file.toString(), "--epochs", "1",
            "--out", dir.resolve("a").toString()}, QUICK));
        assertTrue(linear.out().contains("features lda:shrinkage=0.001: 9 numbers a sample"), linear.out());
        Outcome cut = run(Outcome.join(new String[] {"train", "--model", "linear", "--features", "cnn:run=" + run, "--epochs", "1",
            "--out", dir.resolve("b").toString()}, QUICK));
        assertTrue(cut.out().contains("features cnn:model=lenet,node=last-hidden,classes=10: 84 numbers a sample"), cut.out());
        run("eval", dir.resolve("b").toString(), "--backend", "cpu", "--threads", "1");
    }

    @Test
    void mistakesEndWithOneLine() {
        assertEquals(2, Outcome.of("features").exit());
        Outcome unknown = Outcome.of("features", "fit", "--kind", "hog", "--out", dir.resolve("x").toString());
        assertEquals(1, unknown.exit());
        assertTrue(unknown.err().contains("features \"hog\" is unknown"), unknown.err());
        Outcome many = Outcome.of(Outcome.join(new String[] {"features", "fit", "--kind", "pca", "--k", "900", "--out",
            dir.resolve("x").toString()}, QUICK));
        assertTrue(many.err().contains("pca: k = 900, at most min(N-1, D) = 299 components exist."), many.err());
    }
}

package dev.lamina.samples.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lamina.data.Pictures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Folders of images as users train on them. */
class ImageCommandTest {
    @TempDir
    private Path dir;
    private Path images;

    /** Two kinds, reddish and bluish, of different sizes. */
    @BeforeEach
    void makeImages() throws IOException {
        images = dir.resolve("kinds");
        for (int i = 0; i < 10; i++) {
            Pictures.put(images, "red/" + i + ".jpg", Pictures.jpeg(20 + i, 16, 0xc02010 + i));
            Pictures.put(images, "blue/" + i + ".png", Pictures.png(16, 20 + i, 0x1020c0 + i));
        }
    }

    /** Trains with the usual options, of which those given here replace their like. */
    private Outcome train(Path run, String... more) {
        Map<String, String> options = new LinkedHashMap<>(Map.of("--backend", "reference", "--data", images.toString(), "--model", "linear",
                "--image-size", "8", "--epochs", "3", "--batch-size", "4", "--optimizer", "sgd", "--lr", "0.05", "--class-weights",
                        "balanced",
                "--augment", "crop:1+flip+jitter:0.2,0.2,0.2,0.05+mixup:0.2"));
        options.put("--out", run.toString());
        for (int i = 0; i < more.length; i += 2) {
            options.put(more[i], more[i + 1]);
        }
        List<String> args = new ArrayList<>(List.of("train"));
        options.forEach((name, value) -> args.addAll(List.of(name, value)));
        return Outcome.of(args.toArray(String[]::new));
    }

    @Test
    void trainEvalPredictAndResumeOnAFolder() throws IOException {
        Path run = dir.resolve("run");
        Outcome trained = train(run, "--workers", "2");
        assertEquals(0, trained.exit(), trained.err());
        assertTrue(trained.out().contains("test accuracy 100.00 %"), trained.out());
        assertTrue(trained.out().contains("% of it waiting for data"), trained.out());
        JsonNode saved = new ObjectMapper().readTree(run.resolve("run.json").toFile());
        assertEquals(16, saved.get("trainSamples").intValue());
        assertEquals("crop:1+flip+jitter:0.2,0.2,0.2,0.05+mixup:0.2", saved.get("config").get("options").get("augment").textValue());
        assertEquals("[\"blue\",\"red\"]", saved.get("classNames").toString());

        Outcome evaluated = Outcome.of("eval", run.toString(), "--backend", "reference");
        assertEquals(0, evaluated.exit(), evaluated.err());
        assertTrue(evaluated.out().contains(": 4 samples") && evaluated.out().contains("top-1 100.00 %"), evaluated.out());
        Outcome predicted = Outcome.of("predict", "--run", run.toString(), "--backend", "reference",
                images.resolve("red/3.jpg").toString());
        assertTrue(predicted.out().contains("3.jpg: red "), predicted.out() + predicted.err());

        Path other = dir.resolve("other");
        assertEquals(0, train(other, "--epochs", "1").exit());
        Outcome resumed = Outcome.of("train", "--resume", other.toString(), "--epochs", "3", "--backend", "reference", "--workers", "3",
                "--image-cache", "0");
        assertEquals(0, resumed.exit(), resumed.err());
        assertArrayEquals(Files.readAllBytes(run.resolve("weights.safetensors")), Files.readAllBytes(other.resolve("weights.safetensors")));
    }

    @Test
    void benchDataMeasuresTheLoader() throws IOException {
        Path json = dir.resolve("data.json");
        Outcome outcome = Outcome.of("bench", "data", "--data", images.toString(), "--image-size", "8", "--augment", "flip", "--batch-size",
                "4", "--workers", "1,2", "--seconds", "0.01", "--json", json.toString());
        assertEquals(0, outcome.exit(), outcome.err());
        JsonNode result = new ObjectMapper().readTree(json.toFile());
        assertEquals(5, result.get("rows").size());
        for (JsonNode row : result.get("rows")) {
            assertTrue(row.get("imagesPerSecond").doubleValue() > 0, row.toString());
        }
        assertTrue(outcome.out().contains("kinds: 16 images, samples [3, 8, 8], augment flip:0.5"), outcome.out());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --image-size 8x          | image size: "8x", needs N or HxW, e.g. 64 or 48x64.
            --resize 6               | resize: short side 6 is less than the crop 8 x 8.
            --on-corrupt maybe       | --on-corrupt maybe: unknown; known are refuse, skip.
            --image-cache lots       | --image-cache lots, needs a number and B, KiB, MiB, GiB or TiB
            --augment rotate:5       | augment "rotate:5": unknown; known are resize, rrc,
            --class-weights 1,2,3    | class-weights: 3 numbers, data "kinds" has 2 classes; needs one a class.
            --val-split 0            | val-split: 0.0, needs 0 < share < 1.
            --workers 0              | batchLoader: workers = 0, needs 1 <= workers <= 256.
            --features pca:k=2       | only uint8 images can be changed.
            """)
    void wrongUseIsExplained(String args, String message) {
        Outcome outcome = train(dir.resolve("run"), args.strip().split(" "));
        assertEquals(1, outcome.exit(), outcome.out());
        assertTrue(outcome.err().contains(message), outcome.err());
    }

    @Test
    void imagesOfDifferentSizesNeedASize() {
        Outcome outcome = Outcome.of("train", "--backend", "reference", "--data", images.toString());
        assertTrue(outcome.err().contains("data \"kinds\": images have different sizes, blue/0.png is 16 x 20, "), outcome.err());
        assertTrue(outcome.err().contains("Give the size of a sample, e.g. --image-size 64."), outcome.err());
    }
}

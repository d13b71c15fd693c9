package dev.lamina.samples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.io.ImageFile;
import dev.lamina.io.onnx.OnnxFile;
import dev.lamina.io.onnx.OnnxModel;
import dev.lamina.io.onnx.OnnxWriter;
import dev.lamina.tensor.Tensor;
import dev.lamina.train.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** ONNX files where commands take runs and models. */
class OnnxCommandTest {
    @TempDir
    private static Path shared;

    private static MadeRun made;
    private static Path pixels;
    private static Path nameless;

    @TempDir
    private Path dir;

    @BeforeAll
    static void export() throws IOException {
        made = MadeRun.in(shared);
        pixels = shared.resolve("pixels.onnx");
        assertEquals(0, Outcome.of("export", made.path().toString(), "--out", pixels.toString()).exit());
        Path normalised = shared.resolve("normalised.onnx");
        assertEquals(0, Outcome.of("export", made.path().toString(), "--out", normalised.toString(), "--input", "normalised").exit());
        OnnxModel model = OnnxFile.read(normalised);
        nameless = shared.resolve("nameless.onnx");
        OnnxWriter.write(nameless, new OnnxModel(model.irVersion(), "", model.versions(), model.graph(), model.functions(), Map.of()));
    }

    /** The line of the result, without how long it took. */
    private static String result(Outcome outcome, String title) {
        assertEquals(0, outcome.exit(), outcome.err());
        String line = outcome.out().lines().filter(l -> l.startsWith(title)).findFirst().orElseThrow();
        return line.replaceFirst("^" + title + " on ", "").replaceFirst(", [^,]* s, .*", "");
    }

    @Test
    void evalGivesWhatTheRunGives() throws IOException {
        String expected = result(Outcome.of("eval", made.path().toString(), "--backend", "reference"), "linear");
        String[] how = {"--data", "digits", "--backend", "reference", "--out", dir.resolve("eval").toString()};
        assertEquals(expected, result(Outcome.of(Outcome.join(new String[] {"eval", pixels.toString()}, how)), "pixels"));
        RunFolder run = RunFolder.open(made.path());
        String statistics = run.statistics().mean().getFirst() + ":" + run.statistics().std().getFirst();
        assertEquals(expected, result(Outcome.of(Outcome.join(new String[] {"eval", nameless.toString(), "--pixels", statistics}, how)),
                "nameless"));
        assertTrue(Files.isRegularFile(dir.resolve("eval/report.json")));
    }

    @Test
    void evalSaysWhatIsMissing() {
        assertError(nameless + ": the file does not say how pixels are normalised. Give --pixels raw, unit, imagenet or MEAN,...:STD,..., "
                + "as the model was trained.", "eval", nameless.toString(), "--data", "digits");
        assertError("eval: " + pixels + " is an ONNX file, which names no data. Give --data.", "eval", pixels.toString());
        assertError("--pixels imagenet: has 3 channels, the model takes 1.", "eval", nameless.toString(), "--data", "digits", "--pixels",
                "imagenet");
        assertError("--pixels 0.5: needs raw, unit, imagenet or MEAN,...:STD,...", "eval", nameless.toString(), "--data", "digits",
                "--pixels", "0.5");
        assertError("--pixels 0.5:0: needs finite means and deviations > 0.", "eval", nameless.toString(), "--data", "digits", "--pixels",
                "0.5:0");
        assertError("--pixels a:1: \"a\" is no list of numbers.", "eval", nameless.toString(), "--data", "digits", "--pixels", "a:1");
        assertError("--pixels raw: " + made.path() + " is a run, which knows how its pixels were normalised. Leave it out.", "eval",
                made.path().toString(), "--pixels", "raw");
    }

    private static void assertError(String message, String... args) {
        Outcome outcome = Outcome.of(args);
        assertEquals("lamina: " + message, outcome.err().strip());
        assertEquals(1, outcome.exit());
    }

    @Test
    void trainingGoesOnFromTheFilesWeightsAndKeepsTheFile() throws IOException {
        Path run = dir.resolve("tuned");
        Path moved = dir.resolve("moved.onnx");
        Files.copy(nameless, moved);
        Outcome trained = Outcome.of("train", "--model", moved.toString(), "--pixels", "unit", "--train-limit", "100", "--epochs", "1",
                "--lr", "0", "--backend", "reference", "--optimizer", "sgd", "--out", run.toString());
        assertEquals(0, trained.exit(), trained.err());
        // Without a rate the weights stay what they were.
        RunFolder before = RunFolder.open(made.path());
        RunFolder after = RunFolder.open(run);
        before.weights().forEach((name, tensor) -> assertEquals(-1, tensor.memory().mismatch(after.weights().get(name).memory()), name));
        assertEquals(List.of(0.0), after.statistics().mean());
        Files.delete(moved);
        assertEquals(0, Outcome.of("eval", run.toString(), "--backend", "reference").exit());
        assertEquals(0, Outcome.of("export", run.toString()).exit());
        assertEquals(0, Outcome.of("eval", run.toString(), "--backend", "reference").exit());
    }

    @Test
    void otherClassesGetANewHead() throws IOException {
        for (String kind : List.of("dark", "light")) {
            for (int i = 0; i < 6; i++) {
                byte[] grey = new byte[28 * 28];
                Arrays.fill(grey, (byte) (kind.equals("dark") ? 10 + i : 150 + i));
                Path file = dir.resolve("kinds").resolve(kind).resolve(i + ".png");
                Files.createDirectories(file.getParent());
                ImageFile.writePng(file, Tensor.ofBytes(grey, 1, 28, 28));
            }
        }
        Path run = dir.resolve("head");
        Outcome trained = Outcome.of("train", "--model", nameless.toString(), "--pixels", "unit", "--data", dir.resolve("kinds").toString(),
                "--image-channels", "1", "--epochs", "1", "--batch-size", "4", "--backend", "reference", "--out", run.toString());
        assertEquals(0, trained.exit(), trained.err());
        assertTrue(trained.out().contains("1,570 parameters"), trained.out());
        assertEquals(Set.of("head.weight", "head.bias"), RunFolder.open(run).weights().keySet());
        assertEquals(0, Outcome.of("predict", "--run", run.toString(), dir.resolve("kinds/dark/0.png").toString()).exit());
    }

    @Test
    void summaryModelsAndCheckTakeFiles() {
        Outcome summary = Outcome.of("summary", "--model", nameless.toString());
        assertEquals(0, summary.exit(), summary.err());
        assertTrue(summary.out().contains("7,850 trainable parameters"), summary.out());
        Outcome models = Outcome.of("models", pixels.toString());
        assertEquals(0, models.exit(), models.err());
        assertTrue(models.out().contains("input images: uint8 [N, 1, 28, 28]"), models.out());
        assertTrue(models.out().contains("classifies images [1, 28, 28] into 10 classes, 7,850 parameters"), models.out());
        Outcome check = Outcome.of("check", "--model", nameless.toString(), "--backends", "cpu");
        assertEquals(0, check.exit(), check.err());
        assertTrue(check.out().contains("weights: of the file, seed 1"), check.out());
        assertTrue(check.out().contains("cpu agrees with float64"), check.out());
        assertError(dir.resolve("no.onnx") + ": there is no such file.", "summary", "--model", dir.resolve("no.onnx").toString());
        assertError("nameless: option \"width\" is unknown; it has none.", "summary", "--model", nameless.toString(), "--width", "0.5");
    }
}

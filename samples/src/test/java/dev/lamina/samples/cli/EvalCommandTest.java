package dev.lamina.samples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.data.DataOptions;
import dev.lamina.data.Dataset;
import dev.lamina.data.Datasets;
import dev.lamina.data.TenCrops;
import dev.lamina.io.ImageFile;
import dev.lamina.models.Models;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import dev.lamina.train.Evaluator;
import dev.lamina.train.Prediction;
import dev.lamina.train.RunFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code lamina eval} as users call it. */
class EvalCommandTest {
    @TempDir
    private static Path shared;

    private static MadeRun made;

    @TempDir
    private Path dir;

    @BeforeAll
    static void train() {
        made = MadeRun.in(shared);
    }

    private static Outcome eval(Path run, String... more) {
        return Outcome.of(Outcome.join(new String[] {"eval", run.toString(), "--backend", "reference"}, more));
    }

    private static void assertRefused(String message, Outcome outcome) {
        assertEquals(1, outcome.exit(), outcome.out());
        assertEquals("lamina: " + message, outcome.err().strip());
    }

    private static JsonNode json(Path file) throws IOException {
        return new ObjectMapper().readTree(file.toFile());
    }

    @Test
    void writesEveryFileAndTheirFiguresAgree() throws IOException {
        Path run = made.copy(dir.resolve("run"));
        Outcome outcome = eval(run);
        assertEquals(0, outcome.exit(), outcome.err());
        JsonNode report = json(run.resolve("eval/report.json"));
        JsonNode metrics = json(run.resolve("metrics.json"));
        assertEquals(metrics.get("test_accuracy").doubleValue(), report.get("top1").doubleValue(), 1e-12, "that of training");
        assertEquals(metrics.get("test_loss").doubleValue(), report.get("loss").doubleValue(), 1e-5);
        assertEquals(1000, report.get("samples").intValue());
        assertEquals("digits", report.get("data").textValue());
        List<String> confusion = Files.readAllLines(run.resolve("eval/confusion.csv"));
        assertEquals("true \\ predicted,0,1,2,3,4,5,6,7,8,9", confusion.getFirst());
        int right = 0;
        for (int k = 0; k < 10; k++) {
            right += Integer.parseInt(confusion.get(k + 1).split(",")[k + 1]);
        }
        assertEquals(report.get("top1").doubleValue() * 1000, right, 1e-9);
        List<String> all = Files.readAllLines(run.resolve("eval/predictions.csv"));
        assertEquals(1001, all.size());
        assertEquals(right, all.stream().skip(1).map(l -> l.split(",")).filter(c -> c[1].equals(c[2])).count());
        JsonNode worst = report.get("worst_mistakes").get(0);
        String[] row = all.get(worst.get("index").intValue() + 1).split(",");
        assertEquals(worst.get("true").textValue(), row[1]);
        assertEquals(worst.get("predicted").textValue(), row[2]);
        for (String picture : new String[] {"eval/confusion.png", "eval/mistakes.png"}) {
            assertTrue(ImageFile.read(run.resolve(picture)).shape().dim(2) > 300, picture);
        }
        assertTrue(outcome.out().lines().anyMatch(l -> l.matches("weighted mean( +\\d\\.\\d{4}){3} +1000")), outcome.out());
        String page = Files.readString(run.resolve("index.html"));
        assertTrue(page.contains("src=\"eval/confusion.png\"") && page.contains("Most confused"), page);
    }

    @Test
    void anotherFolderLeavesTheRunAlone() throws IOException {
        Path run = made.copy(dir.resolve("run"));
        byte[] page = Files.readAllBytes(run.resolve("index.html"));
        assertEquals(0, eval(run, "--out", dir.resolve("elsewhere").toString()).exit());
        assertTrue(Files.isRegularFile(dir.resolve("elsewhere/report.json")));
        assertFalse(Files.exists(run.resolve("eval")));
        assertEquals(new String(page, StandardCharsets.UTF_8), Files.readString(run.resolve("index.html")));
    }

    @Test
    void classesMayBeNamedByAFile() throws IOException {
        Path names = Files.writeString(dir.resolve("names.txt"), "zero\none\ntwo\nthree\nfour\nfive\nsix\nseven\n\"eight\", 8\nnine\n");
        Outcome outcome = eval(made.path(), "--class-names", names.toString(), "--out", dir.resolve("out").toString());
        assertEquals(0, outcome.exit(), outcome.err());
        assertTrue(outcome.out().contains("\nseven  "), outcome.out());
        assertTrue(Files.readString(dir.resolve("out/classes.csv")).contains("\n\"\"\"eight\"\", 8\","));
    }

    /** Eighteen images of 8 x 8 levels, of which a linear model of 64 numbers is trained, and digits of 28 x 28 to evaluate it on. */
    @Test
    void tenViewsAreTheMeanOfTheirSoftmax() throws IOException {
        Random random = new Random(3);
        for (String file : new String[] {"optdigits.tra", "optdigits.tes"}) {
            StringBuilder rows = new StringBuilder();
            for (int i = 0; i < 30; i++) {
                for (int k = 0; k < 64; k++) {
                    rows.append(random.nextInt(17)).append(',');
                }
                rows.append(i % 10).append('\n');
            }
            Files.writeString(dir.resolve(file), rows);
        }
        Path run = MadeRun.in(dir, "--data", "optdigits", "--data-dir", dir.toString()).path();
        Outcome outcome = eval(run, "--data", "digits", "--ten-crop", "11", "--batch-size", "64");
        assertEquals(0, outcome.exit(), outcome.err());
        JsonNode report = json(run.resolve("eval/report.json"));
        assertEquals(10, report.get("views").intValue());
        assertEquals(11, report.get("side").intValue());

        Dataset digits = Datasets.open("digits", DataOptions.in(dir).withSeed(1)).test();
        List<Prediction> expected = new ArrayList<>();
        try (Backend backend = Backends.open("reference");
                Evaluator evaluator = RunFolder.open(run).evaluator(backend, Models.create("linear", Shape.of(1, 8, 8), 10))) {
            for (int i = 0; i < 20; i++) {
                Tensor image = Tensor.zeros(DType.UINT8, digits.sampleShape());
                digits.read(i, image);
                double[] mean = mean(evaluator.predict(TenCrops.of(ImageFile.resize(image, 11, 11), 8, 8)));
                expected.add(new Prediction(i, digits.label(i), 0, 0, mean[digits.label(i)], 0, 0));
            }
        }
        List<String> all = Files.readAllLines(run.resolve("eval/predictions.csv"));
        for (Prediction p : expected) {
            assertEquals(p.labelProbability(), Double.parseDouble(all.get(p.index() + 1).split(",")[4]), 1e-6, "sample " + p.index());
        }

        assertRefused("ten crops: data \"optdigits\" has samples [1, 8, 8], the views are 8 x 8 (samples must be larger than views). "
                + "Evaluate without ten crops.", eval(run, "--ten-crop", "11"));
        assertRefused("ten crops: samples are brought to [1, 8, 8], the views are 8 x 8 (samples must be larger than views). "
                + "Evaluate without ten crops.", eval(run, "--data", "digits", "--ten-crop", "8"));
        assertRefused("eval: --ten-crop 0, needs >= 1.", eval(run, "--data", "digits", "--ten-crop", "0"));
        assertRefused("data \"digits\" has samples [1, 28, 28] of 10 classes, model \"linear\" takes [1, 8, 8] and 10 classes.",
                eval(run, "--data", "digits"));
    }

    private static double[] mean(Tensor rows) {
        double[] mean = new double[10];
        for (int v = 0; v < 10; v++) {
            for (int k = 0; k < 10; k++) {
                mean[k] += rows.get(v, k) / 10;
            }
        }
        return mean;
    }

    @Test
    void runsWithoutFittingWeightsAreRefused() throws IOException {
        Path bare = made.copy(dir.resolve("bare"));
        Files.delete(bare.resolve("weights.safetensors"));
        Path checkpoint;
        try (var files = Files.newDirectoryStream(bare, "checkpoint-*")) {
            checkpoint = files.iterator().next();
        }
        Files.delete(checkpoint);
        assertRefused("run folder \"" + bare + "\": " + checkpoint.getFileName() + " is missing, which run.json names. The run cannot be "
                + "resumed; start it anew in another folder.", eval(bare));
        assertRefused("weights: \"fc1.weight\" of model \"mlp\" is missing; there are 2 tensors. Is this another model?",
                eval(made.edited(dir.resolve("mlp"), "\"linear\"", "\"mlp\"")));
        assertRefused("weights: \"fc.weight\" is float32 [10, 784], model \"linear\" needs float32 [10, 768]. Is this another model?",
                eval(made.edited(dir.resolve("shape"), "28, 28", "24, 32"), "--data", "digits"));
        Path cut = made.copy(dir.resolve("cut"));
        byte[] bytes = Files.readAllBytes(cut.resolve("weights.safetensors"));
        Files.write(cut.resolve("weights.safetensors"), Arrays.copyOf(bytes, 20));
        Outcome outcome = eval(cut);
        assertEquals(1, outcome.exit());
        assertTrue(outcome.err().startsWith("lamina: weights.safetensors: "), outcome.err());
    }

    @Test
    void otherClassesAreRefused() throws IOException {
        assertRefused("eval: data \"digits\" has 10 classes, the run 9 (must be the same classes). Name data of the run's classes; it was "
                + "trained on \"digits\".", eval(made.edited(dir.resolve("nine"), "\"8\", \"9\"", "\"8\"")));
        assertRefused("eval: data \"digits\" has class 3 \"3\", the run \"three\" (must be the same classes). Name data of the run's "
                + "classes; it was trained on \"digits\".", eval(made.edited(dir.resolve("names"), "\"3\"", "\"three\"")));
    }

    @Test
    void namesThatDoNotFitAreRefused() throws IOException {
        Path names = dir.resolve("names.txt");
        String option = "--class-names";
        assertRefused("--class-names " + names + ": there is no such file.", eval(made.path(), option, names.toString()));
        Files.writeString(names, "a\nb\n");
        assertRefused("--class-names " + names + ": 2 lines, the run has 10 classes, needs a name for each.",
                eval(made.path(), option, names.toString()));
        Files.writeString(names, "a\nb\nc\nd\ne\nf\ng\nb\ni\nj\n");
        assertRefused("--class-names " + names + ": line 8 repeats \"b\", needs a name of its own.",
                eval(made.path(), option, names.toString()));
        Files.writeString(names, "a\nb\nc\n \ne\nf\ng\nh\ni\nj\n");
        assertRefused("--class-names " + names + ": line 4 is empty, needs a name of its own.",
                eval(made.path(), option, names.toString()));
        Files.write(names, new byte[] {(byte) 0xff, (byte) 0xfe, 0x41});
        assertRefused("--class-names " + names + ": is no text in UTF-8.", eval(made.path(), option, names.toString()));
    }
}

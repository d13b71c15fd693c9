package dev.lamina.samples.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lamina.data.Digits;
import dev.lamina.io.ImageFile;
import dev.lamina.io.Safetensors;
import dev.lamina.io.SafetensorsFile;
import dev.lamina.models.Models;
import dev.lamina.nn.Model;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The command as users call it, within this process; killed runs in processes of their own. */
class LaminaTest {
    @TempDir
    private Path dir;

    private Outcome train(Path run, String... more) {
        Stream<String> fixed = Stream.of("train", "--backend", "reference", "--train-limit", "600", "--epochs", "2", "--batch-size", "50",
                "--out", run.toString());
        return Outcome.of(Stream.concat(fixed, Arrays.stream(more)).toArray(String[]::new));
    }

    @Test
    void trainWritesARunThatEvalAndPredictUse() throws IOException {
        Path run = dir.resolve("run");
        Path json = dir.resolve("result.json");
        Outcome trained = train(run, "--model", "mlp", "--json", json.toString());
        assertEquals(0, trained.exit(), trained.err());
        JsonNode result = new ObjectMapper().readTree(json.toFile());
        for (String field : new String[] {"backend", "device", "model", "data", "seed", "epochs", "train_loss", "test_loss",
            "test_accuracy", "seconds", "samples_per_second"}) {
            assertTrue(result.has(field), field);
        }
        assertEquals("reference", result.get("backend").textValue());
        assertEquals("mlp", result.get("model").textValue());
        assertTrue(result.get("test_accuracy").doubleValue() > 0.5, result.toString());
        try (Stream<Path> files = Files.list(run)) {
            assertTrue(files.anyMatch(f -> f.getFileName().toString().startsWith("events.out.tfevents.")));
        }
        for (String file : new String[] {"weights.safetensors", "metrics.json", "metrics.csv", "curves.png", "run.json"}) {
            assertTrue(Files.isRegularFile(run.resolve(file)), file);
        }

        try (SafetensorsFile weights = Safetensors.read(run.resolve("weights.safetensors"))) {
            long bytes = weights.tensors().values().stream().mapToLong(Tensor::byteSize).sum();
            Model mlp = Models.create("mlp", Shape.of(1, 28, 28), 10);
            assertEquals(mlp.summary(1).memory(0).weights(), bytes, "predicted and written parameter bytes");
        }

        Path evaluated = dir.resolve("eval.json");
        assertEquals(0, Outcome.of("eval", run.toString(), "--backend", "reference", "--json", evaluated.toString()).exit());
        assertEquals(result.get("test_accuracy"), new ObjectMapper().readTree(evaluated.toFile()).get("test_accuracy"));

        Tensor digit = Tensor.zeros(DType.UINT8, Shape.of(1, 28, 28));
        Digits.split(1, 0, 10).test().read(0, digit);
        ImageFile.writePng(dir.resolve("digit.png"), digit);
        Outcome predicted = Outcome.of("predict", "--run", run.toString(), dir.resolve("digit.png").toString(), "--backend", "reference");
        assertEquals(0, predicted.exit(), predicted.err());
        assertTrue(predicted.out().contains("digit.png: "), predicted.out());
    }

    @Test
    void oneSeedGivesEqualWeightsAndAnotherDoesNot() throws IOException {
        train(dir.resolve("a"));
        train(dir.resolve("b"));
        train(dir.resolve("c"), "--seed", "2");
        byte[] first = Files.readAllBytes(dir.resolve("a/weights.safetensors"));
        assertArrayEquals(first, Files.readAllBytes(dir.resolve("b/weights.safetensors")));
        assertFalse(Arrays.equals(first, Files.readAllBytes(dir.resolve("c/weights.safetensors"))));
    }

    @Test
    void killedRunResumesToTheSameBytes() throws IOException, InterruptedException {
        Path whole = dir.resolve("whole");
        assertEquals(0, train(whole, "--checkpoint-every", "2").exit());
        for (int round = 0; round < 2; round++) {
            Path run = dir.resolve("killed" + round);
            Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"), Lamina.class.getName(), "train",
                    "--backend", "reference", "--train-limit", "600", "--epochs", "2", "--batch-size", "50", "--checkpoint-every", "2",
                    "--out", run.toString()).redirectErrorStream(true).redirectOutput(dir.resolve("log" + round).toFile()).start();
            while (process.isAlive() && !Files.exists(run.resolve("checkpoint-" + (2 + 4 * round) + ".safetensors"))) {
                process.waitFor(2, TimeUnit.MILLISECONDS);
            }
            process.destroyForcibly().waitFor();
            Outcome resumed = Outcome.of("train", "--resume", run.toString(), "--backend", "reference");
            assertEquals(0, resumed.exit(), resumed.err());
            assertArrayEquals(Files.readAllBytes(whole.resolve("weights.safetensors")),
                    Files.readAllBytes(run.resolve("weights.safetensors")));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            train --model lenot                     | 1 | lamina: model "lenot" is unknown; known are linear, mlp, lenet, alexnet,
            train --backend tpu                     | 1 | lamina: backend "tpu" is unknown; known are auto, cuda, cpu, reference.
            train --lr -1                           | 1 | lamina: trainConfig: rate = -1.0, needs a finite number >= 0.
            train --batch-size 0                    | 1 | lamina: trainConfig: batchSize = 0, needs >= 1.
            train --label-smoothing 1               | 1 | lamina: trainConfig: labelSmoothing = 1.0, needs 0 <= labelSmoothing < 1.
            train --epochs many                     | 2 | Invalid value for option '--epochs'
            train --precision fp16                  | 2 | precision "fp16" is unknown; known are float32, tf32, bf16.
            train --nonsense                        | 2 | Unknown option: '--nonsense'
            trian                                   | 2 | Unmatched argument
            eval no/such/run                        | 1 | lamina: run folder "no/such/run"
            predict                                 | 2 | Missing required parameter: 'IMAGE'
            summary --memory lots                   | 1 | lamina: summary: --memory lots, needs a number and B, KiB, MiB, GiB or TiB
            summary --input 28,28                   | 1 | lamina: summary: --input has 2 numbers, needs C,H,W, e.g. 3,32,32.
            """)
    void wrongUseIsExplained(String args, int exit, String message) {
        Outcome outcome = Outcome.of(args.strip().split("\\s+"));
        assertEquals(exit, outcome.exit(), outcome.err());
        assertTrue(outcome.err().contains(message), outcome.err());
    }

    @Test
    void summaryCountsLenetByHand() {
        Outcome outcome = Outcome.of("summary", "--model", "lenet");
        assertEquals(0, outcome.exit(), outcome.err());
        // 1*6*25+6, 6*16*25+16, 400*120+120, 120*84+84, 84*10+10
        assertEquals(61_706, 156 + 2_416 + 48_120 + 10_164 + 850);
        for (String count : new String[] {"156", "2,416", "48,120", "10,164", "850", "61,706"}) {
            assertTrue(outcome.out().contains(count), count + " in\n" + outcome.out());
        }
    }

    @Test
    void doctorAndDatasetsSayWhatIsThere() {
        Outcome doctor = Outcome.of("doctor");
        assertEquals(0, doctor.exit());
        assertTrue(doctor.out().contains("reference"), doctor.out());
        // On a machine without a GPU why not, and for each library what is missing.
        assertTrue(doctor.out().lines().anyMatch(line -> line.matches("cuda +(available|not available|only by name): .+")), doctor.out());
        assertTrue(doctor.out().lines().anyMatch(line -> line.matches(" +cuDNN +.+")) || !doctor.out().contains("Linux amd64"),
                doctor.out());
        Outcome datasets = Outcome.of("datasets", "--data-dir", dir.toString());
        assertEquals(0, datasets.exit());
        assertTrue(datasets.out().contains("digits") && datasets.out().contains("built in"), datasets.out());
    }

    @Test
    void missingDataNamesFolderAndWayOut() {
        Outcome outcome = Outcome.of("train", "--data", "mnist", "--data-dir", dir.toString());
        assertEquals(1, outcome.exit());
        for (String part : new String[] {"mnist", "--data-dir", dir.toString()}) {
            assertTrue(outcome.err().contains(part), outcome.err());
        }
    }
}

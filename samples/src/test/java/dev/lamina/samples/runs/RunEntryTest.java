package dev.lamina.samples.runs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.train.EpochMetrics;
import dev.lamina.train.TrainConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever lies in a run folder is listed and shown, or said to be damaged. */
class RunEntryTest {
    private static final String RECORD = """
            {"format": 1, "config": {"model": "linear", "data": "digits", "batchSize": 64, "epochs": 2, "seed": 1, "optimizer": "sgd",
                "rate": 0.1, "schedule": "constant", "evalBatchSize": 256, "precision": "FLOAT32", "options": {"hidden": "3"}},
                "inputShape": [1, 28, 28], "classNames": ["a", "b"], "statistics": {"mean": [0.5], "std": [0.25]}, "trainSamples": 9,
                "backend": "reference", "device": "x", "epoch": 1, "batch": 0, "step": 3,
                "sums": {"loss": 0, "correct1": 0, "correct5": 0, "samples": 0, "seconds": 0}, "seconds": 1.5,
                "history": [{"epoch": 1, "step": 3, "trainLoss": 0.5, "testLoss": 0.4, "testTop1": 0.75, "testTop5": 1,
                "learningRate": 0.1}],
                "finished": false, "checkpoint": "checkpoint-3.safetensors", "sha256": "0"}""";
    private static final String REPORT = """
            {"data": "digits", "samples": 9, "loss": 0.5, "top1": 0.75, "top5": 1, "calibration_error": 0.1, "macro": {"f1": 0.5},
                "classes": [{"name": "a<b", "precision": 0.5, "recall": 1, "f1": 0.6, "support": 4}], "most_confused": [],
                "worst_mistakes": [{"index": 3, "true": "a", "predicted": "b", "probability": 0.9, "probability_of_true": 0.1}]}""";

    @TempDir
    private Path dir;

    private void write(String record, String report) throws IOException {
        Files.createDirectories(dir.resolve("eval"));
        Files.writeString(dir.resolve("run.json"), record, StandardCharsets.ISO_8859_1);
        Files.writeString(dir.resolve("eval/report.json"), report, StandardCharsets.ISO_8859_1);
        Files.writeString(dir.resolve("checkpoint-3.safetensors"), "");
    }

    @Test
    void aRunIsListedAndShown() throws IOException {
        write(RECORD, REPORT);
        List<RunEntry> entries = RunEntry.in(dir, false);
        assertTrue(RunList.text(entries).contains("1/2     75.00 %     75.00 %  0.4000  1.5 s"), RunList.text(entries));
        RunPage.write(dir);
        String page = Files.readString(dir.resolve("index.html"));
        assertTrue(page.contains("stopped after 1 of 2 epochs, 3 steps: test accuracy 75.00 %, test loss 0.4000"), page);
        assertTrue(page.contains("<th scope=\"row\">a&lt;b</th><td class=\"n\">0.5000</td>"), page);
        write(RECORD, "{\"classes\": 3");
        RunPage.write(dir);
        assertTrue(Files.readString(dir.resolve("index.html")).contains("eval/report.json is damaged: "));
    }

    @Test
    void damagedFilesNeverEndInAnythingButAReason() throws IOException {
        Random random = new Random(11);
        int damaged = 0;
        for (int round = 0; round < 200; round++) {
            write(mutated(RECORD, random), mutated(REPORT, random));
            RunEntry entry = RunEntry.of(dir, round % 10 == 0);
            assertFalse(RunList.text(List.of(entry)).isEmpty());
            RunList.values(List.of(entry));
            switch (entry) {
                case RunEntry.Unreadable bad -> {
                    damaged++;
                    assertFalse(bad.reason().isBlank());
                }
                case RunEntry.Readable good -> {
                    assertTrue(RunPage.html(dir, RunState.of(good.run())).endsWith("</html>\n"));
                    assertTrue(new RunComparison(List.of(good.run(), good.run())).html().endsWith("</html>\n"));
                }
            }
        }
        assertTrue(damaged > 25 && damaged < 175, damaged + " of 200 were damaged");
    }

    private static String mutated(String text, Random random) {
        StringBuilder changed = new StringBuilder(text);
        int at = random.nextInt(text.length());
        switch (random.nextInt(4)) {
            case 0 -> changed.setCharAt(at, (char) (32 + random.nextInt(200)));
            case 1 -> changed.delete(at, Math.min(text.length(), at + 1 + random.nextInt(12)));
            case 2 -> changed.replace(at, Math.min(text.length(), at + 4), "null");
            default -> changed.insert(at, random.nextBoolean() ? "9" : "-");
        }
        return changed.toString();
    }

    @Test
    void orderAndItsReverse() throws IOException {
        for (String name : new String[] {"a", "b", "c"}) {
            Path run = Files.createDirectories(dir.resolve(name));
            double accuracy = name.equals("b") ? 0.9 : name.equals("c") ? 0.1 : 0.5;
            Files.writeString(run.resolve("run.json"), RECORD.replace("0.75", Double.toString(accuracy)));
            Files.writeString(run.resolve("checkpoint-3.safetensors"), "");
        }
        Files.createDirectories(dir.resolve("0"));
        List<RunEntry> entries = RunEntry.in(dir, false);
        assertEquals(List.of("b", "a", "c", "0"), names(RunList.sorted(entries, RunList.Order.BEST, false)));
        assertEquals(List.of("c", "a", "b", "0"), names(RunList.sorted(entries, RunList.Order.LAST, true)));
        assertEquals(List.of("a", "b", "c", "0"), names(RunList.sorted(entries, RunList.Order.NAME, false)));
    }

    private static List<String> names(List<RunEntry> entries) {
        return entries.stream().map(RunEntry::name).toList();
    }

    @Test
    void aRunThatAnErrorEndedSaysSo() throws IOException {
        TrainConfig config = TrainConfig.builder("linear", "digits").epochs(3).build();
        EpochMetrics epoch = new EpochMetrics(1, 10, 0.5, 0.75, 0.25, 0.875, 0.99, 0.1, 2, 1000);
        RunState state = new RunState(config, "reference", "x", 12, List.of(epoch), RunState.Phase.FAILED);
        String page = RunPage.html(dir, state);
        assertTrue(page.contains("<header class=\"bad\">"), page);
        assertTrue(page.contains("failed after 1 of 3 epochs, 12 steps: test accuracy 87.50 %, test loss 0.2500"), page);
        assertTrue(page.contains("test, top-5"), page);
    }
}

package dev.lamina.samples.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.io.ImageFile;
import dev.lamina.io.Safetensors;
import dev.lamina.io.SafetensorsFile;
import dev.lamina.rbm.RbmFile;
import dev.lamina.rbm.RbmStack;
import dev.lamina.rbm.VisibleUnit;
import dev.lamina.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code lamina rbm} and {@code lamina demo relu} as users call them, within this process. */
class RbmCommandTest {
    private static final String[] SMALL = {"--backend", "reference", "--train-limit", "100", "--batch-size", "20", "--epochs", "2"};

    @TempDir
    private Path dir;

    private static Outcome rbm(String command, String... more) {
        return Outcome.of(Outcome.join(new String[] {"rbm", command}, more));
    }

    private static void assertDone(Outcome outcome) {
        assertEquals(0, outcome.exit(), outcome.err());
    }

    @Test
    void trainLeavesAMachineThatCanBeShownSampledAndTrainedOn() throws IOException {
        Path run = dir.resolve("run");
        Outcome trained = rbm("train", Outcome.join(SMALL, "--hidden", "12", "--out", run.toString()));
        assertDone(trained);
        assertTrue(trained.out().contains("epoch 2: error "), trained.out());
        assertTrue(trained.out().contains("12 hidden units on 100 samples: mean activity "), trained.out());
        for (String file : new String[] {"rbm.safetensors", "metrics.csv", "filters.png", "probabilities.png", "samples.png",
            "histograms.png", "checkpoint.safetensors", "rbm.json"}) {
            assertTrue(Files.isRegularFile(run.resolve(file)), file);
        }
        assertEquals(3, Files.readAllLines(run.resolve("metrics.csv")).size());
        assertEquals(Shape.of(1, 100, 12), ImageFile.read(run.resolve("probabilities.png")).shape());

        Path samples = dir.resolve("samples.png");
        assertDone(rbm("sample", run.toString(), "--backend", "reference", "--chains", "9", "--turns", "5", "--out", samples.toString()));
        assertEquals(Shape.of(1, 88, 88), ImageFile.read(samples).shape());

        String file = run.resolve("rbm.safetensors").toString();
        assertTrue(rbm("sample", file, "--out", samples.toString()).err().contains("is a file. Use --start random."));
        assertDone(rbm("sample", file, "--start", "random", "--backend", "reference", "--chains", "4", "--turns", "2",
                "--out", samples.toString()));
        Outcome shown = rbm("show", run.toString(), "--backend", "reference", "--out", dir.resolve("shown").toString());
        assertDone(shown);
        assertTrue(shown.out().contains("784 BINARY visible, 12 BINARY hidden units"), shown.out());
        assertTrue(Files.isRegularFile(dir.resolve("shown/filters.png")));

        assertDone(rbm("train", "--resume", run.toString(), "--backend", "reference", "--epochs", "3"));
        assertEquals(4, Files.readAllLines(run.resolve("metrics.csv")).size());
        Path whole = dir.resolve("whole");
        assertDone(rbm("train", "--backend", "reference", "--train-limit", "100", "--batch-size", "20", "--epochs", "3", "--hidden", "12",
                "--out", whole.toString()));
        assertArrayEquals(RbmFile.load(whole.resolve("rbm.safetensors")).layers().getFirst().weight().toFloats(),
                RbmFile.load(run.resolve("rbm.safetensors")).layers().getFirst().weight().toFloats(), "resumed as if never stopped");
    }

    @Test
    void gaussianVisibleUnitsKeepTheirStandardisation() throws IOException {
        Path run = dir.resolve("run");
        assertDone(rbm("train", Outcome.join(SMALL, "--hidden", "20", "--unit", "nrelu", "--visible", "gaussian", "--cd", "2",
                "--out", run.toString())));
        RbmStack stack = RbmFile.load(run.resolve("rbm.safetensors"));
        assertEquals(VisibleUnit.GAUSSIAN, stack.layers().getFirst().rbm().visibleUnit());
        assertEquals(2, stack.layers().getFirst().rbm().options().cdSteps());
        assertTrue(stack.input().isPresent());
        assertDone(rbm("show", run.toString(), "--backend", "reference", "--out", dir.resolve("shown").toString()));
    }

    @Test
    void aStackIsUnrolledAndFineTuned() throws IOException {
        Path run = dir.resolve("stack");
        Outcome outcome = rbm("stack", Outcome.join(SMALL, "--hidden", "20,10", "--fine-tune", "2", "--labels", "100",
                "--out", run.toString()));
        assertDone(outcome);
        assertTrue(outcome.out().contains("fine-tuned on 100 labels: test accuracy "), outcome.out());
        RbmStack stack = RbmFile.load(run.resolve("rbm.safetensors"));
        assertEquals(List.of(20, 10), stack.layers().stream().map(l -> l.rbm().hidden()).toList());
        try (SafetensorsFile weights = Safetensors.read(run.resolve("fine-tuned/weights.safetensors"))) {
            assertEquals(Shape.of(20, 784), weights.tensor("fc1.weight").shape());
            assertEquals(Shape.of(10, 10), weights.tensor("fc3.weight").shape());
        }
        assertTrue(Files.isRegularFile(run.resolve("layer2/metrics.csv")));
        assertDone(rbm("sample", run.toString(), "--backend", "reference", "--chains", "4", "--turns", "3",
                "--out", dir.resolve("dream.png").toString()));
    }

    @Test
    void wrongUseIsExplained() {
        assertEquals(2, rbm("train", "--unit", "spiking").exit());
        assertTrue(Outcome.of("rbm").err().contains("rbm: which one? Known are train, stack, sample, show."));
        Outcome none = rbm("train", "--resume", dir.toString());
        assertEquals(1, none.exit());
        assertTrue(none.err().contains("rbm.json does not exist. Give the folder of a run of `lamina rbm train`."), none.err());
        Outcome changed = rbm("train", "--resume", dir.toString(), "--hidden", "9");
        assertTrue(changed.err().contains("--resume takes the settings of the run; --hidden cannot be changed."), changed.err());
    }

    @Test
    void demoReluPrintsTheKnownNumbersAndDraws() throws IOException {
        Path plot = dir.resolve("relu.png");
        Outcome outcome = Outcome.of("demo", "relu", "--out", plot.toString());
        assertDone(outcome);
        assertTrue(outcome.out().contains("0.682569  0.693147  0.000000"), outcome.out());
        assertTrue(outcome.out().contains("softplus 0.01058 at x = "), outcome.out());
        assertEquals(Shape.of(3, 500, 800), ImageFile.read(plot).shape());
        assertTrue(Outcome.of("demo").err().contains("demo: name one of "));
    }
}

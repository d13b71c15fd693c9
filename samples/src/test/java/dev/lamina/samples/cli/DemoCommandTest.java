package dev.lamina.samples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.io.ImageFile;
import dev.lamina.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Demos, templates and the mlp's options, as users call them. */
class DemoCommandTest {
    @TempDir
    private Path dir;

    private Outcome run(String... args) {
        return Outcome.of(Outcome.join(args, "--backend", "reference"));
    }

    @Test
    void pointsDemoDrawsFramesAPageAndAFigure() throws IOException {
        Outcome demo = run("demo", "spirals", "--epochs", "9", "--frames", "3", "--points", "20", "--hidden", "0,4", "--text",
                "--out", dir.toString());
        assertEquals(0, demo.exit(), demo.err());
        for (String name : new String[] {"frames/0001.png", "frames/0004.png", "regions.png"}) {
            Tensor picture = ImageFile.read(dir.resolve(name));
            assertEquals(3, picture.shape().dim(0), name);
            assertTrue(picture.shape().dim(2) > 2 * 200, "two panels of 200 pixels side by side");
        }
        String page = Files.readString(dir.resolve("index.html"));
        assertTrue(page.contains("'frames/0001.png', 'frames/0002.png', 'frames/0003.png', 'frames/0004.png'"), page);
        List<String> csv = Files.readAllLines(dir.resolve("results.csv"));
        assertTrue(csv.get(1).startsWith("linear,6,"), csv.toString());
        assertTrue(csv.get(2).startsWith("h = 4,22,"), csv.toString());
        assertTrue(demo.out().lines().anyMatch(l -> l.matches("[.o]{32} {2}[.o]{32} {2}")), demo.out());
        run("demo", "spirals", "--epochs", "1", "--frames", "1", "--points", "5", "--hidden", "0", "--out", dir.toString());
        assertTrue(Files.notExists(dir.resolve("frames/0004.png")), "frames of an earlier run are gone");
    }

    @Test
    void vanishingDemoWritesNumbersAndPlots() throws IOException {
        Outcome demo = run("demo", "vanishing", "--layers", "3", "--width", "8", "--depths", "2", "--hidden", "6", "--epochs", "1",
                "--train-limit", "200", "--out", dir.toString());
        assertEquals(0, demo.exit(), demo.err());
        List<String> untrained = Files.readAllLines(dir.resolve("untrained.csv"));
        assertEquals("layer,relu,sigmoid,tanh,leakyRelu,elu,gelu,softplus,binarize,binarizeBlock,none", untrained.getFirst());
        assertEquals(4, untrained.size());
        assertEquals(4, Files.readAllLines(dir.resolve("trained.csv")).size(), "two hidden layers and the last");
        assertTrue(demo.out().contains("0.25^3 = 0.0156"), demo.out());
        assertTrue(Files.size(dir.resolve("untrained.png")) > 0 && Files.size(dir.resolve("trained.png")) > 0);
    }

    @Test
    void depthDemoCountsParameters() throws IOException {
        Outcome demo = run("demo", "depth", "--depths", "0,1,2", "--hidden", "4,5", "--epochs", "1", "--train-limit", "200", "--out",
                dir.toString());
        assertEquals(0, demo.exit(), demo.err());
        List<String> csv = Files.readAllLines(dir.resolve("depth.csv"));
        assertTrue(csv.get(1).startsWith("0,,7850,"), csv.get(1));
        assertTrue(csv.get(2).startsWith("1,4,3190,"), csv.get(2));
        assertTrue(csv.get(5).startsWith("2,5,4015,"), csv.get(5));
        assertTrue(Files.size(dir.resolve("depth.png")) > 0);
    }

    @Test
    void showDrawsTheTemplatesOfALinearRunOnly() throws IOException {
        String[] quick = {"--train-limit", "200", "--epochs", "1", "--out"};
        Path linear = dir.resolve("linear");
        assertEquals(0, run(Outcome.join(Outcome.join(new String[] {"train", "--model", "linear"}, quick), linear.toString())).exit());
        Outcome shown = Outcome.of("show", "--run", linear.toString());
        assertEquals(0, shown.exit(), shown.err());
        assertEquals(3, ImageFile.read(linear.resolve("templates.png")).shape().dim(0));
        Path mlp = dir.resolve("mlp");
        assertEquals(0, run(Outcome.join(Outcome.join(new String[] {"train", "--model", "mlp", "--hidden", "5"}, quick), mlp.toString()))
                .exit());
        Outcome refused = Outcome.of("show", "--run", mlp.toString());
        assertEquals(1, refused.exit());
        assertTrue(refused.err().contains("holds a run of model \"mlp\", templates are those of \"linear\""), refused.err());
    }

    @Test
    void runsRememberTheWidthsAndTheActivation() {
        Path out = dir.resolve("deep");
        Outcome trained = run("train", "--model", "mlp", "--hidden", "12,7", "--activation", "binarizeBlock", "--train-limit", "300",
                "--epochs", "1", "--weight-decay", "0.1", "--out", out.toString());
        assertEquals(0, trained.exit(), trained.err());
        assertTrue(trained.out().contains("receives no gradient: fc1, fc2"), trained.out());
        assertEquals(0, run("eval", out.toString()).exit());
        Outcome resumed = run("train", "--resume", out.toString(), "--epochs", "2");
        assertEquals(0, resumed.exit(), resumed.err());
    }

    @Test
    void modelsWithoutActivationAreWarnedOfAndOptionsOfOthersRefused() {
        Outcome collapsed = Outcome.of("summary", "--model", "mlp", "--hidden", "8", "--activation", "none");
        assertTrue(collapsed.out().contains("warning: mlp: two linear layers without activation between them equal one."), collapsed.out());
        Outcome step = Outcome.of("summary", "--model", "mlp", "--hidden", "8", "--activation", "binarize");
        assertTrue(step.out().contains("straight-through gradient, a heuristic: the true derivative is 0"), step.out());
        Outcome refused = Outcome.of("summary", "--model", "lenet", "--hidden", "8");
        assertEquals(1, refused.exit());
        assertTrue(refused.err().contains("model \"lenet\": --hidden is for --model mlp only."), refused.err());
        assertTrue(Outcome.of("summary", "--model", "mlp", "--activation", "swish").err().contains("activation \"swish\" is unknown"));
    }

    @Test
    void courseListsItsRowsAndDemoItsNames() {
        Outcome list = Outcome.of("reproduce", "course", "--list", "--only", "^4 xor");
        assertEquals(0, list.exit(), list.err());
        assertEquals(4, list.out().lines().count(), list.out());
        assertEquals(2, Outcome.of("demo").exit());
        assertEquals(2, Outcome.of("reproduce").exit());
    }
}

package dev.lamina.samples.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lamina.samples.runs.JudgedBy;
import dev.lamina.train.TrainingRecipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The options of {@code lamina train} beyond the plain ones, its recipes and its neighbours. */
class TrainCommandTest {
    private static final String[] SMALL = {"train", "--backend", "reference", "--model", "mlp", "--hidden", "16", "--train-limit", "400",
        "--batch-size", "50"};
    private static final String[] TWO = {"--epochs", "2"};
    /** A run with everything that a checkpoint must carry. */
    private static final String[] MUCH = {"--accumulate", "2", "--ema", "0.9", "--ema-warmup", "--schedule", "plateau:0.5:0", "--keep",
        "best,last", "--clip-norm", "1", "--optimizer", "momentum", "--lr", "0.1", "--checkpoint-every", "0"};

    @TempDir
    private Path dir;

    private Outcome train(String run, String... more) {
        String[] length = Arrays.asList(more).contains("--epochs") ? new String[0] : TWO;
        return Outcome.of(Stream.of(Arrays.stream(SMALL), Stream.of("--out", dir.resolve(run).toString()), Arrays.stream(length),
                Arrays.stream(more)).flatMap(s -> s).toArray(String[]::new));
    }

    private JsonNode config(String run) throws IOException {
        return new ObjectMapper().readTree(dir.resolve(run).resolve("run.json").toFile()).get("config");
    }

    @Test
    void aRecipeSetsWhatIsNotGiven() throws IOException {
        Outcome outcome = train("a", "--recipe", "alexnet-caffe", "--lr", "0.05", "--schedule", "step:1");
        assertEquals(0, outcome.exit(), outcome.err());
        JsonNode config = config("a");
        assertEquals("mlp", config.get("model").textValue(), "given");
        assertEquals(2, config.get("epochs").intValue(), "given");
        assertEquals(0.05, config.get("rate").doubleValue(), "given");
        assertEquals("step:1", config.get("schedule").textValue(), "given");
        assertEquals(5e-4, config.get("weightDecay").doubleValue());
        assertEquals("momentum", config.get("optimizer").textValue());
        assertEquals("RATE_INSIDE", config.get("rules").get("momentumForm").textValue());
        assertEquals(2, config.get("rules").get("biasRate").doubleValue());
        assertTrue(config.get("rules").get("noDecay").booleanValue());
        assertEquals("alexnet-caffe", config.get("options").get("recipe").textValue());
        assertEquals("resize:256+crop+flip", config.get("options").get("augment").textValue());
    }

    static List<TrainingRecipe> recipes() {
        return TrainingRecipe.all();
    }

    @ParameterizedTest
    @MethodSource("recipes")
    void everyRecipeIsUnderstood(TrainingRecipe recipe) {
        Outcome outcome = train("r", "--recipe", recipe.name(), "--epochs", "6", "--lr", "-1", "--new-head=false");
        assertEquals(1, outcome.exit(), outcome.err());
        assertTrue(outcome.err().contains("trainConfig: rate = -1.0, needs a finite number >= 0."), outcome.err());
        Outcome ofItsModel = Outcome.of("train", "--recipe", recipe.name(), "--lr", "-1", "--new-head=false", "--backend", "reference");
        assertTrue(ofItsModel.err().contains("trainConfig: rate = -1.0, needs a finite number >= 0."), ofItsModel.err());
    }

    @Test
    void recipesAreListedWithTheirSources() {
        Outcome outcome = Outcome.of("recipes");
        assertEquals(0, outcome.exit());
        for (TrainingRecipe recipe : TrainingRecipe.all()) {
            assertTrue(outcome.out().contains(recipe.name() + ": ") && outcome.out().contains("source: " + recipe.source()), outcome.out());
        }
        assertTrue(outcome.out().contains("--schedule multistep:50%,75%:0.1"), outcome.out());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --recipe resnet            | recipe "resnet" is unknown; known are alexnet-2012,
            --no-decay bias            | train: --no-decay bias, needs none or norm-bias.
            --momentum-form inside     | train: --momentum-form inside, needs rate-outside or rate-inside.
            --non-finite ignore        | train: --non-finite ignore, needs error or skip.
            --keep best                | train: --keep best, needs last or best,last; the last is what --resume goes on from.
            --keep best,last --metric f1 | train: --metric f1, needs loss or top1.
            --ema 1                    | trainConfig: emaDecay = 1.0, needs 0 <= emaDecay < 1; 0 switches averages off.
            --restore-best             | trainConfig: restoreBest without keeping the best. Keep best,last.
            --accumulate 0             | trainConfig: accumulate = 0, needs >= 1.
            --new-head                 | trainConfig: newHead without weights to start from. Give a run or a file of weights.
            --from no/such             | from "no/such": there is no such run folder or file. Give a run, or a file of weights
            --freeze conv*             | freeze: "conv*" fits no parameter; there are fc1.weight,
            --schedule plateau:2       | schedule "plateau:2": factor = 2.0, needs 0 < factor < 1.
            --momentum-form rate-inside | trainConfig: momentumForm = RATE_INSIDE with optimizer "adam", which has none. Use momentum.
            """)
    void wrongUseIsExplained(String args, String message) {
        Outcome outcome = train("w", args.strip().split("\\s+"));
        assertEquals(1, outcome.exit(), outcome.err());
        assertTrue(outcome.err().contains("lamina: " + message), outcome.err());
    }

    @Test
    void fineTuningTakesWeightsAndLeavesFrozenOnes() throws IOException {
        assertEquals(0, train("base").exit());
        Outcome tuned = train("tuned", "--from", dir.resolve("base").toString(), "--freeze", "fc1*", "--new-head", "--head-lr", "10");
        assertEquals(0, tuned.exit(), tuned.err());
        try (var base = dev.lamina.io.Safetensors.read(dir.resolve("base/weights.safetensors"));
                var after = dev.lamina.io.Safetensors.read(dir.resolve("tuned/weights.safetensors"))) {
            String first = base.names().stream().filter(n -> n.startsWith("fc1.")).findFirst().orElseThrow();
            assertArrayEquals(base.tensor(first).toFloats(), after.tensor(first).toFloats());
        }
    }

    @Test
    void findLrSuggestsAndWritesFiles() throws IOException {
        Outcome outcome = Outcome.of("find-lr", "--backend", "reference", "--model", "mlp", "--hidden", "16", "--train-limit", "400",
                "--optimizer", "momentum", "--steps", "40", "--first-lr", "1e-5", "--out", dir.resolve("sweep").toString());
        assertEquals(0, outcome.exit(), outcome.err());
        assertTrue(outcome.out().contains("suggested: "), outcome.out());
        assertTrue(Files.isRegularFile(dir.resolve("sweep.png")));
        List<String> rows = Files.readAllLines(dir.resolve("sweep.csv"));
        assertTrue(rows.size() > 10 && rows.size() <= 41, rows.size() + " rows");
        assertTrue(rows.get(1).startsWith("1.0E-5,"), rows.get(1));
    }

    /** Runs say by which samples their best epoch was chosen, and warn where these are the test samples. */
    @ParameterizedTest
    @CsvSource({"--keep best;last, true, TEST", "--early-stop 5, true, TEST", "--epochs 2, false, TEST",
        "--keep best;last --restore-best --metric top1 --val-split 0.1, false, HELD_OUT",
        "--early-stop 5 --val-split 0.1, false, HELD_OUT"})
    void bestEpochsSayWhatTheyWereChosenOn(String options, boolean warns, JudgedBy judge) throws IOException {
        Outcome outcome = train("best", options.replace(';', ',').split(" "));
        assertEquals(0, outcome.exit(), outcome.err());
        long warnings = outcome.out().lines().filter(l -> l.startsWith("warning: the best epoch is chosen on the test samples")).count();
        assertEquals(warns ? 1 : 0, warnings, outcome.out());
        assertEquals(warns, outcome.out().contains("optimistic. Use --val-split"), outcome.out());
        String chosen = options.contains("top1") ? "highest accuracy" : "lowest loss";
        boolean chooses = !options.startsWith("--epochs");
        assertEquals(chooses, outcome.out().contains(" of 2, by the " + chosen + " on " + judge.text() + ": accuracy "), outcome.out());
        assertEquals(options.contains("--restore-best"), outcome.out().contains("; the run ends with its weights"), outcome.out());
        String page = Files.readString(dir.resolve("best/index.html"));
        assertTrue(page.contains(", chosen on " + judge.text()), page);
        assertEquals(judge == JudgedBy.TEST, page.contains("the figure is optimistic; --val-split"));
        assertEquals(judge.name(), config("best").get("options").get("judged-by").textValue());
    }

    /** The first loss of a sweep is that of training's first step, whose epoch has no other. */
    @ParameterizedTest
    @ValueSource(strings = {"--augment crop:2+mixup:0.4 --class-weights 1,2,3,4,5,6,7,8,9,9 --label-smoothing 0.1", "--features pca:k=5",
        "--val-split 0.25 --augment cutmix:1"})
    void findLrTakesTheStepsThatTrainingTakes(String settings) throws IOException {
        String[] same = ("--backend reference --model linear --train-limit 32 --batch-size 32 --optimizer sgd " + settings).split(" ");
        Outcome swept = Outcome.of(Outcome.join(Outcome.join(new String[] {"find-lr"}, same), "--steps", "10", "--out",
                dir.resolve("sweep").toString()));
        assertEquals(0, swept.exit(), swept.err());
        Outcome trained = Outcome.of(Outcome.join(Outcome.join(new String[] {"train"}, same), "--epochs", "1", "--out",
                dir.resolve("run").toString()));
        assertEquals(0, trained.exit(), trained.err());
        String loss = Files.readAllLines(dir.resolve("sweep.csv")).get(1).split(",")[1];
        JsonNode epoch = new ObjectMapper().readTree(dir.resolve("run/run.json").toFile()).get("history").get(0);
        assertEquals(epoch.get("trainLoss").doubleValue(), Double.parseDouble(loss), 1e-12);
    }

    /** A process that is asked to end, as by Ctrl-C, ends its step, writes a checkpoint, says how to go on, and loses nothing. */
    @Test
    void anInterruptedRunSaysHowToGoOnAndDoes() throws IOException, InterruptedException {
        Path run = dir.resolve("stopped");
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"), Lamina.class.getName()));
        command.addAll(List.of(SMALL));
        command.addAll(List.of(MUCH));
        command.addAll(List.of("--epochs", "200", "--out", run.toString()));
        Path log = dir.resolve("log");
        Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
        while (process.isAlive() && !Files.exists(run.resolve("weights-best.safetensors"))) {
            process.waitFor(5, TimeUnit.MILLISECONDS);
        }
        process.destroy();
        process.waitFor();
        String text = Files.readString(log);
        assertTrue(text.contains("go on with: lamina train --resume " + run), text);
        assertFalse(text.contains("was not drawn"), text);
        assertEquals(800, ImageIO.read(run.resolve("curves.png").toFile()).getWidth());
        JsonNode record = new ObjectMapper().readTree(run.resolve("run.json").toFile());
        assertTrue(text.contains("stopped after " + record.get("step").longValue() + " steps"), text);
        int epochs = record.get("epoch").intValue() + 2;
        Outcome resumed = Outcome.of("train", "--resume", run.toString(), "--backend", "reference", "--epochs", Integer.toString(epochs));
        assertEquals(0, resumed.exit(), resumed.err());
        assertEquals(0, train("through", Outcome.join(MUCH, "--epochs", Integer.toString(epochs))).exit());
        assertArrayEquals(Files.readAllBytes(dir.resolve("through/weights.safetensors")),
                Files.readAllBytes(run.resolve("weights.safetensors")));
    }
}

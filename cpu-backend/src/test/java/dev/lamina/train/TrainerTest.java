package dev.lamina.train;

import static org.junit.jupiter.api.Assertions.*;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.data.Split;
import dev.lamina.graph.Value;
import dev.lamina.io.CorruptFileException;
import dev.lamina.nn.Layers;
import dev.lamina.nn.Model;
import dev.lamina.nn.Sequential;
import dev.lamina.optim.Optimizer;
import dev.lamina.optim.Schedule;
import dev.lamina.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainerTest {
    /** 130 samples in batches of 20: 7 steps an epoch, the last of 10 samples. */
    private static final Split DATA = TinyData.split(130, 50);
    private static final TrainConfig CONFIG = TrainConfig.builder("tiny", "tiny").batchSize(20).epochs(4).seed(5).optimizer("adam")
            .rate(0.02).clipNorm(5).labelSmoothing(0.05).checkpointEvery(3).evalBatchSize(32).build();
    private static Backend backend;

    @TempDir
    Path folder;

    @BeforeAll
    static void open() {
        backend = Backends.open("reference");
    }

    @AfterAll
    static void close() {
        backend.close();
    }

    private static Trainer trainer(TrainConfig config, Listener... listeners) {
        return trainer(TinyData.model(), config, listeners);
    }

    private static Trainer trainer(Model model, TrainConfig config, Listener... listeners) {
        return new Trainer(backend, model, DATA, config, Optimizer.parse(config.optimizer(), config.weightDecay()),
                Schedule.cosine(config.rate(), 28), List.of(listeners));
    }

    private byte[] weights(String name, TrainConfig config) throws IOException {
        try (Trainer trainer = trainer(config).runFolder(folder.resolve(name))) {
            trainer.fit();
        }
        return Files.readAllBytes(folder.resolve(name).resolve(RunFolder.WEIGHTS));
    }

    /** Requests a stop at a step, and records what is told. */
    private static final class StopAt implements Listener {
        private final long step;
        private final List<Step> steps = new ArrayList<>();
        private final List<Long> saved = new ArrayList<>();
        private Trainer trainer;
        private boolean closed;

        StopAt(long step) {
            this.step = step;
        }

        @Override
        public void onStep(Step event) {
            steps.add(event);
            if (event.step() == step) {
                trainer.requestStop();
            }
        }

        @Override
        public void onCheckpoint(Saved event) {
            saved.add(event.step());
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    @Test
    void learnsAndLeavesARunFolder() throws IOException {
        Path run = folder.resolve("run");
        StopAt events = new StopAt(-1);
        try (Trainer trainer = trainer(CONFIG, events).runFolder(run)) {
            TrainResult result = trainer.fit();
            assertEquals(TrainResult.End.FINISHED, result.end());
            assertEquals(28, result.steps());
            assertEquals(4, result.history().size());
            assertTrue(result.last().testTop1() >= 0.9, result.last().toString());
            assertEquals(1, result.last().testTop5(), "no more than five classes");
            assertTrue(result.last().trainLoss() < result.history().getFirst().trainLoss());
            assertEquals(28, result.last().step());
            assertTrue(result.samplesPerSecond() > 0 && result.seconds() > 0);
            Evaluation test = trainer.evaluate(DATA.test());
            assertEquals(result.last().testLoss(), test.loss());
            assertEquals(result.last().testTop1(), test.top1());
            assertEquals(50, test.samples());
        }
        assertEquals(28, events.steps.size());
        assertEquals(130, events.steps.get(6).samples());
        assertEquals(List.of(0L, 3L, 6L, 7L), events.saved.subList(0, 4));
        assertTrue(events.closed);
        try (Stream<Path> files = Files.list(run)) {
            assertEquals(List.of("checkpoint-28.safetensors", "run.json", "weights.safetensors"),
                    files.map(f -> f.getFileName().toString()).sorted().toList());
        }
    }

    @Test
    void theRunFolderEvaluatesAndPredicts() throws IOException {
        Path run = folder.resolve("run");
        double loss;
        try (Trainer trainer = trainer(CONFIG).runFolder(run)) {
            loss = trainer.fit().last().testLoss();
        }
        RunFolder opened = RunFolder.open(run);
        assertEquals(CONFIG, opened.config());
        assertTrue(opened.finished());
        assertEquals(List.of("fc1.bias", "fc1.weight", "fc2.bias", "fc2.weight"),
                opened.weights().keySet().stream().filter(n -> n.startsWith("fc")).sorted().toList());
        assertTrue(opened.weights().keySet().stream().noneMatch(n -> n.startsWith("optim.") || n.startsWith("rng.") || n.equals("lr")));
        try (Evaluator evaluator = opened.evaluator(backend, TinyData.model())) {
            assertEquals(loss, evaluator.evaluate(DATA.test(), 32).loss());
            Tensor images = Tensor.zeros(dev.lamina.tensor.DType.UINT8, dev.lamina.tensor.Shape.of(2, 1, 6, 6));
            DATA.test().read(3, images.select(0, 1));
            Tensor probabilities = evaluator.predict(images);
            assertEquals(1, probabilities.get(1, 0) + probabilities.get(1, 1) + probabilities.get(1, 2), 1e-6);
            int label = DATA.test().label(3);
            assertTrue(probabilities.get(1, label) > 0.4, probabilities.toString());
        }
        Model other = TinyData.model(Sequential.of(Layers.flatten(), Layers.linear("fc1", 3)));
        assertEquals("weights: \"fc1.weight\" is float32 [12, 36], model \"tiny\" needs float32 [3, 36]. Is this another model?",
                assertThrows(IllegalArgumentException.class, () -> opened.evaluator(backend, other)).getMessage());
    }

    @Test
    void oneSeedGivesOneResultAnotherAnother() throws IOException {
        byte[] first = weights("a", CONFIG);
        assertArrayEquals(first, weights("b", CONFIG));
        assertFalse(java.util.Arrays.equals(first, weights("c", CONFIG.toBuilder().seed(6).build())));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 3, 7, 11, 14, 27, 28})
    void aStoppedRunGoesOnBitForBit(long stopAt) throws IOException {
        byte[] whole = weights("whole", CONFIG);
        List<EpochMetrics> expected = RunFolder.open(folder.resolve("whole")).history();
        Path run = folder.resolve("stopped");
        StopAt stop = new StopAt(stopAt);
        try (Trainer trainer = trainer(CONFIG, stop).runFolder(run)) {
            stop.trainer = trainer;
            TrainResult result = trainer.fit();
            assertEquals(TrainResult.End.STOPPED, result.end());
            assertEquals(stopAt, result.steps());
        }
        assertFalse(Files.exists(run.resolve(RunFolder.WEIGHTS)));
        assertEquals(stopAt, RunFolder.open(run).steps());
        StopAt rest = new StopAt(-1);
        try (Trainer trainer = trainer(CONFIG, rest).resume(run)) {
            TrainResult result = trainer.fit();
            assertEquals(TrainResult.End.FINISHED, result.end());
            for (int e = 0; e < 4; e++) {
                assertEquals(expected.get(e).trainLoss(), result.history().get(e).trainLoss());
                assertEquals(expected.get(e).trainAccuracy(), result.history().get(e).trainAccuracy());
                assertEquals(expected.get(e).testLoss(), result.history().get(e).testLoss());
            }
        }
        assertEquals(28 - stopAt, rest.steps.size());
        assertArrayEquals(whole, Files.readAllBytes(run.resolve(RunFolder.WEIGHTS)));
    }

    @Test
    void aFailureBetweenCheckpointsLosesOnlyTheStepsSince() throws IOException {
        byte[] whole = weights("whole", CONFIG);
        Path run = folder.resolve("failed");
        Listener failing = new Listener() {
            @Override
            public void onStep(Step step) {
                if (step.step() == 12) {
                    throw new IllegalStateException("the power went out");
                }
            }
        };
        try (Trainer trainer = trainer(CONFIG, failing).runFolder(run)) {
            assertEquals("the power went out", assertThrows(IllegalStateException.class, trainer::fit).getMessage());
        }
        assertEquals(9, RunFolder.open(run).steps());
        try (Trainer trainer = trainer(CONFIG).resume(run)) {
            trainer.fit();
        }
        assertArrayEquals(whole, Files.readAllBytes(run.resolve(RunFolder.WEIGHTS)));
        try (Trainer trainer = trainer(CONFIG).resume(run)) {
            assertEquals(28, trainer.fit().steps(), "resuming a finished run does nothing");
        }
        assertArrayEquals(whole, Files.readAllBytes(run.resolve(RunFolder.WEIGHTS)));
    }

    @Test
    void refusesToResumeWhatItCannot() throws IOException {
        Path run = folder.resolve("run");
        StopAt stop = new StopAt(4);
        try (Trainer trainer = trainer(CONFIG, stop).runFolder(run)) {
            stop.trainer = trainer;
            trainer.fit();
        }
        try (Trainer trainer = trainer(CONFIG).runFolder(run)) {
            assertEquals("trainer: \"" + run + "\" holds a run already. Resume it, or give another folder.",
                    assertThrows(TrainingException.class, trainer::fit).getMessage());
        }
        try (Trainer trainer = trainer(CONFIG.toBuilder().batchSize(10).build()).resume(run)) {
            assertEquals("trainer: cannot resume \"" + run + "\": batchSize was 20, now 10. Resume with the settings of the run, or start "
                    + "another.", assertThrows(TrainingException.class, trainer::fit).getMessage());
        }
        Model other = TinyData.model(Sequential.of(Layers.flatten(), Layers.linear("fc1", 3)));
        try (Trainer trainer = trainer(other, CONFIG).resume(run)) {
            assertEquals("trainer: the checkpoint has \"fc1.weight\" as float32 [12, 36], this run needs float32 [3, 36]. Resume with the "
                    + "model and the optimizer of the run.", assertThrows(TrainingException.class, trainer::fit).getMessage());
        }
        Path file = run.resolve("checkpoint-4.safetensors");
        Files.write(file, java.util.Arrays.copyOf(Files.readAllBytes(file), 100));
        try (Trainer trainer = trainer(CONFIG).resume(run)) {
            assertThrows(CorruptFileException.class, trainer::fit);
        }
        try (Trainer trainer = trainer(CONFIG).resume(folder.resolve("none"))) {
            assertThrows(TrainingException.class, trainer::fit);
        }
    }

    @Test
    void stopsWhenTheLossNoLongerFalls() throws IOException {
        TrainConfig config = CONFIG.toBuilder().epochs(50).earlyStop(2, 10).build();
        try (Trainer trainer = trainer(config).runFolder(folder.resolve("run"))) {
            TrainResult result = trainer.fit();
            assertEquals(TrainResult.End.EARLY_STOP, result.end());
            assertEquals(3, result.history().size());
        }
        assertTrue(RunFolder.open(folder.resolve("run")).finished());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void saysWhereALossThatIsNotFiniteCameFrom(boolean withFolder) {
        TrainConfig config = CONFIG.toBuilder().optimizer("sgd").rate(1).clipNorm(0).labelSmoothing(0).build();
        // From step 9 on the rate is such that weights leave float32's range.
        try (Trainer trainer = new Trainer(backend, TinyData.model(Sequential.mlp(new long[] {8}, 3, "relu")), DATA, config,
                Optimizer.parse("sgd", 0), step -> step < 8 ? 0.1 : 1e30, List.of())) {
            if (withFolder) {
                trainer.runFolder(folder.resolve("run"));
            }
            String message = assertThrows(TrainingException.class, trainer::fit).getMessage();
            assertTrue(message.matches("trainer: loss is (NaN|Infinity) at step 1[0-9]; (NaN|-?Infinity) first appears in \\w+ \"\\S+\", "
                    + "float32 \\[.*\\]\\. Learning rate is 1\\.0E30\\. Try a smaller one, or clip gradients\\."), message);
        }
    }

    @Test
    void aGradientHookChangesWhatIsLearned() throws IOException {
        byte[] plain = weights("plain", CONFIG);
        try (Trainer trainer = trainer(CONFIG).runFolder(folder.resolve("hooked")).gradientHook((graph, gradients) -> {
            Map<Value, Value> zeroed = new LinkedHashMap<>();
            gradients.forEach((variable, gradient) -> zeroed.put(variable, gradient.times(0)));
            return zeroed;
        })) {
            trainer.fit();
        }
        assertFalse(java.util.Arrays.equals(plain, Files.readAllBytes(folder.resolve("hooked").resolve(RunFolder.WEIGHTS))));
    }

    @Test
    void workWithoutAFolderAndWithoutEpochs() throws IOException {
        try (Trainer trainer = trainer(CONFIG.toBuilder().epochs(0).build())) {
            TrainResult result = trainer.fit();
            assertEquals(0, result.steps());
            assertThrows(IllegalStateException.class, result::last);
            assertEquals("trainer: fit may be called once. Make another trainer, and resume.",
                    assertThrows(IllegalStateException.class, trainer::fit).getMessage());
        }
    }

    @Test
    void refusesDataThatDoesNotFit() {
        Model other = new Model("other", dev.lamina.tensor.Shape.of(1, 7, 6), 3, Layers.flatten());
        assertEquals("data \"tiny\" has samples [1, 6, 6] of 3 classes, model \"other\" takes [1, 7, 6] and 3 classes.",
                assertThrows(IllegalArgumentException.class, () -> trainer(other, CONFIG)).getMessage());
    }
}

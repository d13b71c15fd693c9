package dev.lamina.train;

import static org.junit.jupiter.api.Assertions.*;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.data.InMemoryDataset;
import dev.lamina.data.Split;
import dev.lamina.io.AtomicFiles;
import dev.lamina.io.Safetensors;
import dev.lamina.nn.Layer;
import dev.lamina.nn.Layers;
import dev.lamina.nn.Model;
import dev.lamina.nn.Sequential;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Weights that a run averages, keeps, starts from or leaves as they are. */
class KeptWeightsTest {
    private static final Split DATA = TinyData.split(60, 40);
    private static final TrainConfig CONFIG = TrainConfig.builder("tiny", "tiny").batchSize(20).epochs(4).seed(5).optimizer("momentum")
            .rate(0.3).checkpointEvery(2).build();
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

    private static Trainer trainer(Model model, TrainConfig config, Listener... listeners) {
        return new Trainer(backend, model, DATA, config, config.makeOptimizer(), config.makeSchedule(3), List.of(listeners));
    }

    private static Trainer trainer(TrainConfig config, Listener... listeners) {
        return trainer(TinyData.model(), config, listeners);
    }

    /** Copies some variables after each step and each epoch. */
    private static final class Watch implements Listener {
        private final List<Map<String, Tensor>> steps = new ArrayList<>();
        private final List<Map<String, Tensor>> epochs = new ArrayList<>();
        private long stopAt = -1;
        private Trainer trainer;

        Trainer watch(Trainer watched) {
            trainer = watched;
            return watched;
        }

        private Map<String, Tensor> copies() {
            Map<String, Tensor> copies = new TreeMap<>();
            TinyData.model().parameters().names().forEach(name -> copies.put(name, trainer.state().get(name)));
            return copies;
        }

        @Override
        public void onStep(Step step) {
            steps.add(copies());
            if (step.step() == stopAt) {
                trainer.requestStop();
            }
        }

        @Override
        public void onEpoch(Epoch epoch) {
            epochs.add(copies());
        }
    }

    private static void assertEqualBits(Map<String, Tensor> expected, Map<String, Tensor> got) {
        expected.forEach((name, tensor) -> assertArrayEquals(tensor.toFloats(), got.get(name).toFloats(), name));
    }

    @Test
    void averagesFollowTheirRuleAndAreWhatIsTestedAndWritten() throws IOException {
        TrainConfig config = CONFIG.toBuilder().averaging(new Averaging(0.7, true, true)).build();
        Watch watch = new Watch();
        Path run = folder.resolve("run");
        double[] start;
        try (Trainer trainer = watch.watch(trainer(config, watch)).runFolder(run)) {
            TrainResult result = trainer.fit();
            start = TinyData.model().parameters().initial("fc1.weight", 5).toDoubles();
            for (int t = 0; t < watch.steps.size(); t++) {
                double decay = Math.min(0.7, (1.0 + t) / (10 + t));
                double[] weight = watch.steps.get(t).get("fc1.weight").toDoubles();
                for (int i = 0; i < start.length; i++) {
                    start[i] = (float) (decay * start[i] + (1 - decay) * weight[i]);
                }
            }
            assertArrayEquals(start, trainer.state().get("ema.fc1.weight").toDoubles(), 1e-6);
            assertEquals(result.last().testLoss(), trainer.evaluate(DATA.test()).loss());
        }
        RunFolder opened = RunFolder.open(run);
        assertArrayEquals(start, opened.weights().get("fc1.weight").toDoubles(), 1e-6);
        assertArrayEquals(watch.steps.getLast().get("norm.running_mean").toFloats(), opened.weights().get("norm.running_mean").toFloats());
        try (Evaluator evaluator = opened.evaluator(backend, TinyData.model())) {
            assertEquals(opened.history().getLast().testLoss(), evaluator.evaluate(DATA.test(), 256).loss());
        }
    }

    @Test
    void aStoppedRunIsOpenedWithItsAverages() throws IOException {
        Watch watch = new Watch();
        watch.stopAt = 5;
        Path run = folder.resolve("run");
        try (Trainer trainer = watch.watch(trainer(CONFIG.toBuilder().averaging(new Averaging(0.9, false, true)).build(), watch))
                .runFolder(run)) {
            trainer.fit();
            assertArrayEquals(trainer.state().get("ema.fc2.bias").toFloats(), RunFolder.open(run).weights().get("fc2.bias").toFloats());
        }
        Path other = folder.resolve("other");
        Watch plain = new Watch();
        plain.stopAt = 5;
        try (Trainer trainer = plain.watch(trainer(CONFIG.toBuilder().averaging(new Averaging(0.9, false, false)).build(), plain))
                .runFolder(other)) {
            trainer.fit();
            assertEqualBits(plain.steps.getLast(), RunFolder.open(other).weights());
        }
    }

    @Test
    void theBestEpochIsKeptAndPutBackByOption() throws IOException {
        TrainConfig config = CONFIG.toBuilder().epochs(8).rate(1.5).checkpointEvery(0).earlyStop(2, 0)
                .keeping(new Keeping(true, Keeping.Metric.LOSS, true)).build();
        Watch watch = new Watch();
        Path run = folder.resolve("run");
        try (Trainer trainer = watch.watch(trainer(config, watch)).runFolder(run)) {
            TrainResult result = trainer.fit();
            int best = 0;
            for (int e = 1; e < result.history().size(); e++) {
                best = result.history().get(e).testLoss() < result.history().get(best).testLoss() ? e : best;
            }
            assertTrue(best < result.history().size() - 1, "the last epoch is not the best: " + result.history());
            assertEqualBits(watch.epochs.get(best), RunFolder.openBest(run).weights());
            assertEqualBits(watch.epochs.get(best), RunFolder.open(run).weights());
            assertEquals(result.history().get(best).testLoss(), trainer.evaluate(DATA.test()).loss());
        }
        Path last = folder.resolve("last");
        try (Trainer trainer = trainer(config.toBuilder().keeping(new Keeping(true, Keeping.Metric.LOSS, false)).build()).runFolder(last)) {
            trainer.fit();
            assertEqualBits(watch.epochs.getLast(), RunFolder.open(last).weights());
        }
        try (Trainer trainer = trainer(config)) {
            assertEquals("trainer: the best weights are to be kept, but there is no run folder. Give one.",
                    assertThrows(TrainingException.class, trainer::fit).getMessage());
        }
    }

    @Test
    void frozenParametersAndStatisticsStay() throws IOException {
        TrainConfig config = CONFIG.toBuilder().weightDecay(0.1)
                .fineTuning(new FineTuning("", List.of("fc1*", "norm.*"), false, 1)).build();
        Watch watch = new Watch();
        Map<String, Tensor> start = new TreeMap<>();
        TinyData.model().parameters().names().forEach(name -> start.put(name, TinyData.model().parameters().initial(name, 5)));
        try (Trainer trainer = watch.watch(trainer(config, watch))) {
            trainer.fit();
            assertTrue(trainer.state().variables().keySet().stream()
                    .noneMatch(n -> n.startsWith("optim.fc1") || n.startsWith("optim.norm")));
        }
        Map<String, Tensor> end = watch.steps.getLast();
        for (String name : start.keySet()) {
            boolean same = java.util.Arrays.equals(start.get(name).toFloats(), end.get(name).toFloats());
            assertEquals(!name.startsWith("fc2"), same, name);
        }
    }

    @Test
    void aFrozenNormUsesItsRunningStatisticsInTraining() throws IOException {
        Model model = TinyData.model(Sequential.of(Layers.flatten(), Layers.linear("fc1", 12), Layers.batchNorm1d("norm"), Layers.relu(),
                Layers.linear("fc2", 3)));
        TrainConfig config = CONFIG.toBuilder().epochs(1).rate(0).batchSize(60).fineTuning(new FineTuning("", List.of("norm*"), false, 1))
                .build();
        try (Trainer trainer = trainer(model, config)) {
            assertEquals(trainer.fit().last().trainLoss(), trainer.evaluate(DATA.train()).loss(), 1e-6);
        }
    }

    @Test
    void patternsThatFitNothingOrEverythingAreRefused() {
        try (Trainer trainer = trainer(CONFIG.toBuilder().fineTuning(new FineTuning("", List.of("conv*"), false, 1)).build())) {
            assertEquals("freeze: \"conv*\" fits no parameter; there are fc1.weight, fc1.bias, norm.weight, norm.bias, fc2.weight, "
                    + "fc2.bias.",
                    assertThrows(IllegalArgumentException.class, trainer::fit).getMessage());
        }
        try (Trainer trainer = trainer(CONFIG.toBuilder().fineTuning(new FineTuning("", List.of("fc*", "norm.*"), false, 1)).build())) {
            assertEquals("freeze: fc*,norm.* fits all 6 parameters, nothing is left to train. Leave at least the head free.",
                    assertThrows(IllegalArgumentException.class, trainer::fit).getMessage());
        }
    }

    private static Layer layers(int hidden, int classes) {
        return Sequential.of(Layers.flatten(), Layers.linear("fc1", hidden), Layers.batchNorm1d("norm"), Layers.relu(), Layers.dropout(0.2),
                Layers.linear("fc2", classes));
    }

    @Test
    void anotherNumberOfClassesNeedsANewHead() throws IOException {
        Path run = folder.resolve("run");
        try (Trainer trainer = trainer(CONFIG).runFolder(run)) {
            trainer.fit();
        }
        Split four = four();
        Model model = new Model("tiny", TinyData.SHAPE, 4, layers(12, 4));
        StartWeights weights = StartWeights.of(run);
        FineTuning same = new FineTuning(run.toString(), List.of(), false, 1);
        TrainConfig config = CONFIG.toBuilder().epochs(0).seed(8).fineTuning(same).build();
        try (Trainer trainer = new Trainer(backend, model, four, config, config.makeOptimizer(), config.makeSchedule(1), List.of())) {
            assertEquals("from \"" + run + "\": \"fc2.weight\" is float32 [3, 12], model \"tiny\" of 4 classes needs float32 [4, 12]. Use "
                    + "--new-head to start \"fc2\" anew, or data of as many classes.",
                    assertThrows(IllegalArgumentException.class, trainer.startFrom(weights)::fit).getMessage());
        }
        TrainConfig anew = config.toBuilder().fineTuning(new FineTuning(run.toString(), List.of(), true, 1)).build();
        try (Trainer trainer = new Trainer(backend, model, four, anew, anew.makeOptimizer(), anew.makeSchedule(1), List.of())) {
            trainer.startFrom(StartWeights.of(run.resolve(RunFolder.WEIGHTS))).runFolder(folder.resolve("fine")).fit();
            RunFolder fine = RunFolder.open(folder.resolve("fine"));
            for (String name : List.of("fc1.weight", "fc1.bias", "norm.weight", "norm.running_mean", "norm.running_var")) {
                assertArrayEquals(weights.tensors().get(name).toFloats(), fine.weights().get(name).toFloats(), name);
            }
            assertArrayEquals(model.parameters().initial("fc2.weight", 8).toFloats(), fine.weights().get("fc2.weight").toFloats());
            assertEquals(RunFolder.open(run).statistics(), fine.statistics(), "samples are normalised as the weights know them");
        }
    }

    @Test
    void weightsOfAnotherModelAreRefused() throws IOException {
        Map<String, Tensor> tensors = new TreeMap<>();
        TinyData.model().parameters().names().forEach(n -> tensors.put(n, TinyData.model().parameters().initial(n, 1)));
        tensors.put("fc1.weight", Tensor.zeros(DType.FLOAT32, Shape.of(12, 35)));
        assertEquals("from \"x\": \"fc1.weight\" is float32 [12, 35], model \"tiny\" of 3 classes needs float32 [12, 36]. Is this another "
                + "model?", refusal(new StartWeights("x", tensors, Optional.empty())));
        tensors.remove("fc1.weight");
        assertEquals("from \"x\": \"fc1.weight\" is missing; there are 7 tensors, model \"tiny\" of 3 classes needs float32 [12, 36]. Is "
                + "this another model?", refusal(new StartWeights("x", tensors, Optional.empty())));
        Path none = folder.resolve("none");
        assertEquals("from \"" + none + "\": there is no such run folder or file. Give a run, or a file of weights (.safetensors).",
                assertThrows(TrainingException.class, () -> StartWeights.of(none)).getMessage());
    }

    private static String refusal(StartWeights weights) {
        try (Trainer trainer = trainer(CONFIG.toBuilder().fineTuning(new FineTuning("x", List.of(), false, 1)).build())) {
            return assertThrows(IllegalArgumentException.class, trainer.startFrom(weights)::fit).getMessage();
        }
    }

    private static Split four() {
        int count = 20;
        InMemoryDataset set = new InMemoryDataset("four", Tensor.zeros(DType.UINT8, Shape.of(count, 1, 6, 6)),
                Tensor.of(new int[count], count), List.of("a", "b", "c", "d"));
        return new Split(set, set);
    }

    /** A disk with room for so many bytes. */
    private static OutputStream limited(OutputStream out, long room) {
        return new FilterOutputStream(out) {
            private long left = room;

            @Override
            public void write(int b) throws IOException {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int from, int count) throws IOException {
                out.write(bytes, from, (int) Math.min(left, count));
                left -= count;
                if (left < 0) {
                    throw new IOException("No space left on device");
                }
            }
        };
    }

    @Test
    void theLastGoodCheckpointSurvivesAFullDisk() throws IOException {
        Path whole = folder.resolve("whole");
        try (Trainer trainer = trainer(CONFIG).runFolder(whole)) {
            trainer.fit();
        }
        for (String full : List.of("checkpoint-0.safetensors", "checkpoint-5.safetensors", "checkpoint-9.safetensors", RunFolder.WEIGHTS)) {
            Path run = folder.resolve("full-" + full);
            TensorWriter writer = (file, tensors, metadata) -> AtomicFiles.write(file, out -> Safetensors.content(tensors, metadata)
                    .write(file.endsWith(full) ? limited(out, 300) : out));
            String message;
            try (Trainer trainer = trainer(CONFIG.toBuilder().checkpointEvery(5).build()).runFolder(run).tensorWriter(writer)) {
                message = assertThrows(IOException.class, trainer::fit).getMessage();
            }
            assertTrue(message.startsWith("checkpoint: cannot write \"" + run.resolve(full) + "\": No space left on device; "), message);
            assertTrue(message.matches("(?s).* device; \\d+ bytes are free there\\. .*"), message);
            try (Stream<Path> files = Files.list(run)) {
                assertTrue(files.noneMatch(f -> f.toString().contains(".part-")));
            }
            if (full.equals("checkpoint-0.safetensors")) {
                assertTrue(message.endsWith("No checkpoint was written before."), message);
                assertFalse(RunFolder.isRun(run));
                continue;
            }
            String last = Map.of("checkpoint-5.safetensors", "checkpoint-3", "checkpoint-9.safetensors", "checkpoint-6", RunFolder.WEIGHTS,
                    "checkpoint-12").get(full);
            assertTrue(message.endsWith("The last good checkpoint, " + last + ".safetensors, is unharmed: free some space, then go on with "
                    + "--resume " + run + "."), message);
            try (Trainer trainer = trainer(CONFIG).resume(run)) {
                trainer.fit();
            }
            assertArrayEquals(Files.readAllBytes(whole.resolve(RunFolder.WEIGHTS)), Files.readAllBytes(run.resolve(RunFolder.WEIGHTS)));
        }
    }
}

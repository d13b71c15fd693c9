package dev.lamina.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.data.BatchLoader;
import dev.lamina.data.BatchOptions;
import dev.lamina.data.ChannelStatistics;
import dev.lamina.data.Split;
import dev.lamina.data.augment.Augmentation;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.TensorType;
import dev.lamina.nn.Initializer;
import dev.lamina.nn.Model;
import dev.lamina.optim.Optimizer;
import dev.lamina.optim.Schedule;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LossTermsTest {
    /** Logits are the pixels, so that losses can be worked out by hand. */
    private static final Model IDENTITY = new Model("identity", Shape.of(1, 1, 3), 3, (context, x) -> Shaping.flatten(x)
            .plus(context.parameter("zero", TensorType.of(DType.FLOAT32, 3), Initializer.zeros())));
    private static final ChannelStatistics PLAIN = new ChannelStatistics(List.of(0.0), List.of(1.0 / 255));
    private static final double[][] LOGITS = {{1, 2, 3}, {3, 0, 1}};

    @TempDir
    private Path folder;

    private static double loss(LossTerms terms, Map<String, Tensor> more, int... labels) {
        TrainingGraph graph = TrainingGraph.training(IDENTITY, PLAIN, TrainConfig.builder("m", "d").build(), Optimizer.parse("sgd", 0),
                GradientHook.none(), terms, 2);
        Map<String, Tensor> inputs = new HashMap<>(more);
        inputs.put("images", Tensor.ofBytes(new byte[] {1, 2, 3, 3, 0, 1}, 2, 1, 1, 3));
        inputs.put("labels", Tensor.of(labels, 2));
        try (Backend backend = Backends.open("reference"); State state = backend.createState(graph.variables());
                Executable executable = backend.compile(graph.graph(), CompileOptions.defaults())) {
            graph.parameters().initialize(state, 1);
            return executable.call(state, inputs).get("loss").item();
        }
    }

    private static double each(int row, int label) {
        double sum = 0;
        for (double z : LOGITS[row]) {
            sum += Math.exp(z);
        }
        return Math.log(sum) - LOGITS[row][label];
    }

    private static Map<String, Tensor> mix(int first, int second, float share0, float share1) {
        return Map.of("secondLabels", Tensor.of(new int[] {first, second}, 2), "shares", Tensor.of(new float[] {share0, share1}, 2));
    }

    @Test
    void classWeightsGivePyTorchsWeightedMean() {
        assertEquals((each(0, 0) + each(1, 2)) / 2, loss(LossTerms.PLAIN, Map.of(), 0, 2), 1e-6);
        assertEquals((0.5 * each(0, 0) + 3 * each(1, 2)) / 3.5, loss(new LossTerms(List.of(0.5, 1.0, 3.0), false), Map.of(), 0, 2), 1e-6);
    }

    @Test
    void sharesWeighBothLabels() {
        LossTerms mixed = new LossTerms(List.of(), true);
        double expected = (0.75 * each(0, 0) + 0.25 * each(0, 1) + 0.5 * each(1, 2) + 0.5 * each(1, 0)) / 2;
        assertEquals(expected, loss(mixed, mix(1, 0, 0.75f, 0.5f), 0, 2), 1e-6);
        assertEquals(loss(LossTerms.PLAIN, Map.of(), 0, 2), loss(mixed, mix(1, 0, 1, 1), 0, 2), 1e-6);
        double own = 0.75 * 0.5 * each(0, 0) + 0.25 * each(0, 1);
        double other = 0.5 * 3 * each(1, 2) + 0.5 * 0.5 * each(1, 0);
        assertEquals((own + other) / (0.75 * 0.5 + 0.25 + 0.5 * 3 + 0.5 * 0.5),
                loss(new LossTerms(List.of(0.5, 1.0, 3.0), true), mix(1, 0, 0.75f, 0.5f), 0, 2), 1e-6);
    }

    @Test
    void paddingCountsForNothing() {
        LossTerms mixed = new LossTerms(List.of(), true);
        assertEquals(0.75 * each(0, 0) + 0.25 * each(0, 1), loss(mixed, mix(1, -100, 0.75f, 1), 0, -100), 1e-6);
    }

    @Test
    void weightsMustFitTheClasses() {
        assertEquals("class weights: 2 numbers, the model has 3 classes; needs one a class.",
                assertThrows(IllegalArgumentException.class,
                        () -> loss(new LossTerms(List.of(1.0, 2.0), false), Map.of(), 0, 2)).getMessage());
    }

    private static Trainer trainer(Backend backend, int workers, Listener... listeners) {
        Split data = TinyData.split(50, 20);
        Augmentation augmentation = Augmentation.parse("crop:1+flip+jitter:0.3,0.3+cutout:2+mixup:0.4");
        TrainConfig config = TrainConfig.builder("tiny", "tiny").batchSize(20).epochs(3).seed(4).build();
        BatchLoader loader = new BatchLoader(data.train(), BatchOptions.of(20).shuffled(4).withWorkers(workers),
                augmentation.reader(data.train()), augmentation.mixing());
        return new Trainer(backend, TinyData.model(), data, config, Optimizer.parse("sgd", 0), Schedule.parse("constant", 0.05, 9, 3),
                List.of(listeners)).batchSource(BatchSource.of(loader)).classWeights(ClassWeights.parse("balanced", data.train()));
    }

    @Test
    void augmentedTrainingResumesInTheMiddleOfAnEpochBitForBit() throws IOException {
        try (Backend backend = Backends.open("reference")) {
            TrainResult whole;
            try (Trainer trainer = trainer(backend, 1).runFolder(folder.resolve("whole"))) {
                whole = trainer.fit();
            }
            Path parted = folder.resolve("parted");
            Trainer[] running = new Trainer[1];
            try (Trainer first = trainer(backend, 3, new Listener() {
                @Override
                public void onStep(Step step) {
                    if (step.step() == 4) {
                        running[0].requestStop();
                    }
                }
            }).runFolder(parted)) {
                running[0] = first;
                assertEquals(TrainResult.End.STOPPED, first.fit().end());
            }
            try (Trainer second = trainer(backend, 2).resume(parted)) {
                assertEquals(whole.last().trainLoss(), second.fit().last().trainLoss());
            }
            assertArrayEquals(Files.readAllBytes(folder.resolve("whole/weights.safetensors")),
                    Files.readAllBytes(parted.resolve("weights.safetensors")));
            assertTrue(whole.waitingShare() >= 0 && whole.waitingShare() <= 1);
        }
    }
}

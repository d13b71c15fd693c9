package dev.lamina.train;

import static org.junit.jupiter.api.Assertions.*;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.data.ChannelStatistics;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.Shaping;
import dev.lamina.nn.Model;
import dev.lamina.optim.Optimizer;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TrainingGraphTest {
    private static final ChannelStatistics PLAIN = new ChannelStatistics(List.of(0.0), List.of(1.0 / 255));

    /** Seven classes whose logits are the pixels themselves, divided by ({@code pixel - 200}) where that matters: 200 gives NaN. */
    private static double[] counts(byte[] pixels, int... labels) {
        Model model = new Model("identity", Shape.of(1, 1, 7), 7, (context, x) -> {
            var flat = Shaping.flatten(x);
            var distance = flat.plus(-200);
            return flat.times(distance.dividedBy(distance));
        });
        TrainingGraph graph = TrainingGraph.evaluation(model, PLAIN, labels.length);
        try (Backend backend = Backends.open("reference"); State state = backend.createState(graph.variables());
                Executable executable = backend.compile(graph.graph(), CompileOptions.defaults())) {
            Map<String, Tensor> out = executable.call(state, Map.of("images", Tensor.ofBytes(pixels, labels.length, 1, 1, 7), "labels",
                    Tensor.of(labels, labels.length)));
            return new double[] {out.get("correct1").item(), out.get("correct5").item(), out.get("loss").item()};
        }
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    @Test
    void countsRanks() {
        byte[] falling = bytes(7, 6, 5, 4, 3, 2, 1);
        for (int label = 0; label < 7; label++) {
            double[] counts = counts(falling, label);
            assertEquals(label == 0 ? 1 : 0, counts[0]);
            assertEquals(label < 5 ? 1 : 0, counts[1]);
        }
    }

    @Test
    void tiesGoToTheLowerClass() {
        byte[] equal = bytes(9, 9, 9, 9, 9, 9, 9);
        assertArrayEquals(new double[] {1, 1}, java.util.Arrays.copyOf(counts(equal, 0), 2));
        assertArrayEquals(new double[] {0, 1}, java.util.Arrays.copyOf(counts(equal, 4), 2));
        assertArrayEquals(new double[] {0, 0}, java.util.Arrays.copyOf(counts(equal, 5), 2));
    }

    @Test
    void rowsWithNaNAreNeverRight() {
        byte[] broken = bytes(7, 6, 200, 4, 3, 2, 1);
        assertArrayEquals(new double[] {0, 0}, java.util.Arrays.copyOf(counts(broken, 0), 2));
        assertArrayEquals(new double[] {0, 0}, java.util.Arrays.copyOf(counts(broken, 2), 2));
        assertTrue(Double.isNaN(counts(broken, 0)[2]));
    }

    @Test
    void paddingRowsCountForNothing() {
        byte[] two = bytes(7, 6, 5, 4, 3, 2, 1, 0, 0, 0, 0, 0, 0, 0);
        double[] padded = counts(two, 0, -100);
        double[] alone = counts(bytes(7, 6, 5, 4, 3, 2, 1), 0);
        assertArrayEquals(new double[] {1, 1}, java.util.Arrays.copyOf(padded, 2));
        assertEquals(alone[2], padded[2], 1e-6);
    }

    @Test
    void trainingAndEvaluationNameTheSameParameters() {
        TrainConfig config = TrainConfig.builder("m", "d").build();
        ChannelStatistics statistics = new ChannelStatistics(List.of(0.5), List.of(0.25));
        TrainingGraph training = TrainingGraph.training(TinyData.model(), statistics, config, Optimizer.parse("adam", 0),
                GradientHook.none(), 8);
        Set<String> names = new HashSet<>(Evaluator.weightNames(training).keySet());
        Set<String> evaluation = Evaluator.weightNames(TrainingGraph.evaluation(TinyData.model(), statistics, 8)).keySet();
        assertTrue(names.containsAll(evaluation), names + " " + evaluation);
        names.removeAll(evaluation);
        assertTrue(names.stream().allMatch(n -> n.startsWith("optim.")), names.toString());
        Set<String> all = new HashSet<>(training.variables().stream().map(v -> v.name()).toList());
        assertTrue(all.containsAll(Set.of(GraphBuilder.SEED, GraphBuilder.STEP, "lr")));
    }

    @Test
    void everyStepAdvancesTheCounter() {
        TrainConfig config = TrainConfig.builder("m", "d").build();
        ChannelStatistics statistics = new ChannelStatistics(List.of(0.5), List.of(0.0));
        TrainingGraph training = TrainingGraph.training(TinyData.model(), statistics, config, Optimizer.parse("sgd", 0),
                GradientHook.none(), 4);
        try (Backend backend = Backends.open("reference"); State state = backend.createState(training.variables());
                Executable executable = backend.compile(training.graph(), CompileOptions.defaults())) {
            training.parameters().initialize(state, 3);
            for (int step = 0; step < 3; step++) {
                assertEquals(step, state.get(GraphBuilder.STEP).item());
                executable.run(state, Map.of("images", Tensor.full(DType.UINT8, Shape.of(4, 1, 6, 6), step), "labels",
                        Tensor.of(new int[] {0, 1, 2, 0}, 4)));
            }
            assertEquals(3, state.get(GraphBuilder.STEP).item());
        }
    }
}

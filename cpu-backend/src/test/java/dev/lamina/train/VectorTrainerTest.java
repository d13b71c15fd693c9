package dev.lamina.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.data.PlanePoints;
import dev.lamina.data.Vectors;
import dev.lamina.nn.Initializer;
import dev.lamina.nn.Layers;
import dev.lamina.nn.Sequential;
import dev.lamina.optim.Sgd;
import dev.lamina.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class VectorTrainerTest {
    private static final VectorOptions PLAIN = VectorOptions.of(20, Sgd.plain(), 0.1, 1);
    private static Backend backend;

    @BeforeAll
    static void open() {
        backend = Backends.open("reference");
    }

    @AfterAll
    static void close() {
        backend.close();
    }

    private static VectorTrainer mlp(String activation, VectorOptions options) {
        return new VectorTrainer(backend, Sequential.mlp(2, new long[] {6}, 2, activation), 2, 2, options);
    }

    private static VectorTrainer zeroLinear(VectorOptions options) {
        return new VectorTrainer(backend, Layers.linear("fc", 2, true, Initializer.zeros(), Initializer.zeros()), 2, 2, options);
    }

    /** One step by the formulas of section 1: {@code W -= η (p - onehot)ᵀ x / N}, from zero weights p = 1/2. */
    @Test
    void oneStepOnABatchThatIsNotFullFollowsTheFormula() {
        Vectors data = new Vectors("three", Tensor.of(new float[] {1, 2, -1, 0, 3, 1}, 3, 2), Tensor.of(new int[] {0, 1, 1}, 3), 2);
        try (VectorTrainer trainer = zeroLinear(PLAIN)) {
            assertEquals(Math.log(2), trainer.epoch(data).loss(), 1e-6);
            // Class 0: sum of (p - t) x = -0.5 (1, 2) + 0.5 (-1, 0) + 0.5 (3, 1) = (0.5, -0.5), divided by 3, times -0.1.
            double step = 0.1 * 0.5 / 3;
            assertArrayEquals(new double[] {-step, step, step, -step}, trainer.state().get("fc.weight").toDoubles(), 1e-7);
            assertArrayEquals(new double[] {-step, step}, trainer.state().get("fc.bias").toDoubles(), 1e-7);
        }
    }

    @Test
    void scoreIsWhatTheLogitsSay() {
        Vectors data = new Vectors("two", Tensor.of(new float[] {1, 0, 0, 1}, 2, 2), Tensor.of(new int[] {0, 0}, 2), 2);
        try (VectorTrainer trainer = zeroLinear(PLAIN)) {
            assertEquals(1, trainer.score(data).accuracy(), "the lowest class at ties");
            trainer.state().set("fc.weight", Tensor.of(new float[] {2, 0, 0, 1}, 2, 2));
            VectorTrainer.Score score = trainer.score(data);
            assertArrayEquals(new double[] {2, 0, 0, 1}, trainer.logits(data));
            assertEquals(0.5, score.accuracy());
            assertEquals((Math.log1p(Math.exp(-2)) + Math.log1p(Math.exp(1))) / 2, score.loss(), 1e-12);
            trainer.state().set("fc.bias", Tensor.of(new float[] {Float.NaN, 0}, 2));
            assertEquals(0, trainer.score(data).accuracy(), "NaN is never right");
            assertTrue(Double.isNaN(trainer.score(data).loss()));
        }
    }

    @Test
    void sameSeedSameWeightsAndAnotherSeedOthers() {
        Vectors data = PlanePoints.rings(45, 1);
        float[][] weights = new float[3][];
        for (int i = 0; i < 3; i++) {
            try (VectorTrainer trainer = mlp("relu", PLAIN.withSeed(i / 2))) {
                trainer.epoch(data);
                trainer.epoch(data);
                weights[i] = trainer.state().get("fc1.weight").toFloats();
            }
        }
        assertArrayEquals(weights[0], weights[1]);
        assertFalse(Arrays.equals(weights[0], weights[2]));
    }

    @Test
    void belowABlockingStepNothingMovesNotEvenByDecay() {
        Vectors data = PlanePoints.xor(20, 1);
        VectorOptions options = VectorOptions.of(20, Sgd.momentum(0.9).withWeightDecay(0.1), 0.1, 1).measuringGradients();
        try (VectorTrainer trainer = mlp("binarizeBlock", options)) {
            float[] below = trainer.state().get("fc1.weight").toFloats();
            float[] above = trainer.state().get("fc2.weight").toFloats();
            assertEquals(List.of("fc2.weight"), List.copyOf(trainer.epoch(data).gradients().keySet()));
            assertArrayEquals(below, trainer.state().get("fc1.weight").toFloats());
            assertFalse(Arrays.equals(above, trainer.state().get("fc2.weight").toFloats()));
        }
        try (VectorTrainer trainer = mlp("binarize", options)) {
            float[] below = trainer.state().get("fc1.weight").toFloats();
            Map<String, Double> gradients = trainer.epoch(data).gradients();
            assertEquals(List.of("fc1.weight", "fc2.weight"), List.copyOf(gradients.keySet()));
            assertTrue(gradients.get("fc1.weight") > 0);
            assertFalse(Arrays.equals(below, trainer.state().get("fc1.weight").toFloats()));
        }
    }

    @Test
    void gradientSizesAreRootMeanSquares() {
        Vectors data = new Vectors("one", Tensor.of(new float[] {3, 1}, 1, 2), Tensor.of(new int[] {0}, 1), 2);
        try (VectorTrainer trainer = zeroLinear(PLAIN.measuringGradients())) {
            // (p - t) x with p = 1/2: ±(1.5, 0.5), mean square (2.25 + 0.25) / 2.
            assertEquals(Math.sqrt(1.25), trainer.epoch(data).gradients().get("fc.weight"), 1e-6);
        }
    }

    @Test
    void divergenceAndWrongDataAreErrors() {
        Vectors huge = new Vectors("huge", Tensor.of(new float[] {3e38f, 3e38f}, 1, 2), Tensor.of(new int[] {0}, 1), 2);
        try (VectorTrainer trainer = mlp("relu", PLAIN)) {
            String message = assertThrows(TrainingException.class, () -> {
                trainer.epoch(huge);
                trainer.epoch(huge);
            }).getMessage();
            assertTrue(message.matches(
                    "vectorTrainer: loss is \\S+ at step \\d on \"huge\"\\. Learning rate is 0\\.1\\. Try a smaller one\\."), message);
            Vectors wide = new Vectors("wide", Tensor.of(new float[3], 1, 3), Tensor.of(new int[1], 1), 2);
            assertEquals("vectorTrainer: \"wide\" has 3 features and 2 classes, the model 2 and 2.",
                    assertThrows(IllegalArgumentException.class, () -> trainer.epoch(wide)).getMessage());
        }
        assertThrows(IllegalArgumentException.class,
                () -> new VectorTrainer(backend, Layers.linear("fc", 3), 2, 2, PLAIN).close());
    }
}

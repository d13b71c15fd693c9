package dev.lamina.samples.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.data.Digits;
import dev.lamina.samples.demo.VanishingGradient.Stack;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Gradients through ten layers: the bands of the specification, 20 draws. */
class VanishingGradientTest {
    private static Backend backend;

    @BeforeAll
    static void open() {
        backend = Backends.open("reference");
    }

    @AfterAll
    static void close() {
        backend.close();
    }

    @ParameterizedTest
    @CsvSource({"sigmoid, 0, 1e-4", "tanh, 0.2, 5", "relu, 0.2, 5"})
    void ratioOfTheFirstLayersGradientToTheLast(String activation, double low, double high) {
        double median = VanishingGradient.median(VanishingGradient.ratios(backend, activation, Stack.DEFAULT, 20, 1));
        assertTrue(median > low && median < high, activation + ": median " + median);
    }

    @Test
    void sizesAreOneALayerAndDependOnTheSeedAlone() {
        Stack small = new Stack(4, 6, 3);
        VanishingGradient.Sizes sizes = VanishingGradient.measure(backend, "tanh", small, 5);
        assertEquals(4, sizes.values().size());
        assertEquals(sizes, VanishingGradient.measure(backend, "tanh", small, 5));
        assertEquals(sizes.values().getFirst() / sizes.values().getLast(), sizes.ratio());
        assertEquals(List.of(0.0, 0.0, 0.0, 0.0), VanishingGradient.measure(backend, "binarizeBlock", small, 5).values());
    }

    @Test
    void medianOfEvenAndOddNumbers() {
        assertEquals(2, VanishingGradient.median(List.of(1.0, 2.0, 30.0)));
        assertEquals(2.5, VanishingGradient.median(List.of(1.0, 2.0, 3.0, 30.0)));
    }

    @Tag("slow")
    @Test
    void eightSigmoidLayersDoNotTrainWhereEightRectifierLayersDo() {
        Samples digits = Samples.pixels(Digits.split(1));
        DeepTraining.Result sigmoid = DeepTraining.run(backend, digits.train(), digits.test(),
                new DeepTraining.Plan("sigmoid", 8, 64, "sgd", 0.1, 100, 10, 1), true, _ -> { });
        DeepTraining.Result relu = DeepTraining.run(backend, digits.train(), digits.test(),
                new DeepTraining.Plan("relu", 8, 64, "sgd", 0.02, 100, 10, 1), true, _ -> { });
        assertTrue(sigmoid.accuracy() < 0.2, "sigmoid " + sigmoid.accuracy());
        assertTrue(relu.accuracy() > 0.8, "ReLU " + relu.accuracy());
        assertEquals(9, relu.gradients().size());
        assertTrue(sigmoid.gradients().getFirst() < 1e-4 * sigmoid.gradients().getLast(), sigmoid.gradients().toString());
        assertTrue(relu.gradients().getFirst() > 0.1 * relu.gradients().getLast(), relu.gradients().toString());
    }
}

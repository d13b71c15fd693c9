package dev.lamina.samples.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.data.PlanePoints;
import dev.lamina.data.Vectors;
import dev.lamina.tensor.Shape;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a line cannot part, a hidden layer can: the bands of the specification. */
class SeparabilityTest {
    private static final int EPOCHS = 150;
    private static Backend backend;

    @BeforeAll
    static void open() {
        backend = Backends.open("reference");
    }

    @AfterAll
    static void close() {
        backend.close();
    }

    private static List<Separability.Standing> trained(String points, Separability.Settings settings) {
        Vectors data = PlanePoints.create(points, PlanePoints.PER_CLASS, settings.seed());
        try (Separability models = new Separability(backend, data, settings)) {
            while (models.epochs() < EPOCHS) {
                models.epoch();
            }
            return models.standings();
        }
    }

    private static void separates(String points, long seed) {
        List<Separability.Standing> relu = trained(points, Separability.Settings.of("relu", seed).withWidths(0, 8, 16));
        List<Separability.Standing> sigmoid = trained(points, Separability.Settings.of("sigmoid", seed).withWidths(16));
        String all = points + ", seed " + seed + ": " + relu + sigmoid;
        assertTrue(relu.get(0).accuracy() <= 0.77, all);
        assertTrue(relu.get(1).accuracy() >= 0.99, all);
        assertTrue(relu.get(2).accuracy() >= 0.99, all);
        assertTrue(sigmoid.getFirst().accuracy() >= 0.99, all);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rings", "xor"})
    void aHiddenLayerPartsWhatALineCannot(String points) {
        separates(points, 1);
    }

    @Tag("slow")
    @ParameterizedTest
    @ValueSource(strings = {"rings", "xor"})
    void withEverySeed(String points) {
        LongStream.rangeClosed(1, 5).forEach(seed -> separates(points, seed));
    }

    @Test
    void modelsStandSideBySide() {
        try (Separability models = new Separability(backend, PlanePoints.rings(20, 1), Separability.Settings.of("relu", 1))) {
            models.epoch();
            assertEquals(List.of("linear", "h = 3", "h = 4", "h = 8", "h = 16"),
                    models.standings().stream().map(Separability.Standing::name).toList());
            // W [2, 2], b [2]; with h = 3: 3 (2 + 1) + 2 (3 + 1).
            assertEquals(List.of(6L, 17L, 22L, 42L, 82L), models.standings().stream().map(Separability.Standing::parameters).toList());
            assertEquals(Shape.of(3, 8 + 16 + 8 + 200 + 16 + 8, 8 + 5 * 208), models.figure().shape());
            String[] lines = models.text(20).split("\n");
            assertEquals(11, lines.length);
            assertTrue(lines[0].startsWith("linear: "), lines[0]);
            assertTrue(lines[5].matches("([.o]{20} {2}){5}"), lines[5]);
        }
    }
}

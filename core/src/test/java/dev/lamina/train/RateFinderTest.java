package dev.lamina.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RateFinderTest {
    @TempDir
    private Path folder;

    private static RateFinder.Result of(double... smoothed) {
        List<RateFinder.Point> points = new ArrayList<>();
        for (int i = 0; i < smoothed.length; i++) {
            points.add(new RateFinder.Point(Math.pow(10, i - 6), smoothed[i], smoothed[i]));
        }
        return RateFinder.result(points, false);
    }

    @Test
    void ratesGrowByAFactor() {
        RateFinder finder = new RateFinder(1e-6, 1, 13, 0.9, 4);
        assertEquals(1e-6, finder.rate(0));
        assertEquals(1e-3, finder.rate(6), 1e-15);
        assertEquals(1, finder.rate(12), 1e-12);
    }

    @Test
    void suggestsWhereTheLossFallsFastestAndTheMinimum() {
        RateFinder.Result result = of(3, 3, 3, 3, 3, 2.9, 2.5, 1, 0.8, 0.7, 4);
        // By central differences: 5: -0.5, 6: -1.9, 7: -1.7, 8: -0.3 by two decades.
        assertEquals(1, result.steepest());
        assertEquals(1e3, result.minimum());
    }

    @Test
    void suggestsNothingWhereTheLossNeverFalls() {
        RateFinder.Result result = of(1, 1.1, 1.2, 1.3, 1.4, 1.5, 9);
        assertTrue(Double.isNaN(result.minimum()));
        assertTrue(Double.isNaN(result.steepest()));
        assertFalse(result.diverged());
    }

    @Test
    void writesATableAndAPicture() throws IOException {
        RateFinder.Result result = of(3, 3, 3, 3, 3, 2.9, 2.5, 1, 0.8, 0.7, Double.NaN);
        RateFinderFiles.csv(folder.resolve("a.csv"), result);
        List<String> lines = Files.readAllLines(folder.resolve("a.csv"));
        assertEquals(12, lines.size());
        assertEquals("learning_rate,loss,smoothed_loss", lines.getFirst());
        assertEquals("1.0E-6,3.0,3.0", lines.get(1));
        RateFinderFiles.png(folder.resolve("a.png"), result);
        assertEquals(800, ImageIO.read(folder.resolve("a.png").toFile()).getWidth());
    }

    @Test
    void refusesNumbersOutOfRange() {
        assertEquals("rateFinder: rates from 1.0 to 0.1, needs 0 < first < last.",
                assertThrows(IllegalArgumentException.class, () -> new RateFinder(1, 0.1, 100, 0.9, 4)).getMessage());
        assertEquals("rateFinder: steps = 3, needs >= 10.",
                assertThrows(IllegalArgumentException.class, () -> new RateFinder(0.1, 1, 3, 0.9, 4)).getMessage());
    }

    @Test
    void everyRecipeHasASourceAndAName() {
        for (TrainingRecipe recipe : TrainingRecipe.all()) {
            assertEquals(recipe, TrainingRecipe.named(recipe.name()));
            assertFalse(recipe.source().isBlank());
        }
        assertEquals("recipe \"resnet\" is unknown; known are alexnet-2012, alexnet-caffe, vgg, resnet-cifar, resnet-imagenet, finetune.",
                assertThrows(IllegalArgumentException.class, () -> TrainingRecipe.named("resnet")).getMessage());
    }
}

package dev.lamina.samples.reproduce;

import dev.lamina.data.PlanePoints;
import dev.lamina.samples.demo.DeepTraining;
import dev.lamina.samples.demo.DeepTraining.Plan;
import dev.lamina.samples.demo.Samples;
import dev.lamina.samples.demo.Separability;
import dev.lamina.samples.demo.VanishingGradient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleBinaryOperator;

/** Multi-layer networks and activations. */
final class SectionFour {
    private static final int DRAWS = 20;
    private static final int SEEDS = 5;
    private static final int POINT_EPOCHS = 150;

    private SectionFour() { }

    static List<Row> rows() {
        List<Row> rows = new ArrayList<>(List.of(
                gradient("sigmoid", Band.below(1e-4)), gradient("tanh", Band.between(0.2, 5)), gradient("relu", Band.between(0.2, 5))));
        for (String points : List.of("rings", "xor")) {
            rows.add(separability(points, "relu", 0, "best", Math::max, Band.atMost(77)));
            rows.add(separability(points, "relu", 8, "worst", Math::min, Band.atLeast(99)));
            rows.add(separability(points, "relu", 16, "worst", Math::min, Band.atLeast(99)));
            rows.add(separability(points, "sigmoid", 16, "worst", Math::min, Band.atLeast(99)));
        }
        rows.add(network("ten layers of 64, sigmoid", new Plan("sigmoid", 10, 64, "sgd", 0.1, 100, 3, 1), Band.below(20), 8));
        rows.add(network("ten layers of 64, ReLU", new Plan("relu", 10, 64, "sgd", 0.02, 100, 3, 1), Band.atLeast(94), 8));
        rows.add(network("one hidden layer of 128, ReLU", hidden("relu", 128, 0.05), Band.atLeast(97.4), 12));
        rows.add(network("one hidden layer of 128, sigmoid", hidden("sigmoid", 128, 0.2), Band.atLeast(97.4), 12));
        rows.add(network("one hidden layer of 128, binarize straight-through", hidden("binarize", 128, 0.02), Band.atLeast(96.5), 12));
        rows.add(network("one hidden layer of 128, binarize BLOCK", hidden("binarizeBlock", 128, 0.02), Band.between(75, 92), 12));
        rows.add(network("two-layer ReLU, h = 256", new Plan("relu", 1, 256, "momentum", 0.05, "cosine", 100, 20, 1),
                Band.atLeast(98), 40));
        return rows;
    }

    private static Row gradient(String activation, Band band) {
        VanishingGradient.Stack stack = VanishingGradient.Stack.DEFAULT;
        return new Row(4, "gradient ratio first to last layer, " + activation, "", stack.depth() + " layers of width " + stack.width()
                + ", " + stack.batch() + " samples, median of " + DRAWS + " draws", band, 2,
                l -> VanishingGradient.median(VanishingGradient.ratios(l.backend(), activation, stack, DRAWS, 1)));
    }

    private static Row separability(String points, String activation, int width, String which, DoubleBinaryOperator pick, Band band) {
        String model = width == 0 ? "linear" : activation + " h = " + width;
        String settings = "500 points a class, adam 0.01, batch 50, " + POINT_EPOCHS + " epochs, " + which + " of seeds 1 to " + SEEDS;
        return new Row(4, points + ", " + model, "%", settings, band, 4, laboratory -> {
            double figure = Double.NaN;
            for (int seed = 1; seed <= SEEDS; seed++) {
                double accuracy = 100 * accuracy(laboratory, points, activation, width, seed);
                figure = seed == 1 ? accuracy : pick.applyAsDouble(figure, accuracy);
            }
            return figure;
        });
    }

    private static double accuracy(Laboratory laboratory, String points, String activation, int width, int seed) {
        try (Separability models = new Separability(laboratory.backend(), PlanePoints.create(points, PlanePoints.PER_CLASS, seed),
                Separability.Settings.of(activation, seed).withWidths(width))) {
            while (models.epochs() < POINT_EPOCHS) {
                models.epoch();
            }
            return models.standings().getFirst().accuracy();
        }
    }

    private static Plan hidden(String activation, int width, double rate) {
        return new Plan(activation, 1, width, "momentum", rate, 100, 10, 1);
    }

    private static Row network(String name, Plan plan, Band band, double seconds) {
        return new Row(4, name + " on MNIST", "%", "pixels/255, " + plan.text(), band, seconds, l -> 100 * accuracy(l, plan));
    }

    private static double accuracy(Laboratory laboratory, Plan plan) throws IOException {
        Samples mnist = laboratory.pixels("mnist");
        return DeepTraining.run(laboratory.backend(), mnist.train(), mnist.test(), plan, false, _ -> { }).accuracy();
    }
}

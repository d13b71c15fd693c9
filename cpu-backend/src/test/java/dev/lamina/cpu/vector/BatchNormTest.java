package dev.lamina.cpu.vector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.lamina.cpu.vector.BatchNorm.Activation;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.Node;
import dev.lamina.graph.Normalization;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Value;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BatchNormTest {
    private static final Team ONE = Team.single();
    private static final double EPSILON = 1e-5;
    private static final long[][] SHAPES = {{2, 3, 7, 6}, {2, 1, 5, 5}, {4, 6, 1, 1}, {3, 16, 5, 5}, {2, 17, 4, 4}, {2, 32, 3, 7},
        {2, 48, 3, 3}, {1, 65, 2, 3}, {2, 1000, 2, 1}, {2, 24, 1, 1}};
    /** Of several chunks: maps larger than one, many small maps, more channels than fill a period. */
    private static final long[][] LARGE = {{3, 16, 64, 70}, {70, 20, 9, 9}, {40, 3, 33, 31}, {3, 65, 21, 20}, {9, 40, 17, 16}};

    @AfterEach
    void free() {
        SpatialMemory.free();
    }

    private static double[] offset(double[] values, double by, double scale) {
        double[] moved = values.clone();
        Arrays.setAll(moved, i -> (float) (by + scale * values[i]));
        return moved;
    }

    /** Operands; the residual and γ, β without pattern. */
    private record Operands(Images images, double[] x, double[] gamma, double[] beta, double[] residual) {
        static Operands of(Images images, double mean, double deviation) {
            return new Operands(images, offset(SpatialMemory.noise(images, 1), mean, deviation), SpatialMemory.noise(images.c(), 2),
                    SpatialMemory.noise(images.c(), 3), SpatialMemory.noise(images, 4));
        }

        double values() {
            return (double) images.n() * images.h() * images.w();
        }

        Value in(GraphBuilder graph) {
            return SpatialChecks.constant(graph, images, x);
        }

        Value gammaIn(GraphBuilder graph) {
            return SpatialChecks.numbers(graph, gamma, images.c());
        }

        Value betaIn(GraphBuilder graph) {
            return SpatialChecks.numbers(graph, beta, images.c());
        }

        Value finished(GraphBuilder graph, Value normalised, boolean added, Activation activation) {
            Value sum = added ? normalised.plus(SpatialChecks.constant(graph, images, residual)) : normalised;
            return activation == Activation.RELU ? Pointwise.relu(sum) : sum;
        }
    }

    private static void checkTraining(Team team, Operands on, boolean added, Activation activation) {
        String what = on.images + (added ? " with residual " : " ") + activation;
        GraphBuilder graph = new GraphBuilder();
        Node node = Normalization.batchNormTraining(on.in(graph), on.gammaIn(graph), on.betaIn(graph), EPSILON);
        List<double[]> expected = SpatialChecks.reference(graph,
                List.of(on.finished(graph, node.output(0), added, activation), node.output(1), node.output(2)));
        SpatialMemory x = new SpatialMemory(on.images, on.x);
        SpatialMemory y = new SpatialMemory(on.images);
        SpatialMemory residual = new SpatialMemory(on.images, on.residual);
        SpatialMemory mean = SpatialMemory.numbers(on.images.c());
        SpatialMemory variance = SpatialMemory.numbers(on.images.c());
        SpatialMemory gamma = SpatialMemory.numbers(on.gamma);
        SpatialMemory beta = SpatialMemory.numbers(on.beta);
        BatchNorm.training(team, on.images, x.pointer(), gamma.pointer(), beta.pointer(), y.pointer(), mean.pointer(), variance.pointer(),
                EPSILON, added ? residual.pointer() : null, activation).run();
        SpatialChecks.assertClose(expected.get(0), y.plain(), on.values(), "y of " + what);
        SpatialChecks.assertClose(expected.get(1), mean.plain(), on.values(), "mean of " + what);
        SpatialChecks.assertClose(expected.get(2), variance.plain(), on.values(), "variance of " + what);
        SpatialMemory target = added ? residual : x;
        BatchNorm.training(team, on.images, x.pointer(), gamma.pointer(), beta.pointer(), target.pointer(), mean.pointer(),
                variance.pointer(), EPSILON, added ? residual.pointer() : null, activation).run();
        SpatialChecks.assertSameBits(y, target, "in place, y of " + what);
    }

    private static void checkInference(Team team, Operands on, boolean added, Activation activation) {
        String what = on.images + (added ? " with residual " : " ") + activation;
        double[] mean = SpatialMemory.noise(on.images.c(), 6);
        double[] variance = offset(SpatialMemory.noise(on.images.c(), 7), 1.5, 1);
        GraphBuilder graph = new GraphBuilder();
        Value normalised = Normalization.batchNormInference(on.in(graph), on.gammaIn(graph), on.betaIn(graph),
                SpatialChecks.numbers(graph, mean, on.images.c()), SpatialChecks.numbers(graph, variance, on.images.c()), EPSILON);
        List<double[]> expected = SpatialChecks.reference(graph, List.of(on.finished(graph, normalised, added, activation)));
        SpatialMemory y = new SpatialMemory(on.images);
        SpatialMemory residual = new SpatialMemory(on.images, on.residual);
        BatchNorm.inference(team, on.images, new SpatialMemory(on.images, on.x).pointer(), SpatialMemory.numbers(on.gamma).pointer(),
                SpatialMemory.numbers(on.beta).pointer(), SpatialMemory.numbers(mean).pointer(), SpatialMemory.numbers(variance).pointer(),
                y.pointer(), EPSILON, added ? residual.pointer() : null, activation).run();
        SpatialChecks.assertClose(expected.get(0), y.plain(), 1, "inference of " + what);
    }

    /** Every combination of residual and activation. */
    private static void checkForward(Team team, Operands on) {
        for (Activation activation : Activation.values()) {
            for (boolean added : new boolean[] {false, true}) {
                checkTraining(team, on, added, activation);
                checkInference(team, on, added, activation);
            }
        }
    }

    @Test
    void equalsTheReferenceForEveryOrderAndChannelCount() {
        for (Images images : SpatialCases.images(SHAPES)) {
            checkForward(ONE, Operands.of(images, 0.25, 1));
        }
    }

    @Test
    void mergesChunks() {
        try (SpatialTeam two = new SpatialTeam(2)) {
            for (Images images : SpatialCases.images(LARGE)) {
                checkTraining(ONE, Operands.of(images, 0.25, 1), false, Activation.RELU);
                checkForward(two, Operands.of(images, 0.25, 1));
            }
        }
    }

    /** The mean is a hundred thousand deviations: squares of values have no digit left for the variance, deviations have all. */
    @Test
    void largeMeansCostTheVarianceNothing() {
        for (Images images : SpatialCases.images(new long[][] {{2, 17, 4, 4}, {3, 16, 64, 70}})) {
            checkTraining(ONE, Operands.of(images, 4096, 0.0625), false, Activation.NONE);
        }
    }

    @Test
    void doesNotDependOnThreads() {
        try (SpatialTeam two = new SpatialTeam(2); SpatialTeam three = new SpatialTeam(3)) {
            for (Images images : SpatialCases.images(LARGE)) {
                Operands on = Operands.of(images, 0.25, 1);
                List<SpatialMemory> expected = trained(ONE, on);
                for (Team team : List.of(two, three)) {
                    List<SpatialMemory> actual = trained(team, on);
                    for (int i = 0; i < expected.size(); i++) {
                        SpatialChecks.assertSameBits(expected.get(i), actual.get(i), "result " + i + " of " + images);
                    }
                }
            }
        }
    }

    /** y, the statistics and the gradients. */
    private static List<SpatialMemory> trained(Team team, Operands on) {
        SpatialMemory x = new SpatialMemory(on.images, on.x);
        Pointer gamma = SpatialMemory.numbers(on.gamma).pointer();
        List<SpatialMemory> results = List.of(new SpatialMemory(on.images), SpatialMemory.numbers(on.images.c()),
                SpatialMemory.numbers(on.images.c()), new SpatialMemory(on.images), SpatialMemory.numbers(on.images.c()),
                SpatialMemory.numbers(on.images.c()), new SpatialMemory(on.images));
        List<Pointer> to = results.stream().map(SpatialMemory::pointer).toList();
        BatchNorm.training(team, on.images, x.pointer(), gamma, SpatialMemory.numbers(on.beta).pointer(), to.get(0), to.get(1), to.get(2),
                EPSILON, null, Activation.RELU).run();
        BatchNorm.gradient(team, on.images, new SpatialMemory(on.images, on.residual).pointer(), x.pointer(), gamma, to.get(1), to.get(2),
                to.get(3), to.get(4), to.get(5), EPSILON, to.get(0), to.get(6)).run();
        return results;
    }

    @Test
    void statisticsOfNoImagesAreNotNumbers() {
        for (Images images : SpatialCases.images(new long[][] {{0, 3, 4, 4}})) {
            SpatialMemory mean = SpatialMemory.numbers(0, 0, 0);
            SpatialMemory variance = SpatialMemory.numbers(0, 0, 0);
            Pointer none = new SpatialMemory(images).pointer();
            Pointer ones = SpatialMemory.numbers(1, 1, 1).pointer();
            BatchNorm.training(ONE, images, none, ones, ones, none, mean.pointer(), variance.pointer(), EPSILON, null, Activation.NONE)
                    .run();
            assertArrayEquals(new double[] {Double.NaN, Double.NaN, Double.NaN}, mean.plain());
            assertArrayEquals(new double[] {Double.NaN, Double.NaN, Double.NaN}, variance.plain());
        }
    }
}

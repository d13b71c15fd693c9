package dev.lamina.cpu.vector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.Node;
import dev.lamina.graph.Normalization;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Value;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BatchNormGradientTest {
    private static final Team ONE = Team.single();
    private static final double EPSILON = 1e-5;
    private static final long[][] SHAPES = {{2, 3, 7, 6}, {2, 1, 5, 5}, {4, 6, 1, 1}, {3, 16, 5, 5}, {2, 17, 4, 4}, {2, 32, 3, 7},
        {2, 48, 3, 3}, {1, 65, 2, 3}, {2, 1000, 2, 1}};
    private static final long[][] LARGE = {{3, 16, 64, 70}, {70, 20, 9, 9}, {40, 3, 33, 31}, {3, 65, 21, 20}};

    @AfterEach
    void free() {
        SpatialMemory.free();
    }

    /** Where dx or the masked gradient goes instead of memory of its own. */
    private enum Place { OWN, DY, X, Y }

    /** A gradient with its operands and what the reference says of it. */
    private record Case(Images images, double[] dy, double[] x, double[] y, double[] gamma, double[] mean, double[] variance,
            List<double[]> expected) {
        static Case of(Images images, boolean rectified) {
            double[] dy = SpatialMemory.noise(images, 1);
            double[] x = SpatialMemory.noise(images, 2);
            double[] y = SpatialMemory.noise(images, 3);
            double[] gamma = SpatialMemory.noise(images.c(), 4);
            double[] mean = SpatialMemory.noise(images.c(), 5);
            double[] variance = SpatialMemory.noise(images.c(), 6);
            Arrays.setAll(variance, i -> variance[i] + 1.5);
            // What the rectifier stops may be anything.
            Arrays.setAll(dy, i -> rectified && i % 11 == 0 && y[i] <= 0 ? Double.NaN : dy[i]);
            GraphBuilder graph = new GraphBuilder();
            Value g = SpatialChecks.constant(graph, images, dy);
            if (rectified) {
                g = Pointwise.reluGradient(g, SpatialChecks.constant(graph, images, y), Pointwise.ReluRule.GRADIENT);
            }
            Node node = graph.addNode(new Normalization.BatchNormGradient(EPSILON), List.of(g, SpatialChecks.constant(graph, images, x),
                    SpatialChecks.numbers(graph, gamma, images.c()), SpatialChecks.numbers(graph, mean, images.c()),
                    SpatialChecks.numbers(graph, variance, images.c())));
            return new Case(images, dy, x, y, gamma, mean, variance,
                    SpatialChecks.reference(graph, List.of(node.output(0), node.output(1), node.output(2), g)));
        }

        void check(Team team, boolean rectified, Place dxPlace, Place maskedPlace) {
            String what = images + (rectified ? " rectified" : "") + ", dx at " + dxPlace + ", masked at " + maskedPlace;
            SpatialMemory[] at = {new SpatialMemory(images), new SpatialMemory(images, dy), new SpatialMemory(images, x),
                new SpatialMemory(images, y)};
            SpatialMemory dx = at[dxPlace.ordinal()];
            SpatialMemory masked = maskedPlace == null ? null
                    : maskedPlace == Place.OWN ? new SpatialMemory(images) : at[maskedPlace.ordinal()];
            SpatialMemory dgamma = SpatialMemory.numbers(images.c());
            SpatialMemory dbeta = SpatialMemory.numbers(images.c());
            BatchNorm.gradient(team, images, at[1].pointer(), at[2].pointer(), SpatialMemory.numbers(gamma).pointer(),
                    SpatialMemory.numbers(mean).pointer(), SpatialMemory.numbers(variance).pointer(), dx.pointer(), dgamma.pointer(),
                    dbeta.pointer(), EPSILON, rectified ? at[3].pointer() : null, masked == null ? null : masked.pointer()).run();
            double values = (double) images.n() * images.h() * images.w();
            SpatialChecks.assertClose(expected.get(0), dx.plain(), values, "dx of " + what);
            SpatialChecks.assertClose(expected.get(1), dgamma.plain(), values, "dgamma of " + what);
            SpatialChecks.assertClose(expected.get(2), dbeta.plain(), values, "dbeta of " + what);
            if (masked != null) {
                assertArrayEquals(expected.get(3), masked.plain(), "masked gradient of " + what);
            }
        }
    }

    private static void checkAll(Team team, Images images) {
        Case plain = Case.of(images, false);
        for (Place place : List.of(Place.OWN, Place.DY, Place.X)) {
            plain.check(team, false, place, null);
        }
        Case rectified = Case.of(images, true);
        for (Place place : Place.values()) {
            rectified.check(team, true, place, null);
        }
        rectified.check(team, true, Place.OWN, Place.OWN);
        rectified.check(team, true, Place.OWN, Place.DY);
        rectified.check(team, true, Place.X, Place.DY);
        rectified.check(team, true, Place.DY, Place.OWN);
    }

    @Test
    void equalsTheReferenceForEveryOrderAndChannelCount() {
        for (Images images : SpatialCases.images(SHAPES)) {
            checkAll(ONE, images);
        }
    }

    @Test
    void mergesChunks() {
        try (SpatialTeam two = new SpatialTeam(2)) {
            for (Images images : SpatialCases.images(LARGE)) {
                Case.of(images, false).check(ONE, false, Place.OWN, null);
                checkAll(two, images);
            }
        }
    }

    @Test
    void gradientsOfNoImagesAreZero() {
        for (Images images : SpatialCases.images(new long[][] {{0, 3, 4, 4}})) {
            SpatialMemory dgamma = SpatialMemory.numbers(3);
            SpatialMemory dbeta = SpatialMemory.numbers(3);
            Pointer none = new SpatialMemory(images).pointer();
            Pointer ones = SpatialMemory.numbers(1, 1, 1).pointer();
            BatchNorm.gradient(ONE, images, none, none, ones, ones, ones, none, dgamma.pointer(), dbeta.pointer(), EPSILON, null, null)
                    .run();
            assertArrayEquals(new double[3], dgamma.plain());
            assertArrayEquals(new double[3], dbeta.plain());
        }
    }

    @Test
    void readsMovedPointersAndNewStatistics() {
        Images images = new Images(2, 3, 4, 4, Images.Order.PLAIN);
        SpatialMemory[] dx = {new SpatialMemory(images), new SpatialMemory(images)};
        Pointer moving = dx[0].pointer();
        SpatialMemory mean = SpatialMemory.numbers(1, 2, 3);
        Pointer ones = SpatialMemory.numbers(1, 1, 1).pointer();
        Pointer x = new SpatialMemory(images, SpatialMemory.noise(images, 1)).pointer();
        Pointer sums = SpatialMemory.numbers(3).pointer();
        Kernel kernel = BatchNorm.gradient(ONE, images, x, x, ones, mean.pointer(), ones, moving, sums, sums, EPSILON, null, null);
        kernel.run();
        double[] before = dx[0].plain();
        mean.set(new double[] {0, 0, 0});
        moving.set(dx[1].pointer().address());
        kernel.run();
        assertArrayEquals(before, dx[0].plain());
        SpatialMemory again = new SpatialMemory(images);
        BatchNorm.gradient(ONE, images, x, x, ones, mean.pointer(), ones, again.pointer(), sums, sums, EPSILON, null, null).run();
        SpatialChecks.assertSameBits(again, dx[1], "dx with other means");
    }
}

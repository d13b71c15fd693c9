package dev.lamina.cpu.vector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.GraphException;
import dev.lamina.graph.Node;
import dev.lamina.graph.Pooling;
import dev.lamina.graph.Value;
import dev.lamina.graph.Window;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MaxPoolTest {
    private static final Team ONE = Team.single();

    @AfterEach
    void free() {
        SpatialMemory.free();
    }

    /** A pooling with its operands in memory and what the reference says of it. */
    private record Case(Window window, Images in, Images out, double[] x, double[] g, List<double[]> expected) {
        static Case of(Window window, Images in, double[] x) {
            GraphBuilder graph = new GraphBuilder();
            Value input = SpatialChecks.constant(graph, in, x);
            Node node = Pooling.maxPoolWithIndices(input, window);
            Images out = in.withMap(node.output(0).shape().dim(2), node.output(0).shape().dim(3));
            double[] g = SpatialMemory.noise(out, 5);
            Value gradient = SpatialChecks.constant(graph, out, g);
            Value back = graph.add(new Pooling.MaxPoolGradient(in.h(), in.w()), gradient, node.output(1));
            Value last = Pooling.maxUnpool(gradient, node.output(1), in.h(), in.w());
            Value picked = Pooling.poolGather(input, node.output(1));
            return new Case(window, in, out, x, g,
                    SpatialChecks.reference(graph, List.of(node.output(0), node.output(1), back, last, picked)));
        }

        void check(Team team) {
            String what = window + " of " + in;
            SpatialMemory input = new SpatialMemory(in, x);
            SpatialMemory y = new SpatialMemory(out);
            SpatialMemory winners = new SpatialMemory(out);
            MaxPool.of(team, window, in, out, input.pointer(), y.pointer(), winners.pointer()).run();
            assertArrayEquals(expected.get(0), y.plain(), "values of " + what);
            assertArrayEquals(expected.get(1), winners.plainInts(), "winners of " + what);
            SpatialMemory alone = new SpatialMemory(out);
            MaxPool.of(team, window, in, out, input.pointer(), alone.pointer(), null).run();
            SpatialChecks.assertSameBits(y, alone, "values without winners of " + what);
            checkGradients(team, input, winners, what);
        }

        private void checkGradients(Team team, SpatialMemory input, SpatialMemory winners, String what) {
            SpatialMemory gradient = new SpatialMemory(out, g);
            SpatialMemory dx = new SpatialMemory(in);
            MaxPoolGradient.sum(team, window, in, out, gradient.pointer(), winners.pointer(), dx.pointer(), null).run();
            double[] sums = dx.plain();
            SpatialChecks.assertClose(expected.get(2), sums, 9, "gradient of " + what);
            MaxPoolGradient.sum(team, window, in, out, gradient.pointer(), winners.pointer(), dx.pointer(), input.pointer()).run();
            double[] rectified = sums.clone();
            Arrays.setAll(rectified, i -> x[i] > 0 ? sums[i] : 0);
            assertArrayEquals(rectified, dx.plain(), "rectified gradient of " + what);
            MaxPoolGradient.last(team, window, in, out, gradient.pointer(), winners.pointer(), dx.pointer()).run();
            assertArrayEquals(expected.get(3), dx.plain(), "last values of " + what);
            MaxPoolScatter.sum(team, in, out, gradient.pointer(), winners.pointer(), dx.pointer()).run();
            SpatialChecks.assertClose(expected.get(2), dx.plain(), 9, "scattered gradient of " + what);
            MaxPoolScatter.last(team, in, out, gradient.pointer(), winners.pointer(), dx.pointer()).run();
            assertArrayEquals(expected.get(3), dx.plain(), "scattered last values of " + what);
            SpatialMemory picked = new SpatialMemory(out);
            MaxPoolScatter.gather(team, in, out, input.pointer(), winners.pointer(), picked.pointer()).run();
            assertArrayEquals(expected.get(4), picked.plain(), "picked values of " + what);
        }
    }

    /** Small whole numbers, so many ties, with some NaN and infinities. */
    private static double[] ties(Images images) {
        double[] x = SpatialMemory.noise(images, 3);
        for (int i = 0; i < x.length; i++) {
            double u = Math.abs(x[i]);
            x[i] = u > 0.97 ? Double.NaN : u > 0.94 ? Double.NEGATIVE_INFINITY : u > 0.93 ? Double.POSITIVE_INFINITY : Math.rint(x[i] * 2);
            x[i] = x[i] == 0 ? 0 : x[i];
        }
        return x;
    }

    @Test
    void equalsTheReferenceForEveryWindowOrderAndChannelCount() {
        for (Window window : SpatialCases.WINDOWS) {
            for (Images in : SpatialCases.images(SpatialCases.POOLED)) {
                Case.of(window, in, ties(in)).check(ONE);
            }
        }
    }

    @Test
    void poolsMapsOfOnePlaceAndNoImages() {
        for (Images in : SpatialCases.images(new long[][] {{1, 1, 1, 1}, {3, 17, 1, 1}, {2, 6, 1, 3}})) {
            Case.of(Window.of(1), in, ties(in)).check(ONE);
        }
        for (Images in : SpatialCases.images(new long[][] {{0, 17, 4, 4}})) {
            Case.of(Window.of(2), in, new double[0]).check(ONE);
        }
    }

    @Test
    void givesMinusInfinityAndNoWinnerForPaddingAlone() {
        for (Images in : SpatialCases.images(new long[][] {{1, 3, 1, 1}, {2, 17, 1, 1}})) {
            Window window = Window.of(2).dilation(2).padding(1);
            Case pooling = Case.of(window, in, SpatialMemory.noise(in, 2));
            assertTrue(Arrays.stream(pooling.expected.get(1)).allMatch(winner -> winner == -1));
            pooling.check(ONE);
        }
    }

    @Test
    void sharesWorkAmongThreads() {
        try (SpatialTeam two = new SpatialTeam(2); SpatialTeam three = new SpatialTeam(3)) {
            for (Images in : SpatialCases.images(new long[][] {{1, 40, 31, 33}, {5, 6, 30, 31}, {3, 17, 20, 33}})) {
                for (Window window : List.of(Window.of(3).stride(2), Window.of(2).stride(2))) {
                    Case pooling = Case.of(window, in, ties(in));
                    pooling.check(two);
                    pooling.check(three);
                }
            }
        }
    }

    @Test
    void scatterRejectsWinnersOutsideTheMap() {
        Images in = new Images(1, 3, 4, 4, Images.Order.BLOCKED_8);
        Images out = in.withMap(2, 2);
        SpatialMemory values = new SpatialMemory(out, SpatialMemory.noise(out, 1));
        SpatialMemory winners = new SpatialMemory(out, new double[12]);
        winners.bits().setAtIndex(ValueLayout.JAVA_INT, out.at(0, 2, 1, 1), 16);
        Kernel kernel = MaxPoolScatter.sum(ONE, in, out, values.pointer(), winners.pointer(), new SpatialMemory(in).pointer());
        GraphException error = assertThrows(GraphException.class, kernel::run);
        assertTrue(error.getMessage().contains("winner 16 is outside a map of 4 x 4"), error.getMessage());
    }

    @Test
    void rejectsMapsOfOtherChannels() {
        Images in = new Images(1, 3, 4, 4, Images.Order.BLOCKED_8);
        Images out = new Images(1, 4, 2, 2, Images.Order.BLOCKED_8);
        GraphException error = assertThrows(GraphException.class,
                () -> MaxPool.of(ONE, Window.of(2).stride(2), in, out, new Pointer(), new Pointer(), null));
        assertTrue(error.getMessage().contains("need the same images, channels and order"), error.getMessage());
    }
}

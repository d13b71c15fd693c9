package dev.lamina.cpu.vector;

import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.Pooling;
import dev.lamina.graph.Value;
import dev.lamina.graph.Window;
import dev.lamina.tensor.Shape;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AvgPoolTest {
    private static final Team ONE = Team.single();

    @AfterEach
    void free() {
        SpatialMemory.free();
    }

    private static void check(Team team, Window window, boolean countIncludePad, Images in) {
        String what = window + (countIncludePad ? " with" : " without") + " padding, of " + in;
        GraphBuilder graph = new GraphBuilder();
        double[] x = SpatialMemory.noise(in, 1);
        Pooling.AvgPool op = new Pooling.AvgPool(window, countIncludePad);
        Value y = graph.add(op, SpatialChecks.constant(graph, in, x));
        Images out = in.withMap(y.shape().dim(2), y.shape().dim(3));
        double[] g = SpatialMemory.noise(out, 2);
        Pooling.AvgPoolGradient back = new Pooling.AvgPoolGradient(window, countIncludePad, Shape.of(in.n(), in.c(), in.h(), in.w()));
        Value dx = graph.add(back, SpatialChecks.constant(graph, out, g));
        List<double[]> expected = SpatialChecks.reference(graph, List.of(y, dx));
        SpatialMemory result = new SpatialMemory(out);
        long taps = window.h().kernel() * window.w().kernel();
        AvgPool.of(team, op, in, out, new SpatialMemory(in, x).pointer(), result.pointer()).run();
        SpatialChecks.assertClose(expected.get(0), result.plain(), taps, "mean " + what);
        SpatialMemory gradient = new SpatialMemory(in);
        AvgPoolGradient.of(team, back, in, out, new SpatialMemory(out, g).pointer(), gradient.pointer()).run();
        SpatialChecks.assertClose(expected.get(1), gradient.plain(), taps, "gradient " + what);
    }

    private static void checkAdaptive(Team team, Images in, Images out) {
        String what = "adaptive to " + out + " of " + in;
        GraphBuilder graph = new GraphBuilder();
        double[] x = SpatialMemory.noise(in, 1);
        double[] g = SpatialMemory.noise(out, 2);
        Value y = Pooling.adaptiveAvgPool(SpatialChecks.constant(graph, in, x), out.h(), out.w());
        Value dx = graph.add(new Pooling.AdaptiveAvgPoolGradient(Shape.of(in.n(), in.c(), in.h(), in.w())),
                SpatialChecks.constant(graph, out, g));
        List<double[]> expected = SpatialChecks.reference(graph, List.of(y, dx));
        SpatialMemory result = new SpatialMemory(out);
        AvgPool.adaptive(team, in, out, new SpatialMemory(in, x).pointer(), result.pointer()).run();
        SpatialChecks.assertClose(expected.get(0), result.plain(), in.h() * in.w(), "mean " + what);
        SpatialMemory gradient = new SpatialMemory(in);
        AvgPoolGradient.adaptive(team, in, out, new SpatialMemory(out, g).pointer(), gradient.pointer()).run();
        SpatialChecks.assertClose(expected.get(1), gradient.plain(), out.h() * out.w(), "gradient " + what);
    }

    @Test
    void equalsTheReferenceForEveryWindowOrderAndChannelCount() {
        for (Window window : SpatialCases.WINDOWS) {
            for (Images in : SpatialCases.images(SpatialCases.POOLED)) {
                check(ONE, window, true, in);
                check(ONE, window, false, in);
            }
        }
    }

    @Test
    void adaptiveEqualsTheReference() {
        long[][] shapes = {{2, 3, 7, 6}, {1, 1, 1, 1}, {1, 17, 5, 11}, {2, 32, 8, 8}, {0, 2, 3, 3}, {1, 6, 9, 40}};
        for (Images in : SpatialCases.images(shapes)) {
            for (long[] out : new long[][] {{1, 1}, {2, 3}, {5, 4}, {7, 9}, {1, 5}, {9, 1}}) {
                checkAdaptive(ONE, in, in.withMap(out[0], out[1]));
            }
        }
    }

    @Test
    void poolsPaddingAloneToZero() {
        for (Images in : SpatialCases.images(new long[][] {{2, 17, 1, 1}})) {
            check(ONE, Window.of(2).dilation(2).padding(1), false, in);
        }
    }

    @Test
    void sharesWorkAmongThreads() {
        try (SpatialTeam two = new SpatialTeam(2)) {
            for (Images in : SpatialCases.images(new long[][] {{1, 40, 31, 33}, {5, 6, 30, 31}})) {
                check(two, Window.of(3).stride(2).padding(1), true, in);
                checkAdaptive(two, in, in.withMap(1, 1));
                checkAdaptive(two, in, in.withMap(6, 6));
            }
        }
    }
}

package dev.lamina.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.graph.DtPool;
import dev.lamina.graph.Gradients;
import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.Node;
import dev.lamina.graph.Pooling;
import dev.lamina.graph.Reduction;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.graph.Window;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Philox;
import dev.lamina.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The figures of the specification's section 12.2. */
class DistanceTransformSpecTest {
    /** Equal, but for the sign of 0. */
    private static final double EQUAL = Double.MIN_VALUE;
    private static final double[] LINE = {0, 0, 5, 0, 0, 3, 0};

    /** Values, winners and, for upstream ones, the gradients of a transform. */
    private record Transformed(double[] values, long[] winners, double[] scores, double[] costs) {
    }

    private static Transformed run(String backendName, double[] scores, long[] dims, double[] costs, long radius, DType dtype) {
        GraphBuilder builder = new GraphBuilder();
        Value f = builder.input("f", TensorType.of(dtype, dims));
        Value c = builder.input("c", TensorType.of(dtype, dims[1], 4));
        Node node = DtPool.dtPool(f, c, radius);
        builder.output("y", node.output(0)).output("q", node.output(1));
        List<Value> gradients = Gradients.of(Reduction.sum(node.output(0)), List.of(f, c));
        builder.output("df", gradients.get(0)).output("dc", gradients.get(1));
        Graph graph = builder.build();
        try (Backend backend = Backends.open(backendName); State state = backend.createState(List.of());
                Executable executable = backend.compile(graph, CompileOptions.defaults())) {
            Map<String, Tensor> results = executable.call(state, Map.of("f", Tensor.of(dtype, scores, dims),
                    "c", Tensor.of(dtype, costs, dims[1], 4)));
            return new Transformed(results.get("y").toDoubles(), results.get("q").toLongs(), results.get("df").toDoubles(),
                    results.get("dc").toDoubles());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"reference", "cpu"})
    void givesTheLineOfTheSpecification(String backend) {
        Transformed plain = run(backend, LINE, new long[] {1, 1, 1, 7}, new double[] {1, 0, 1, 0}, DtPool.UNBOUNDED, DType.FLOAT32);
        assertArrayEquals(new double[] {1, 4, 5, 4, 2, 3, 2}, plain.values());
        assertArrayEquals(new long[] {2, 2, 2, 2, 5, 5, 5}, plain.winners());
    }

    @ParameterizedTest
    @ValueSource(strings = {"reference", "cpu"})
    void givesTheGradientsOfTheSpecification(String backend) {
        for (boolean upright : new boolean[] {false, true}) {
            long[] dims = upright ? new long[] {1, 1, 7, 1} : new long[] {1, 1, 1, 7};
            double[] costs = upright ? new double[] {1, 0, 1, 1} : new double[] {1, 1, 1, 0};
            Transformed tilted = run(backend, LINE, dims, costs, DtPool.UNBOUNDED, DType.FLOAT32);
            assertArrayEquals(new double[] {3, 5, 5, 3, 3, 3, 1}, tilted.values());
            assertArrayEquals(new double[] {0, 0, 4, 0, 0, 3, 0}, tilted.scores());
            assertArrayEquals(upright ? new double[] {0, 0, -8, 2} : new double[] {-8, 2, 0, 0}, tilted.costs(), EQUAL);
        }
    }

    /** Whole scores, a and b in halves: all sums are exact, so that values and winners must be equal, ties to the smaller q. */
    @ParameterizedTest
    @ValueSource(strings = {"reference", "cpu"})
    void equalsTheSearchOfAllPlaces(String backend) {
        Philox.Stream random = new Philox.Stream(12, 2, 1);
        for (int lines = 0; lines < 1000; ) {
            int width = lines % 3 == 0 ? 1 + (int) (300 * random.nextUniform()) : 1 + (int) (40 * random.nextUniform());
            int maps = 50;
            double[] costs = new double[4 * maps];
            for (int i = 0; i < costs.length; i++) {
                costs[i] = i % 2 == 0 ? 0.5 * (1 + (int) (5 * random.nextUniform())) : 0.5 * ((int) (9 * random.nextUniform()) - 4);
            }
            double[] scores = IntStream.range(0, maps * width).mapToDouble(_ -> (int) (60 * random.nextUniform()) - 30).toArray();
            Transformed fast = run(backend, scores, new long[] {1, maps, 1, width}, costs, DtPool.UNBOUNDED, DType.FLOAT32);
            for (int map = 0; map < maps; map++) {
                for (int p = 0; p < width; p++) {
                    double best = Double.NEGATIVE_INFINITY;
                    int winner = -1;
                    for (int q = 0; q < width; q++) {
                        double value = scores[map * width + q] - costs[4 * map] * (p - q) * (p - q) - costs[4 * map + 1] * (p - q);
                        if (value > best) {
                            best = value;
                            winner = q;
                        }
                    }
                    assertEquals(best, fast.values()[map * width + p]);
                    assertEquals(winner, fast.winners()[map * width + p]);
                }
            }
            lines += maps;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"reference", "cpu"})
    void equalsTheSearchOfAllPlacesOfAMap(String backend) {
        Philox.Stream random = new Philox.Stream(12, 2, 2);
        int height = 13;
        int width = 9;
        double[] scores = IntStream.range(0, 2 * height * width).mapToDouble(_ -> 8 * random.nextUniform()).toArray();
        double[] costs = {0.25, -0.3, 0.4, 0.7, 0.031, 0.2, 0.011, -0.1};
        for (long radius : new long[] {DtPool.UNBOUNDED, 2, 4}) {
            Transformed fast = run(backend, scores, new long[] {1, 2, height, width}, costs, radius, DType.FLOAT64);
            long reach = radius == DtPool.UNBOUNDED ? 100 : radius;
            for (int i = 0; i < scores.length; i++) {
                int map = i / (height * width);
                int y = i % (height * width) / width;
                int x = i % width;
                double best = Double.NEGATIVE_INFINITY;
                int winner = -1;
                for (int q = 0; q < height * width; q++) {
                    int ry = y - q / width;
                    int rx = x - q % width;
                    double value = scores[map * height * width + q] - costs[4 * map] * rx * rx - costs[4 * map + 1] * rx
                            - costs[4 * map + 2] * ry * ry - costs[4 * map + 3] * ry;
                    if (Math.abs(ry) <= reach && Math.abs(rx) <= reach && value > best) {
                        best = value;
                        winner = q;
                    }
                }
                assertEquals(best, fast.values()[i], 1e-12);
                assertEquals(winner, fast.winners()[i]);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"reference", "cpu"})
    void withoutCostsIsMaxPooling(String backendName) {
        GraphBuilder builder = new GraphBuilder();
        long[] dims = {2, 3, 7, 9};
        Value f = builder.input("f", TensorType.of(DType.FLOAT32, dims));
        Value c = builder.input("c", TensorType.of(DType.FLOAT32, 3, 4));
        Value pooled = Pooling.maxPool(f, Window.of(5).padding(2));
        Value transformed = DtPool.dtPool(f, c, 2).output(0);
        builder.output("pooled", pooled).output("transformed", transformed);
        builder.output("pooledGradient", Gradients.of(Reduction.sum(pooled.times(pooled)), List.of(f)).getFirst());
        builder.output("transformedGradient", Gradients.of(Reduction.sum(transformed.times(transformed)), List.of(f)).getFirst());
        Philox.Stream random = new Philox.Stream(12, 2, 3);
        double[] scores = IntStream.range(0, 2 * 3 * 7 * 9).mapToDouble(_ -> random.nextUniform()).toArray();
        try (Backend backend = Backends.open(backendName); State state = backend.createState(List.of());
                Executable executable = backend.compile(builder.build(), CompileOptions.defaults())) {
            Map<String, Tensor> results = executable.call(state, Map.of("f", Tensor.of(DType.FLOAT32, scores, dims),
                    "c", Tensor.of(new float[12], 3, 4)));
            assertArrayEquals(results.get("pooled").toFloats(), results.get("transformed").toFloats());
            assertArrayEquals(results.get("pooledGradient").toFloats(), results.get("transformedGradient").toFloats(), 1e-5f);
        }
    }

    @Test
    void minusInfinityIsPassedOver() {
        double none = Double.NEGATIVE_INFINITY;
        double[] scores = {none, none, none, none, none, 2, none, none};
        Transformed all = run("reference", scores, new long[] {1, 2, 1, 4}, new double[] {1, 0, 1, 0, 1, 0, 1, 0}, DtPool.UNBOUNDED,
                DType.FLOAT32);
        assertArrayEquals(new double[] {none, none, none, none, 1, 2, 1, -2}, all.values());
        assertArrayEquals(new long[] {-1, -1, -1, -1, 1, 1, 1, 1}, all.winners());
        assertArrayEquals(new double[] {0, 0, 0, 0, 0, 4, 0, 0}, all.scores(), EQUAL);
        assertArrayEquals(new double[] {0, 0, 0, 0, -6, -2, 0, 0}, all.costs(), EQUAL);
    }

    @ParameterizedTest
    @ValueSource(strings = {"reference", "cpu"})
    void saysWhatIsNotAllowed(String backend) {
        assertRefused(backend, "dtPool \"dtPool\": a_x = 0.0 of map 1, needs >= 0.001 (the maximum would lie at the border). Raise it, or "
                + "give a radius.", LINE, new double[] {1, 0, 1, 0, 0, 0, 1, 0});
        assertRefused(backend, "dtPool \"dtPool\": b_y = NaN of map 0, needs a finite number.", LINE,
                new double[] {1, 0, 1, Double.NaN, 1, 0, 1, 0});
        assertRefused(backend, "dtPool \"dtPool\": score NaN at position 9, needs finite numbers or -Infinity.",
                new double[] {0, 0, Double.NaN, 0, 0, 0, 0}, new double[] {1, 0, 1, 0, 1, 0, 1, 0});
    }

    private static void assertRefused(String backend, String message, double[] second, double[] costs) {
        double[] scores = new double[14];
        System.arraycopy(second, 0, scores, 7, 7);
        assertEquals(message, assertThrows(IllegalArgumentException.class,
                () -> run(backend, scores, new long[] {1, 2, 1, 7}, costs, DtPool.UNBOUNDED, DType.FLOAT32)).getMessage());
    }
}

package dev.lamina.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.graph.DtPool;
import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.Node;
import dev.lamina.graph.TensorType;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Philox;
import dev.lamina.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Distance-transform pooling on the device: it computes in float64 as the reference does, so that values and winners must be equal. */
class DistanceTransformTest {
    private static Map<String, Tensor> run(Backend backend, double[] scores, long[] dims, double[] costs, long radius) {
        GraphBuilder builder = new GraphBuilder();
        Node node = DtPool.dtPool(builder.input("f", TensorType.of(DType.FLOAT32, dims)),
                builder.input("c", TensorType.of(DType.FLOAT32, dims[1], 4)), radius);
        Graph graph = builder.output("y", node.output(0)).output("q", node.output(1)).build();
        try (State state = backend.createState(List.of()); Executable executable = backend.compile(graph, CompileOptions.defaults())) {
            return executable.call(state, Map.of("f", Tensor.of(DType.FLOAT32, scores, dims),
                    "c", Tensor.of(DType.FLOAT32, costs, dims[1], 4)));
        }
    }

    @Test
    void equalsTheReference() {
        Philox.Stream random = new Philox.Stream(12, 2, 4);
        try (Backend device = Tested.open(); Backend reference = Backends.open("reference")) {
            for (long[] dims : new long[][] {{1, 2, 31, 17}, {3, 1, 1, 300}, {1, 4, 90, 1}, {2, 2, 5, 6}}) {
                int count = (int) (dims[0] * dims[1] * dims[2] * dims[3]);
                double[] scores = IntStream.range(0, count).mapToDouble(i -> i % 5 == 0 ? Double.NEGATIVE_INFINITY
                        : dims[2] % 2 == 0 ? random.nextInt(20) : 10 * random.nextUniform()).toArray();
                double[] costs = IntStream.range(0, (int) dims[1] * 4).mapToDouble(i -> i % 2 == 0 ? 0.25 * (1 + random.nextInt(4))
                        : 0.5 * random.nextInt(5) - 1).toArray();
                for (long radius : new long[] {DtPool.UNBOUNDED, 0, 2, 1000}) {
                    Map<String, Tensor> expected = run(reference, scores, dims, costs, radius);
                    Map<String, Tensor> actual = run(device, scores, dims, costs, radius);
                    assertArrayEquals(expected.get("y").toFloats(), actual.get("y").toFloats());
                    assertArrayEquals(expected.get("q").toLongs(), actual.get("q").toLongs());
                }
            }
        }
    }

    @Test
    void saysWhatIsNotAllowed() {
        try (Backend device = Tested.open()) {
            assertRefused(device, "dtPool \"dtPool\": a_x = 0.0 of map 1, needs >= 0.001 (the maximum would lie at the border). Raise it, "
                    + "or give a radius.", 0, new double[] {1, 0, 1, 0, 0, 0, 1, 0});
            assertRefused(device, "dtPool \"dtPool\": b_y = NaN of map 0, needs a finite number.", 0,
                    new double[] {1, 0, 1, Double.NaN, 1, 0, 1, 0});
            assertRefused(device, "dtPool \"dtPool\": score Infinity at position 3, needs finite numbers or -Infinity.",
                    Double.POSITIVE_INFINITY, new double[] {1, 0, 1, 0, 1, 0, 1, 0});
        }
    }

    private static void assertRefused(Backend device, String message, double third, double[] costs) {
        double[] scores = {0, 0, 0, third, 0, 0, 0, 0};
        assertEquals(message, assertThrows(RuntimeException.class,
                () -> run(device, scores, new long[] {1, 2, 2, 2}, costs, DtPool.UNBOUNDED)).getMessage());
    }
}

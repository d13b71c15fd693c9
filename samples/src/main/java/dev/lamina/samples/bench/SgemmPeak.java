package dev.lamina.samples.bench;

import dev.lamina.backend.Backend;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.MatMul;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.nn.Initializer;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Tensor;
import java.util.List;
import java.util.Map;

/** The speed of a large product of float32 matrices through a backend, which stands for what the machine can do. */
final class SgemmPeak {
    private static final long SMALLEST = 256;
    private static final long LARGEST = 2048;
    private static final double LONG_ENOUGH_SECONDS = 0.1;
    private static final double SECONDS = 1;

    private SgemmPeak() { }

    /** FLOP/s of the fastest run in about a second; matrices grow until a run takes 0.1 s, at most to {@value #LARGEST} squared. */
    static double measure(Backend backend) {
        for (long n = SMALLEST;; n *= 2) {
            double best = ofSize(backend, n, SECONDS);
            double flops = 2.0 * n * n * n;
            if (n == LARGEST || flops / best > LONG_ENOUGH_SECONDS) {
                return best;
            }
        }
    }

    private static double ofSize(Backend backend, long n, double seconds) {
        GraphBuilder builder = new GraphBuilder();
        TensorType type = TensorType.of(DType.FLOAT32, n, n);
        // An input, since a backend may compute what depends on variables alone only once.
        Value a = builder.input("a", type);
        Value b = builder.variable("b", type, false);
        Graph graph = builder.output("c", MatMul.matmul(a, b)).build();
        try (Executable executable = backend.compile(graph, CompileOptions.defaults());
                State state = backend.createState(List.of(b))) {
            Map<String, Tensor> inputs = Map.of("a", Initializer.normal(0, 1).create(type, 1, 0));
            state.set("b", Initializer.normal(0, 1).create(type, 1, 1));
            long budget = System.nanoTime() + (long) (seconds * 1e9);
            double best = 0;
            for (int run = 0; run < 2 || System.nanoTime() < budget; run++) {
                long start = System.nanoTime();
                executable.run(state, inputs);
                best = Math.max(best, graph.flops() / ((System.nanoTime() - start) * 1e-9));
            }
            return best;
        }
    }
}

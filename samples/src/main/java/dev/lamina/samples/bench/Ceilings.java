package dev.lamina.samples.bench;

import dev.lamina.backend.Backend;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.CompileOptions.Precision;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.MatMul;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.nn.Initializer;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.List;
import java.util.Map;

/**
 * What a device can do at best, measured through the backend.
 *
 * @param gemm FLOP/s of large matrix products in the precision asked for
 * @param copy bytes read and written a second by a kernel that reads each element once and writes it once
 */
record Ceilings(double gemm, double copy) {
    private static final int PRODUCTS = 4;
    private static final int REPETITIONS = 5;
    private static final double SECONDS = 0.05;
    private static final long BLOCK = 1024;

    /**
     * How large the operands are.
     *
     * @param matrix rows of square matrices
     * @param elements of the copied tensor
     */
    record Size(long matrix, long elements) {
        /** For a GPU: products far beyond its caches and launch times, a copy of 256 MiB. */
        static final Size DEVICE = new Size(8192, 1L << 26);
        /** Shows that the measurement works, and nothing else. */
        static final Size SMOKE = new Size(64, 1 << 12);
    }

    static Ceilings measure(Backend backend, Precision precision, Size size) {
        return new Ceilings(gemm(backend, precision, size.matrix), copy(backend, size.elements));
    }

    /** Each product multiplies the one before by the same matrix, so that conversions of the first operand do not count much. */
    private static double gemm(Backend backend, Precision precision, long n) {
        GraphBuilder builder = new GraphBuilder();
        TensorType type = TensorType.of(DType.FLOAT32, n, n);
        Value b = builder.variable("b", type, false);
        Value product = builder.input("x", type);
        for (int i = 0; i < PRODUCTS; i++) {
            product = MatMul.matmul(product, b);
        }
        Graph graph = builder.output("y", product).build();
        try (Executable executable = backend.compile(graph, CompileOptions.defaults().withPrecision(precision));
                State state = backend.createState(List.of(b))) {
            state.set("b", random(n * n, 1 / Math.sqrt(n)).reshape(n, n));
            double seconds = fastest(executable, state, random(n * n, 1).reshape(n, n));
            return PRODUCTS * 2.0 * n * n * n / seconds;
        }
    }

    private static double copy(Backend backend, long elements) {
        GraphBuilder builder = new GraphBuilder();
        TensorType type = TensorType.of(DType.FLOAT32, elements);
        Graph graph = builder.output("y", Pointwise.relu(builder.input("x", type))).build();
        try (Executable executable = backend.compile(graph, CompileOptions.defaults()); State state = backend.createState(List.of())) {
            return 2.0 * type.bytes() / fastest(executable, state, random(elements, 1));
        }
    }

    /** The least seconds of a run. */
    private static double fastest(Executable executable, State state, Tensor x) {
        Steps steps = Steps.of(executable, state, Map.of("x", x), "y", Tensor.zeros(DType.FLOAT32, x.shape()));
        steps.seconds(2);
        int runs = Math.clamp((int) (SECONDS / steps.seconds(1)), 1, 1000);
        double best = Double.POSITIVE_INFINITY;
        for (int i = 0; i < REPETITIONS; i++) {
            best = Math.min(best, steps.seconds(runs) / runs);
        }
        return best;
    }

    /** Random numbers, repeated after a million: what is drawn anew each time would take longer than the measurement. */
    private static Tensor random(long elements, double deviation) {
        Tensor all = Tensor.zeros(DType.FLOAT32, Shape.of(elements));
        long block = Math.min(elements, BLOCK * BLOCK);
        Tensor drawn = Initializer.normal(0, deviation).create(TensorType.of(DType.FLOAT32, block), 1, 0);
        for (long from = 0; from < elements; from += block) {
            long length = Math.min(block, elements - from);
            all.slice(0, from, from + length).copyFrom(drawn.slice(0, 0, length));
        }
        return all;
    }
}

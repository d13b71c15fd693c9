package dev.lamina.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.CompileOptions.Precision;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.graph.Convolution;
import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.Random;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.graph.Window;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Philox;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Random numbers are bit for bit those of {@link Philox}, in every type and layout. */
class RandomBitsTest {
    private static final long SEED = 0x1234_5678_9ABC_DEF1L;
    private static final long STEP = 77;
    private static final int N = 4 * 37 + 3;

    private static CudaBackend backend;

    @BeforeAll
    static void open() {
        backend = Tested.open();
    }

    @AfterAll
    static void close() {
        if (backend != null) {
            backend.close();
        }
    }

    private static Map<String, Tensor> run(Graph graph, Map<String, Tensor> inputs, CompileOptions options) {
        try (State state = backend.createState(graph.variables()); Executable executable = backend.compile(graph, options)) {
            state.set(GraphBuilder.SEED, Tensor.of(new long[] {SEED}, 1).reshape());
            state.set(GraphBuilder.STEP, Tensor.of(new long[] {STEP}, 1).reshape());
            return executable.call(state, inputs);
        }
    }

    private static int word(int stream, long i) {
        int[] words = new int[4];
        Philox.block(SEED, STEP, stream, i / 4, words);
        return words[(int) (i % 4)];
    }

    private static double normal(int stream, int i) {
        int[] words = new int[4];
        Philox.block(SEED, STEP, stream, i / 4, words);
        int pair = i & 2;
        return Philox.normal(words[pair], words[pair + 1], i % 2 == 1);
    }

    private interface Sample {
        double at(int stream, int i);
    }

    private static void check(Value sample, DType type, Sample expected) {
        sample.graph().output("y", sample);
        int stream = ((Random) sample.node().op()).stream();
        Tensor y = run(sample.graph().build(), Map.of(), CompileOptions.defaults()).get("y");
        assertArrayEquals(IntStream.range(0, N).mapToDouble(i -> type.round(expected.at(stream, i))).toArray(), y.toDoubles());
    }

    @ParameterizedTest
    @EnumSource(value = DType.class, names = {"FLOAT32", "FLOAT64", "BFLOAT16", "FLOAT16"})
    void samples(DType type) {
        TensorType vector = TensorType.of(type, N);
        check(Random.uniform(new GraphBuilder(), vector, -0.7, 1.9), type,
                (stream, i) -> -0.7 + (1.9 - -0.7) * Philox.uniform(word(stream, i)));
        check(Random.bernoulli(new GraphBuilder(), vector, 0.3), type, (stream, i) -> Philox.uniform(word(stream, i)) < 0.3 ? 1 : 0);
        check(Random.bernoulli(new GraphBuilder(), vector, 1), type, (_, _) -> 1);
        check(Random.bernoulli(new GraphBuilder(), vector, 0), type, (_, _) -> 0);
    }

    /** The logarithm and the circular functions may be a step of float64 away from Java's. */
    @ParameterizedTest
    @EnumSource(value = DType.class, names = {"FLOAT32", "FLOAT64", "BFLOAT16", "FLOAT16"})
    void normals(DType type) {
        GraphBuilder builder = new GraphBuilder();
        Value sample = Random.normal(builder, TensorType.of(type, N), 0.25, 3);
        builder.output("y", sample);
        int stream = ((Random) sample.node().op()).stream();
        double[] y = run(builder.build(), Map.of(), CompileOptions.defaults()).get("y").toDoubles();
        for (int i = 0; i < N; i++) {
            double expected = type.round(0.25 + 3 * normal(stream, i));
            assertEquals(expected, y[i], type == DType.FLOAT64 ? 1e-14 : 0);
        }
    }

    @ParameterizedTest
    @EnumSource(value = DType.class, names = {"FLOAT32", "FLOAT64", "BFLOAT16", "FLOAT16"})
    void dropout(DType type) {
        GraphBuilder builder = new GraphBuilder();
        Value dropped = Random.dropout(builder.input("x", TensorType.of(type, N)), 0.25);
        builder.output("y", dropped);
        int stream = ((Random) dropped.node().op()).stream();
        Tensor x = Tensor.full(type, Shape.of(N), 3);
        double[] y = run(builder.build(), Map.of("x", x), CompileOptions.defaults()).get("y").toDoubles();
        for (int i = 0; i < N; i++) {
            assertEquals(Philox.uniform(word(stream, i)) >= 0.25 ? 4 : 0, y[i], "element " + i);
        }
    }

    /** In TF32 and bfloat16 images lie channels last; numbers are counted in row-major order all the same. */
    @ParameterizedTest
    @EnumSource(Precision.class)
    void dropoutOfImages(Precision precision) {
        GraphBuilder builder = new GraphBuilder();
        Value x = builder.input("x", TensorType.of(DType.FLOAT32, 2, 8, 5, 3));
        Value w = builder.input("w", TensorType.of(DType.FLOAT32, 16, 8, 1, 1));
        Value dropped = Random.dropout(Convolution.conv2d(x, w, Window.of(1), 1), 0.5);
        builder.output("y", dropped);
        int stream = ((Random) dropped.node().op()).stream();
        Map<String, Tensor> inputs = Map.of("x", Tensor.full(DType.FLOAT32, x.shape(), 1), "w", Tensor.full(DType.FLOAT32, w.shape(), 0.5));
        double[] y = run(builder.build(), inputs, CompileOptions.defaults().withPrecision(precision)).get("y").toDoubles();
        for (int i = 0; i < y.length; i++) {
            assertEquals(Philox.uniform(word(stream, i)) >= 0.5 ? 8 : 0, y[i], "element " + i);
        }
    }

    @Test
    void everyRunDrawsWithItsOwnStep() {
        GraphBuilder builder = new GraphBuilder();
        Value sample = Random.uniform(builder, TensorType.of(DType.FLOAT32, 9), 0, 1);
        builder.output("y", sample);
        int stream = ((Random) sample.node().op()).stream();
        Graph graph = builder.build();
        try (State state = backend.createState(graph.variables());
                Executable executable = backend.compile(graph, CompileOptions.defaults())) {
            state.set(GraphBuilder.SEED, Tensor.of(new long[] {-5}, 1).reshape());
            for (long step = 0; step < 5; step++) {
                state.set(GraphBuilder.STEP, Tensor.of(new long[] {step << 33 | step}, 1).reshape());
                double[] y = executable.call(state, Map.of()).get("y").toDoubles();
                int[] words = new int[4];
                Philox.block(-5, step << 33 | step, stream, 2, words);
                assertEquals((float) Philox.uniform(words[0]), y[8]);
            }
        }
        assertTrue(stream >= 0);
    }
}

package dev.lamina.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.CompileOptions.Precision;
import dev.lamina.backend.Executable;
import dev.lamina.backend.MemoryPlan;
import dev.lamina.backend.State;
import dev.lamina.graph.Convolution;
import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Pointwise.Comparison;
import dev.lamina.graph.Reduction;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.graph.Window;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of chains of pointwise nodes: launches, stored results, layouts. */
class ChainsTest {
    private static CudaBackend backend;

    private final GraphBuilder builder = new GraphBuilder();

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

    private Value input(String name, long... dims) {
        return builder.input(name, TensorType.of(DType.FLOAT32, dims));
    }

    private static Tensor counting(Shape shape) {
        int n = Math.toIntExact(shape.elements());
        return Tensor.of(DType.FLOAT32, IntStream.range(0, n).mapToDouble(i -> i % 17 - 8).toArray(), n).reshape(shape.toArray());
    }

    private record Ran(Map<String, Tensor> results, List<String> launches, MemoryPlan plan) {
    }

    private Ran run(CompileOptions options) {
        Graph graph = builder.build();
        Map<String, Tensor> inputs = new LinkedHashMap<>();
        graph.inputs().forEach(value -> inputs.put(value.name(), counting(value.shape())));
        try (State state = backend.createState(graph.variables()); Executable executable = backend.compile(graph, options)) {
            Map<String, Tensor> results = executable.call(state, inputs);
            return new Ran(results, executable.report().lowered().stream().map(l -> l.implementation()).toList(),
                    executable.memoryPlan());
        }
    }

    private static double[] map(long n, java.util.function.IntToDoubleFunction f) {
        return IntStream.range(0, (int) n).mapToDouble(f).toArray();
    }

    @Test
    void aChainIsOneLaunchAndStoresWhatIsRead() {
        Value x = input("x", 3, 7);
        Value shifted = x.plus(input("b", 7));
        Value doubled = shifted.times(2);
        Value relu = Pointwise.relu(doubled);
        builder.output("relu", relu);
        builder.output("shifted", shifted);
        builder.output("positive", Pointwise.compare(Comparison.GREATER, relu, shifted));
        Ran ran = run(CompileOptions.defaults());
        assertEquals(List.of("kernel chain of 4: add multiply relu greater"), ran.launches);
        double[] sums = map(21, i -> i % 17 - 8 + i % 7 - 8);
        assertArrayEquals(sums, ran.results.get("shifted").toDoubles());
        assertArrayEquals(map(21, i -> Math.max(0, 2 * sums[i])), ran.results.get("relu").toDoubles());
        assertArrayEquals(map(21, i -> Math.max(0, 2 * sums[i]) > sums[i] ? 1 : 0), ran.results.get("positive").toDoubles());
    }

    @Test
    void aResultMayTakeTheMemoryOfAnOperand() {
        Value x = Reduction.sum(input("x", 64, 2), 1);
        Value y = x.times(x).plus(x);
        builder.output("sum", Reduction.sum(y));
        builder.output("z", y.plus(1));
        Ran ran = run(CompileOptions.defaults());
        double[] sums = map(64, i -> 2 * i % 17 - 8 + (2 * i + 1) % 17 - 8);
        assertArrayEquals(map(64, i -> sums[i] * sums[i] + sums[i] + 1), ran.results.get("z").toDoubles());
        assertEquals(java.util.Arrays.stream(sums).map(v -> v * v + v).sum(), ran.results.get("sum").toDoubles()[0]);
        assertEquals(ran.plan.offset(x), ran.plan.offset(y));
    }

    /** An image as the convolution leaves it, one number per channel, one per image, a scalar and an image in rows. */
    @ParameterizedTest
    @EnumSource(Precision.class)
    void imagesStayAsTheyLie(Precision precision) {
        Value x = input("x", 2, 8, 5, 3);
        Value w = input("w", 8, 8, 1, 1);
        Value y = Convolution.conv2d(x, w, Window.of(1), 1);
        Value plain = input("plain", 2, 8, 5, 3);
        Value result = Pointwise.leakyRelu(y.times(input("channel", 8, 1, 1)), 0.5).plus(input("image", 2, 1, 1, 1)).plus(input("one"))
                .minus(plain);
        builder.output("y", y);
        builder.output("result", result);
        Ran ran = run(CompileOptions.defaults().withPrecision(precision));
        assertTrue(ran.launches.contains("kernel chain of 5: multiply leakyRelu add add ..."), ran.launches::toString);
        double[] image = ran.results.get("y").toDoubles();
        double[] expected = map(240, i -> {
            double scaled = image[i] * (i / 15 % 8 - 8);
            return (scaled > 0 ? scaled : 0.5 * scaled) + (i / 120 - 8) - 8 - (i % 17 - 8);
        });
        // In bfloat16 the image is rounded where it is kept.
        assertArrayEquals(expected, ran.results.get("result").toDoubles(), precision == Precision.BFLOAT16 ? 4096 * 0x1p-8 : 1e-3);
    }

    @Test
    void emptyChainsLaunchNothing() {
        builder.output("y", input("x", 0, 4).plus(1).times(2));
        Ran ran = run(CompileOptions.defaults());
        assertEquals(List.of(), ran.launches);
        assertEquals(Shape.of(0, 4), ran.results.get("y").shape());
    }

    @Test
    void everyNodeByItselfWithoutFusion() {
        Value x = input("x", 5);
        builder.output("y", Pointwise.relu(x.plus(x)));
        Ran ran = run(CompileOptions.defaults().without(CompileOptions.Pass.FUSION));
        assertEquals(List.of("kernel add", "kernel relu"), ran.launches);
    }
}

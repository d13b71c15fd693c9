package dev.lamina.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.CompileOptions.Poison;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.check.fault.Fault;
import dev.lamina.check.fault.FaultKind;
import dev.lamina.check.fault.Faults;
import dev.lamina.graph.Convolution;
import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.Node;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Pooling;
import dev.lamina.graph.Reduction;
import dev.lamina.graph.Source;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Update;
import dev.lamina.graph.Value;
import dev.lamina.graph.Window;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What faults make of a few numbers, worked out by hand. */
class FaultValuesTest {
    private final Backend backend = Backends.open("reference");
    private final GraphBuilder g = new GraphBuilder();

    @AfterEach
    void close() {
        backend.close();
    }

    private Value input(long... dims) {
        return g.input("x", TensorType.of(DType.FLOAT32, dims));
    }

    /** Output y of runs on these inputs. */
    private List<Tensor> runs(Graph graph, List<Tensor> inputs) {
        List<Tensor> results = new ArrayList<>();
        try (State state = backend.createState(graph.variables());
                Executable executable = backend.compile(graph, CompileOptions.defaults())) {
            for (Tensor x : inputs) {
                results.add(executable.call(state, Map.of("x", x)).get("y"));
            }
        }
        return results;
    }

    private Graph faulty(Value y, FaultKind kind, Poison poison) {
        g.output("y", y);
        return Faults.inject(g.build(), new Fault(y.node().name(), kind), poison).graph();
    }

    private double[] run(Value y, FaultKind kind, double... x) {
        Graph graph = faulty(y, kind, Poison.NONE);
        Tensor input = Tensor.of(DType.FLOAT32, x, x.length).reshape(graph.inputs().getFirst().shape().toArray());
        return runs(graph, List.of(input)).getFirst().toDoubles();
    }

    private Value row(int n) {
        return input(1, 1, 1, n);
    }

    private Value filter(float... taps) {
        return Source.constant(g, Tensor.of(taps).reshape(1, 1, 1, taps.length));
    }

    @Test
    void strideOfAConvolutionIsOneMore() {
        Value y = Convolution.conv2d(row(6), filter(1, 10), Window.of(1, 2), 1);
        assertArrayEquals(new double[] {21, 43, 65, 0, 0}, run(y, FaultKind.WRONG_STRIDE, 1, 2, 3, 4, 5, 6));
    }

    @Test
    void convolutionStartsOneElementLate() {
        Value y = Convolution.conv2d(row(4), filter(1, 10), Window.of(1, 2), 1);
        assertArrayEquals(new double[] {32, 43, 4}, run(y, FaultKind.WRONG_PADDING, 1, 2, 3, 4));
    }

    /** Windows 0 and 2 of a row of 4: the second window's gradient lands one further, and half of it beyond the end. */
    @Test
    void strideOfADataGradientIsOneMore() {
        Value y = Convolution.dataGradient(row(2), filter(1, 10), Window.of(1, 2).stride(1, 2), 1, Shape.of(1, 1, 1, 4));
        assertArrayEquals(new double[] {3, 30, 0, 5}, run(y, FaultKind.WRONG_STRIDE, 3, 5));
    }

    @Test
    void filterGradientStartsOneElementLate() {
        Value gradient = Source.constant(g, Tensor.of(new float[] {1, 100}).reshape(1, 1, 1, 2));
        Value y = Convolution.filterGradient(row(3), gradient, Window.of(1, 2), 1, Shape.of(1, 1, 1, 2));
        assertArrayEquals(new double[] {302, 3}, run(y, FaultKind.WRONG_PADDING, 1, 2, 3));
    }

    /** Pairs of stride 2 begin at 0 and 3 instead of 0 and 2, of 5 places. */
    @Test
    void strideOfAPoolingIsOneMore() {
        Value y = Pooling.maxPool(row(6), Window.of(1, 2).stride(1, 2));
        assertArrayEquals(new double[] {5, 9, 2}, run(y, FaultKind.WRONG_STRIDE, 5, 1, 2, 9, 3, 7));
    }

    @Test
    void averagesStartOneElementLate() {
        Value y = Pooling.avgPool(row(5), Window.of(1, 2).stride(1, 2));
        assertArrayEquals(new double[] {1.5, 3.5}, run(y, FaultKind.WRONG_PADDING, 9, 1, 2, 3, 4));
    }

    @Test
    void lastOfEqualElementsWins() {
        Node pool = Pooling.maxPoolWithIndices(input(1, 1, 1, 5), Window.of(1, 3).stride(1, 2));
        assertArrayEquals(new double[] {2, 4}, run(pool.output(1), FaultKind.WRONG_TIES, 7, 7, 7, 1, 7));
    }

    @Test
    void sumLeavesTheLastTermOut() {
        assertArrayEquals(new double[] {6}, run(Reduction.sum(input(4)), FaultKind.TRUNCATED_SUM, 1, 2, 3, 4));
    }

    @Test
    void meanDividesByOneLess() {
        assertArrayEquals(new double[] {4}, run(Reduction.mean(input(4)), FaultKind.WRONG_DIVISOR, 1, 2, 3, 6), 1e-6);
    }

    @Test
    void operandsAreRoundedToBfloat16() {
        assertArrayEquals(new double[] {1, -2}, run(Pointwise.negate(input(2)), FaultKind.NARROW, -1.001, 2.003));
    }

    @Test
    void wrongElementIsOffByAThousandthOfTheLargest() {
        double[] y = run(Pointwise.relu(input(4)), FaultKind.WRONG_ELEMENT, 1, 50, 3, 4);
        assertArrayEquals(new double[] {1, 50, 3.05, 4}, y, 1e-6);
    }

    @Test
    void staleResultIsThatOfTheRunBefore() {
        Graph graph = faulty(Pointwise.negate(input(2)), FaultKind.STALE, Poison.NONE);
        List<Tensor> y = runs(graph, List.of(Tensor.of(new float[] {1, 2}), Tensor.of(new float[] {3, 4}), Tensor.of(new float[] {5, 6})));
        assertArrayEquals(new float[] {0, 0}, y.get(0).toFloats());
        assertArrayEquals(new float[] {-1, -2}, y.get(1).toFloats());
        assertArrayEquals(new float[] {-3, -4}, y.get(2).toFloats());
    }

    @Test
    void noiseIsOthersInEachRunAndSmall() {
        Graph graph = faulty(Pointwise.exp(input(64)), FaultKind.NOT_REPEATABLE, Poison.NONE);
        Tensor x = Tensor.zeros(DType.FLOAT32, Shape.of(64));
        List<Tensor> y = runs(graph, List.of(x, x, x));
        for (Tensor run : y) {
            for (double value : run.toDoubles()) {
                assertEquals(1, value, 9 * DType.FLOAT32.epsilon());
            }
        }
        assertFalse(Arrays.equals(y.get(0).toFloats(), y.get(1).toFloats()));
        assertFalse(Arrays.equals(y.get(1).toFloats(), y.get(2).toFloats()));
    }

    @Test
    void tailShowsThePoison() {
        for (Poison poison : Poison.values()) {
            GraphBuilder own = new GraphBuilder();
            for (DType dtype : List.of(DType.FLOAT32, DType.FLOAT64, DType.FLOAT16, DType.BFLOAT16)) {
                own.output(dtype.toString(), Pointwise.cast(own.input("x" + dtype, TensorType.of(DType.INT32, 8)), dtype));
            }
            Graph graph = own.build();
            for (Map.Entry<String, Value> output : graph.outputs().entrySet()) {
                assertTail(Faults.inject(graph, new Fault(output.getValue().node().name(), FaultKind.UNWRITTEN_TAIL), poison).graph(),
                        output.getKey(), poison);
            }
        }
    }

    private void assertTail(Graph graph, String output, Poison poison) {
        try (State state = backend.createState(List.of()); Executable executable = backend.compile(graph, CompileOptions.defaults())) {
            Tensor ones = Tensor.full(DType.INT32, Shape.of(8), 1);
            executable.run(state, graph.inputs().stream().collect(Collectors.toMap(Value::name, _ -> ones)));
            Tensor y = executable.read(output);
            byte[] bytes = y.memory().toArray(ValueLayout.JAVA_BYTE);
            for (int i = 6 * y.dtype().bytes(); i < 8 * y.dtype().bytes(); i++) {
                assertEquals(poison.pattern(), bytes[i], output);
            }
            assertEquals(1, y.get(5), output);
        }
    }

    @Test
    void droppedUpdateLeavesTheVariable() {
        Value v = g.variable("v", TensorType.of(DType.FLOAT32, 2), true);
        Value x = input(2);
        g.output("y", Update.node(new Update.Sgd(0, false, 0, Update.MomentumForm.RATE_OUTSIDE), v, x, Source.scalar(g, DType.FLOAT32, 1))
                .output(0));
        Graph graph = Faults.inject(g.build(), new Fault("sgd", FaultKind.DROPPED_UPDATE), Poison.NONE).graph();
        try (State state = backend.createState(graph.variables());
                Executable executable = backend.compile(graph, CompileOptions.defaults())) {
            state.set("v", Tensor.of(new float[] {7, 8}));
            assertArrayEquals(new float[] {7, 8}, executable.call(state, Map.of("x", Tensor.of(new float[] {1, 2}))).get("y").toFloats());
            assertArrayEquals(new float[] {7, 8}, state.get("v").toFloats());
        }
        assertTrue(graph.variables().stream().map(Value::name).allMatch("v"::equals));
    }
}

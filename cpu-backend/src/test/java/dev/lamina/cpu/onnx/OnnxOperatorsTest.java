package dev.lamina.cpu.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.Executable;
import dev.lamina.backend.GradientCheck;
import dev.lamina.backend.GradientReport;
import dev.lamina.backend.State;
import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.io.onnx.OnnxAttribute;
import dev.lamina.io.onnx.OnnxGraph;
import dev.lamina.io.onnx.OnnxModel;
import dev.lamina.io.onnx.OnnxNode;
import dev.lamina.io.onnx.OnnxValue;
import dev.lamina.io.onnx.ops.OnnxImport;
import dev.lamina.io.onnx.ops.Operand;
import dev.lamina.io.onnx.ops.Weights;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Philox;
import dev.lamina.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** ONNX operators computed at import, against the same ones run as a graph; and their gradients. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OnnxOperatorsTest {
    private Backend backend;

    /**
     * A node.
     *
     * @param x its operands, given when the graph runs where {@code given} says so
     * @param given how many of the first operands that are
     */
    record Case(String type, List<Tensor> x, int given, Map<String, OnnxAttribute> attributes) {
        @Override
        public String toString() {
            return type + " " + x.getFirst().dtype() + " " + attributes;
        }

        Map<String, Operand> convert(GraphBuilder graph, List<Operand> operands) {
            List<String> names = IntStream.range(0, x.size()).mapToObj(i -> "x" + i).toList();
            Map<String, Operand> inputs = new LinkedHashMap<>();
            names.forEach(name -> inputs.put(name, operands.get(inputs.size())));
            int outputs = type.equals("TopK") || type.equals("Split") ? 2 : 1;
            List<OnnxValue> results = IntStream.range(0, outputs)
                    .mapToObj(i -> new OnnxValue("y" + i, Optional.empty(), Optional.empty())).toList();
            OnnxModel model = new OnnxModel(8, "test", Map.of("", 18L), new OnnxGraph("g",
                    List.of(OnnxNode.of(type, names, results.stream().map(OnnxValue::name).toList(), attributes)), Map.of(),
                    names.stream().map(name -> new OnnxValue(name, Optional.empty(), Optional.empty())).toList(), results), List.of(),
                    Map.of());
            return OnnxImport.add(graph, model, inputs, Weights.CONSTANTS, false);
        }
    }

    @BeforeAll
    void open() {
        backend = Backends.open("reference");
    }

    @AfterAll
    void close() {
        backend.close();
    }

    /** Numbers of which no two are closer than 0.01, apart from 0 and from integers, in random order. */
    private static Tensor apart(DType dtype, long... dims) {
        int n = (int) java.util.Arrays.stream(dims).reduce(1, Math::multiplyExact);
        int[] order = new Philox.Stream(7, n, 0).permutation(n);
        double[] values = IntStream.of(order).mapToDouble(i -> (i - n / 2) * 0.17 + 0.031).toArray();
        return Tensor.of(dtype, values, dims);
    }

    private static Tensor positive(DType dtype, long... dims) {
        double[] values = java.util.Arrays.stream(apart(DType.FLOAT64, dims).toDoubles()).map(v -> Math.abs(v) + 0.3).toArray();
        return Tensor.of(dtype, values, dims);
    }

    private static Tensor whole(DType dtype, long... dims) {
        double[] values = java.util.Arrays.stream(apart(DType.FLOAT64, dims).toDoubles()).map(v -> Math.rint(v * 11)).toArray();
        return Tensor.of(dtype, values, dims);
    }

    private static Tensor int64(long... values) {
        return Tensor.of(values, values.length);
    }

    private static Case of(String type, int given, List<Tensor> x, Object... attributes) {
        Map<String, OnnxAttribute> named = new LinkedHashMap<>();
        for (int i = 0; i < attributes.length; i += 2) {
            named.put((String) attributes[i], switch (attributes[i + 1]) {
                case Integer value -> new OnnxAttribute.Integer(value);
                case String value -> new OnnxAttribute.Text(value);
                case long[] values -> new OnnxAttribute.Integers(java.util.Arrays.stream(values).boxed().toList());
                default -> throw new IllegalArgumentException(attributes[i + 1].toString());
            });
        }
        return new Case(type, x, given, named);
    }

    /** Operators of floating-point numbers, with derivatives. */
    private static List<Case> smooth(DType t) {
        List<Case> all = new ArrayList<>();
        for (String type : List.of("Abs", "Neg", "Exp")) {
            all.add(of(type, 1, List.of(apart(t, 2, 3))));
        }
        for (String type : List.of("Log", "Sqrt", "Reciprocal")) {
            all.add(of(type, 1, List.of(positive(t, 2, 3))));
        }
        for (String type : List.of("Add", "Sub", "Mul", "Div", "Max", "Min")) {
            all.add(of(type, 2, List.of(apart(t, 2, 3), positive(t, 3))));
        }
        all.add(of("Pow", 2, List.of(positive(t, 2, 3), apart(t, 3))));
        all.add(of("Pow", 1, List.of(apart(t, 2, 3), Tensor.scalar(t, 2))));
        all.add(of("Pow", 1, List.of(apart(t, 2, 3), int64(3))));
        all.add(of("Mean", 3, List.of(apart(t, 2, 3), positive(t, 3), apart(t, 1))));
        all.add(of("Mod", 1, List.of(apart(t, 2, 3), Tensor.scalar(t, 0.7)), "fmod", 1));
        all.add(of("Clip", 1, List.of(apart(t, 2, 3), Tensor.scalar(t, -0.2), Tensor.scalar(t, 0.25))));
        all.add(of("Clip", 2, List.of(apart(t, 2, 3), Tensor.scalar(t, -0.2))));
        for (String type : List.of("ReduceL1", "ReduceL2", "ReduceMax", "ReduceMin", "ReduceMean", "ReduceProd", "ReduceSum",
                "ReduceSumSquare", "ReduceLogSumExp")) {
            all.add(of(type, 1, List.of(apart(t, 2, 5, 3), int64(-2)), "keepdims", 0));
            all.add(of(type, 1, List.of(apart(t, 2, 5, 3), int64(0, 2))));
        }
        all.add(of("ReduceLogSum", 1, List.of(positive(t, 2, 5, 3))));
        all.add(of("Transpose", 1, List.of(apart(t, 2, 3, 4)), "perm", new long[] {2, 0, 1}));
        all.add(of("Expand", 1, List.of(apart(t, 2, 1, 4), int64(3, 1, 3, 1))));
        all.add(of("Tile", 1, List.of(apart(t, 2, 3), int64(2, 3))));
        all.add(of("Concat", 2, List.of(apart(t, 2, 3), positive(t, 2, 1)), "axis", -1));
        all.add(of("Split", 1, List.of(apart(t, 2, 5)), "axis", 1, "num_outputs", 2));
        all.add(of("Slice", 1, List.of(apart(t, 4, 7), int64(-1, 1), int64(-6, 6), int64(1, 0), int64(-2, 3))));
        for (String mode : List.of("constant", "edge", "reflect", "wrap")) {
            all.add(of("Pad", 1, List.of(apart(t, 3, 4), int64(1, -1, 2, 2)), "mode", mode));
        }
        all.add(of("DepthToSpace", 1, List.of(apart(t, 1, 8, 2, 3)), "blocksize", 2, "mode", "CRD"));
        all.add(of("SpaceToDepth", 1, List.of(apart(t, 1, 2, 4, 6)), "blocksize", 2));
        all.add(of("Gather", 1, List.of(apart(t, 4, 3), int64(3, 0, -1, 0).reshape(2, 2)), "axis", 0));
        all.add(of("Gather", 1, List.of(apart(t, 4, 3), int64(-2).reshape()), "axis", 1));
        all.add(of("GatherElements", 1, List.of(apart(t, 4, 3), int64(3, 0, -1, 0, 1, 1).reshape(2, 3)), "axis", 0));
        all.add(of("GatherND", 1, List.of(apart(t, 2, 3, 4), int64(2, -1, 0, 0).reshape(2, 2, 1)), "batch_dims", 1));
        all.add(of("CumSum", 1, List.of(apart(t, 5, 3), int64(0).reshape()), "exclusive", 1));
        all.add(of("CumSum", 1, List.of(apart(t, 2, 6), int64(-1).reshape()), "reverse", 1));
        all.add(of("Trilu", 1, List.of(apart(t, 2, 3, 4), int64(1).reshape()), "upper", 0));
        all.add(of("TopK", 1, List.of(apart(t, 2, 6), int64(3))));
        all.add(of("TopK", 1, List.of(apart(t, 5, 3), int64(2)), "axis", 0, "largest", 0));
        Tensor places = int64(0, 2, 1, 1, 0, 2).reshape(3, 2);
        for (String reduction : List.of("none", "add", "mul", "max", "min")) {
            boolean once = reduction.equals("none");
            all.add(of("ScatterND", 1, List.of(apart(t, 2, 3), once ? places.slice(0, 0, 2).copy() : places,
                    positive(t, once ? 2 : 3)), "reduction", reduction));
        }
        all.add(of("ScatterElements", 1, List.of(apart(t, 3, 3), int64(0, -1, 1, 2, 1, 0).reshape(2, 3), positive(t, 2, 3)), "axis", 1,
                "reduction", "add"));
        return all;
    }

    private static List<Case> steps() {
        List<Case> all = new ArrayList<>();
        for (DType t : List.of(DType.FLOAT32, DType.FLOAT64)) {
            for (String type : List.of("Floor", "Ceil", "Round", "Sign")) {
                all.add(of(type, 1, List.of(apart(t, 2, 3))));
            }
            all.add(of("Cast", 1, List.of(apart(t, 2, 3)), "to", 6));
        }
        for (DType t : List.of(DType.INT32, DType.INT64, DType.UINT8)) {
            Tensor a = t == DType.UINT8 ? whole(DType.INT32, 2, 7).cast(t) : whole(t, 2, 7);
            Tensor b = Tensor.of(t, new double[] {3, 5, 1, 7, 2, 9, 4}, 7);
            for (String type : List.of("Add", "Sub", "Mul", "Max", "Min", "Less", "LessOrEqual", "Equal", "Greater", "GreaterOrEqual")) {
                all.add(of(type, 2, List.of(a, b)));
            }
            if (t != DType.INT64) {
                Tensor divisor = t == DType.UINT8 ? b : Tensor.of(t, new double[] {3, -5, 1, -7, 2, 9, -4}, 7);
                all.add(of("Div", 2, List.of(a, divisor)));
                all.add(of("Mod", 2, List.of(a, divisor)));
                all.add(of("Mod", 2, List.of(a, divisor), "fmod", 1));
            }
            all.add(of("ReduceProd", 1, List.of(b, int64(0))));
            all.add(of("CumSum", 1, List.of(b, int64(0).reshape())));
            all.add(of("TopK", 1, List.of(b, int64(4))));
            all.add(of("Where", 3, List.of(Tensor.of(DType.BOOL, new double[] {1, 0, 1, 0, 0, 1, 1}, 7), a, b)));
            all.add(of("ScatterND", 1, List.of(b, int64(2, 2, 0).reshape(3, 1), Tensor.of(t, new double[] {3, 4, 5}, 3)),
                    "reduction", "mul"));
        }
        all.add(of("Pow", 2, List.of(whole(DType.INT32, 5), Tensor.of(new int[] {0, 1, 2, 3, 4}, 5))));
        all.add(of("OneHot", 1, List.of(int64(1, -1, 7), int64(4).reshape(), int64(2, 3))));
        all.add(of("GatherND", 2, List.of(whole(DType.INT64, 3, 4), int64(0, -1, 2, 2).reshape(2, 2))));
        all.add(of("GatherElements", 2, List.of(whole(DType.INT64, 3, 2), int64(0, -1, 2, 2).reshape(2, 2))));
        return all;
    }

    private static Stream<Case> everything() {
        return Stream.of(smooth(DType.FLOAT32), smooth(DType.FLOAT64), steps()).flatMap(List::stream);
    }

    @ParameterizedTest
    @MethodSource("everything")
    void givesTheSameAtImportAsInTheGraph(Case one) {
        GraphBuilder builder = new GraphBuilder();
        List<Operand> operands = new ArrayList<>();
        Map<String, Tensor> fed = new LinkedHashMap<>();
        for (int i = 0; i < one.x.size(); i++) {
            Tensor x = one.x.get(i);
            if (i < one.given) {
                fed.put("in" + i, x);
            }
            operands.add(i < one.given ? Operand.of(builder.input("in" + i, new TensorType(x.dtype(), x.shape()))) : Operand.of(x));
        }
        Map<String, Operand> run = one.convert(builder, operands);
        OnnxImport.values(builder, run, Weights.CONSTANTS).forEach(builder::output);
        Graph graph = builder.build();
        Map<String, Operand> folded = one.convert(new GraphBuilder(), one.x.stream().map(Operand::of).toList());
        try (Executable executable = backend.compile(graph, CompileOptions.defaults());
                State state = backend.createState(graph.variables())) {
            executable.run(state, fed);
            folded.forEach((name, operand) -> {
                Tensor expected = assertInstanceOf(Operand.Known.class, operand).tensor();
                assertInstanceOf(Operand.Wired.class, run.get(name));
                Tensor actual = executable.read(name);
                assertEquals(expected.dtype(), actual.dtype());
                assertEquals(expected.shape(), actual.shape());
                double scale = expected.dtype() == DType.FLOAT32 ? 1e-6 : 1e-13;
                assertArrayEquals(expected.toDoubles(), actual.toDoubles(), scale);
            });
        }
    }

    private static List<Case> withGradients() {
        // The check refuses values that are held fixed: the largest number of a log-sum-exp, the quotient of a remainder.
        return smooth(DType.FLOAT64).stream().filter(one -> !one.type.equals("ReduceLogSumExp") && !one.type.equals("Mod")).toList();
    }

    @ParameterizedTest
    @MethodSource("withGradients")
    void passesTheGradientCheck(Case one) {
        List<GradientCheck.Argument> arguments = IntStream.range(0, one.given)
                .mapToObj(i -> GradientCheck.Argument.of("in" + i, one.x.get(i))).toList();
        GradientReport report = new GradientCheck(backend, 3).check(arguments, (graph, values) -> {
            List<Operand> operands = IntStream.range(0, one.x.size())
                    .mapToObj(i -> i < one.given ? Operand.of(values.get(i)) : Operand.of(one.x.get(i))).toList();
            List<Value> results = new ArrayList<>(OnnxImport.values(graph, one.convert(graph, operands), Weights.CONSTANTS).values());
            return results;
        });
        assertTrue(report.passed(), report::toString);
    }
}

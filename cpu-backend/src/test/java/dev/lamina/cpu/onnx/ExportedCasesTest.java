package dev.lamina.cpu.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.backend.Comparison;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.GraphException;
import dev.lamina.graph.Pooling;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.graph.cases.CaseGraph;
import dev.lamina.graph.cases.OpCase;
import dev.lamina.graph.cases.OpCases;
import dev.lamina.io.onnx.OnnxModel;
import dev.lamina.io.onnx.OnnxValue;
import dev.lamina.io.onnx.export.OnnxExport;
import dev.lamina.io.onnx.ops.OnnxImport;
import dev.lamina.io.onnx.ops.Operand;
import dev.lamina.io.onnx.ops.Weights;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The forward part of every op's cases, exported and imported, gives the values of the op. */
class ExportedCasesTest {
    private static final Backend BACKEND = Backends.open("reference");

    @AfterAll
    static void close() {
        BACKEND.close();
    }

    /** Results of the case, but for the winners of max pooling, which ONNX numbers otherwise. */
    private static List<String> outputs(Graph graph) {
        return graph.outputs().entrySet().stream().filter(e -> e.getKey().startsWith("y") && !isWinners(e.getValue()))
                .map(Map.Entry::getKey).toList();
    }

    private static boolean isWinners(Value value) {
        return value.node().op() instanceof Pooling.MaxPool && value.output() == 1;
    }

    /** A case with its model, or the error that there is instead. */
    private record Exported(OpCase opCase, CaseGraph graph, OnnxModel model, GraphException refusal) {
        static Exported of(OpCase opCase, CaseGraph graph) {
            try {
                return new Exported(opCase, graph, OnnxExport.model(_ -> graph.graph(), graph.variables(),
                        new OnnxExport.Settings(opCase.name(), "lamina test", outputs(graph.graph()), Map.of())), null);
            } catch (GraphException e) {
                return new Exported(opCase, graph, null, e);
            }
        }
    }

    private static Stream<Exported> all() {
        return OpCases.all().stream().map(c -> Map.entry(c, new CaseGraph(c, DType.FLOAT32)))
                .filter(e -> !outputs(e.getValue().graph()).isEmpty()).map(e -> Exported.of(e.getKey(), e.getValue()));
    }

    @TestFactory
    Stream<DynamicTest> importGivesTheValuesOfTheCase() {
        Set<String> refused = new TreeSet<>();
        Stream<DynamicTest> cases = all().filter(e -> {
            if (e.refusal() != null) {
                refused.add(e.refusal().getMessage().split(" ")[1]);
            }
            return e.refusal() == null;
        }).map(e -> dynamicTest(e.opCase().name(), () -> check(e)));
        return Stream.concat(cases, Stream.of(dynamicTest("refused are the ops that ONNX lacks", () -> assertEquals(
                Set.of("adam", "adamW", "adaptiveAvgPoolGradient", "assign", "avgPool", "avgPoolGradient", "batchNorm",
                        "conv2dFilterGradient", "crossEntropy", "dropout", "dtPool", "ema", "gatherGradient", "maxPool", "pad",
                        "randomBernoulli", "randomNormal", "randomUniform", "reluGradient", "sgd"), refused))));
    }

    private static void check(Exported exported) {
        CaseGraph graph = exported.graph();
        Map<String, Tensor> expected = graph.run(BACKEND, CompileOptions.defaults());
        Map<String, Tensor> actual = imported(exported.model(), graph.inputs());
        for (String output : outputs(graph.graph())) {
            Tensor wanted = expected.get(output);
            Tensor got = actual.get(output);
            assertEquals(wanted.shape(), got.shape());
            assertEquals(wanted.dtype(), got.dtype());
            if (wanted.dtype().isFloating()) {
                Comparison comparison = exported.opCase().tolerance(wanted.dtype()).compare(wanted, got);
                assertTrue(comparison.agrees(), comparison::toString);
            } else {
                assertArrayEquals(wanted.toLongs(), got.toLongs());
            }
        }
    }

    private static Map<String, Tensor> imported(OnnxModel model, Map<String, Tensor> inputs) {
        GraphBuilder graph = new GraphBuilder();
        Map<String, Operand> operands = new HashMap<>();
        for (OnnxValue input : model.graph().trueInputs()) {
            Tensor tensor = inputs.get(input.name());
            operands.put(input.name(), Operand.of(graph.input(input.name(), new TensorType(tensor.dtype(), tensor.shape()))));
        }
        Map<String, Operand> outputs = OnnxImport.add(graph, model, operands, Weights.CONSTANTS, false);
        OnnxImport.values(graph, outputs, Weights.CONSTANTS).forEach(graph::output);
        Graph built = graph.build();
        Map<String, Tensor> used = new HashMap<>(inputs);
        used.keySet().retainAll(built.inputs().stream().map(Value::name).toList());
        try (State state = BACKEND.createState(built.variables()); Executable executable = BACKEND.compile(built,
                CompileOptions.defaults())) {
            return executable.call(state, used);
        }
    }
}

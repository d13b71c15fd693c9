package dev.lamina.io.onnx.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lamina.backend.Backend;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.io.onnx.OnnxFile;
import dev.lamina.io.onnx.OnnxModel;
import dev.lamina.io.onnx.OnnxValue;
import dev.lamina.io.onnx.ops.NotKnownException;
import dev.lamina.io.onnx.ops.OnnxImport;
import dev.lamina.io.onnx.ops.Operand;
import dev.lamina.io.onnx.ops.Weights;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A case of ONNX's own test suite: a model, and inputs with the outputs that it must give.
 *
 * @param name {@code group/case}
 * @param folder where its files are
 */
public record OnnxCase(String name, Path folder) {
    /** Tolerances of ONNX's suite. */
    private static final double RELATIVE = 1e-3;
    private static final double ABSOLUTE = 1e-7;
    /** Cases whose values were drawn at random by another generator than Lamina's, so that they cannot be met. */
    private static final Set<String> DRAWS = Set.of("node/test_training_dropout", "node/test_training_dropout_default_mask",
            "node/test_training_dropout_mask", "node-v1.7.0/test_training_dropout", "node-v1.7.0/test_training_dropout_default_mask",
            "node-v1.7.0/test_training_dropout_mask");

    @Override
    public String toString() {
        return name;
    }

    /** Builds and runs every data set on a backend and compares what comes out. */
    public void check(Backend backend) throws IOException {
        OnnxModel model = OnnxFile.read(folder.resolve("model.onnx"));
        int sets = 0;
        for (Path data = folder.resolve("test_data_set_0"); Files.isDirectory(data);
                data = folder.resolve("test_data_set_" + ++sets)) {
            List<OnnxValue> wanted = model.graph().trueInputs();
            Map<String, Tensor> inputs = new LinkedHashMap<>();
            for (int i = 0; i < wanted.size(); i++) {
                inputs.put(wanted.get(i).name(), OnnxFile.readTensor(data.resolve("input_" + i + ".pb")));
            }
            List<Tensor> outputs = run(backend, model, inputs);
            if (DRAWS.contains(name)) {
                checkDropout(inputs.values().stream().toList(), outputs);
                continue;
            }
            for (int i = 0; i < outputs.size(); i++) {
                compare("output " + i, OnnxFile.readTensor(data.resolve("output_" + i + ".pb")), outputs.get(i));
            }
        }
        assertEquals(true, sets > 0, "no data set");
    }

    /** The outputs in the model's order; inputs are graph inputs if that is possible, and known numbers where shapes depend on them. */
    static List<Tensor> run(Backend backend, OnnxModel model, Map<String, Tensor> inputs) {
        try {
            return run(backend, model, inputs, false);
        } catch (NotKnownException e) {
            return run(backend, model, inputs, true);
        }
    }

    private static List<Tensor> run(Backend backend, OnnxModel model, Map<String, Tensor> inputs, boolean integersKnown) {
        GraphBuilder builder = new GraphBuilder();
        Map<String, Operand> given = new LinkedHashMap<>();
        inputs.forEach((name, tensor) -> {
            boolean known = integersKnown && (!tensor.dtype().isFloating() || tensor.shape().rank() <= 1);
            given.put(name, known ? Operand.of(tensor)
                    : Operand.of(builder.input("in/" + name, new TensorType(tensor.dtype(), tensor.shape()))));
        });
        Map<String, Operand> outputs = OnnxImport.add(builder, model, given, Weights.CONSTANTS, false);
        Map<String, Value> values = OnnxImport.values(builder, outputs, Weights.CONSTANTS);
        values.forEach((name, value) -> builder.output("out/" + name, value));
        Graph graph = builder.build();
        Map<String, Tensor> fed = new HashMap<>();
        graph.inputs().forEach(input -> fed.put(input.name(), inputs.get(input.name().substring(3))));
        try (Executable executable = backend.compile(graph, CompileOptions.defaults());
                State state = backend.createState(graph.variables())) {
            executable.run(state, fed);
            List<Tensor> results = new ArrayList<>();
            values.keySet().forEach(name -> results.add(executable.read("out/" + name)));
            return results;
        }
    }

    /** Every element of the first output is 0 or the input's scaled, as the mask says if there is one, and some are of either kind. */
    private static void checkDropout(List<Tensor> inputs, List<Tensor> outputs) {
        double[] x = inputs.get(0).toDoubles();
        double keep = 1 - inputs.get(1).item();
        assertEquals(inputs.get(0).shape(), outputs.get(0).shape());
        double[] y = outputs.get(0).toDoubles();
        int kept = 0;
        for (int i = 0; i < x.length; i++) {
            boolean drops = y[i] == 0;
            if (!drops) {
                kept++;
                assertEquals(x[i] / keep, y[i], RELATIVE * Math.abs(x[i] / keep), "element " + i);
            }
            if (outputs.size() == 2) {
                assertEquals(drops ? 0 : 1, outputs.get(1).toDoubles()[i], "mask, element " + i);
            }
        }
        if (outputs.size() == 2) {
            assertEquals(DType.BOOL, outputs.get(1).dtype());
        }
        assertEquals(true, kept > 0 && kept < x.length, kept + " of " + x.length + " kept");
    }

    private static void compare(String what, Tensor expected, Tensor actual) {
        assertEquals(expected.dtype(), actual.dtype(), what);
        assertEquals(expected.shape(), actual.shape(), what);
        double[] wanted = expected.toDoubles();
        double[] got = actual.toDoubles();
        for (int i = 0; i < wanted.length; i++) {
            int index = i;
            if (!Double.isFinite(wanted[i])) {
                assertEquals(wanted[i], got[i], () -> what + ", element " + index);
                continue;
            }
            assertEquals(wanted[i], got[i], ABSOLUTE + RELATIVE * Math.abs(wanted[i]), () -> what + ", element " + index);
        }
    }
}

package dev.lamina.cpu.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.cpu.SharedFiles;
import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.TensorType;
import dev.lamina.io.IdxFile;
import dev.lamina.io.onnx.OnnxFile;
import dev.lamina.io.onnx.OnnxModel;
import dev.lamina.io.onnx.ops.OnnxImport;
import dev.lamina.io.onnx.ops.Operand;
import dev.lamina.io.onnx.ops.Weights;
import dev.lamina.models.OnnxNetwork;
import dev.lamina.nn.Context;
import dev.lamina.nn.Model;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The trained and the well-known models of {@code shared/models}, against what others computed with them. */
class GivenModelsTest {
    private static Path shared(String name) {
        int folder = name.indexOf('/');
        return SharedFiles.folder(name.substring(0, folder)).resolve(name.substring(folder + 1));
    }

    /** Scores of the first 20 test images against those of an independent evaluation in float64. */
    @ParameterizedTest
    @CsvSource({"reference, mnist-cntk-opset8, true", "reference, mnist-cntk-opset15, true", "reference, mnist-cnn-pytorch, false",
        "cpu, mnist-cntk-opset8, true", "cpu, mnist-cntk-opset15, true", "cpu, mnist-cnn-pytorch, false"})
    void givesTheExpectedScores(String backendName, String name, boolean raw) throws IOException {
        List<double[]> rows = Files.readAllLines(shared("models/" + name + ".expected.txt")).stream().filter(l -> !l.startsWith("#"))
                .map(line -> Arrays.stream(line.split(" ")).skip(1).mapToDouble(Double::parseDouble).toArray()).toList();
        assertEquals(20, rows.size());
        double[] pixels = IdxFile.readImages(shared("data/mnist/t10k-images-idx3-ubyte.gz")).slice(0, 0, rows.size()).toDoubles();
        double[] inputs = Arrays.stream(pixels).map(p -> raw ? p : (p / 255 - 0.1307) / 0.3081).toArray();
        Model model = OnnxNetwork.read(shared("models/" + name + ".onnx")).model();
        GraphBuilder builder = new GraphBuilder();
        builder.output("logits", model.logits(new Context(builder, false), builder.input("images", model.inputType(rows.size()))));
        Graph graph = builder.build();
        try (Backend backend = Backends.open(backendName); State state = backend.createState(graph.variables());
                Executable executable = backend.compile(graph, CompileOptions.defaults())) {
            model.parameters().initialize(state, 0);
            executable.run(state, Map.of("images", Tensor.of(DType.FLOAT32, inputs, rows.size(), 1, 28, 28)));
            double[] scores = executable.read("logits").toDoubles();
            for (int row = 0; row < rows.size(); row++) {
                double scale = Arrays.stream(rows.get(row)).map(Math::abs).max().orElseThrow();
                for (int k = 0; k < 10; k++) {
                    // Sums of hundreds of float32 products of both signs: the error is that of the largest score.
                    assertEquals(rows.get(row)[k], scores[10 * row + k], 2e-6 * scale, name + ", image " + row + ", class " + k);
                }
            }
        }
    }

    /** Graphs of well-known networks with constant weights: that they are read and run; the expected outputs are uniform. */
    @ParameterizedTest
    @ValueSource(strings = {"light_bvlc_alexnet", "light_squeezenet", "light_resnet50", "light_inception_v1"})
    void runsWellKnownNetworks(String name) throws IOException {
        OnnxModel onnx = OnnxFile.read(shared("models/light/" + name + ".onnx"));
        Tensor expected = OnnxFile.readTensor(shared("models/light/" + name + "_output_0.pb"));
        int n = 3 * 224 * 224;
        Tensor image = Tensor.of(DType.FLOAT32, IntStream.range(0, n).mapToDouble(i -> (double) i / n).toArray(), 1, 3, 224, 224);
        GraphBuilder builder = new GraphBuilder();
        String input = onnx.graph().trueInputs().getFirst().name();
        Map<String, Operand> outputs = OnnxImport.add(builder, onnx,
                Map.of(input, Operand.of(builder.input("image", TensorType.of(DType.FLOAT32, 1, 3, 224, 224)))), Weights.CONSTANTS, false);
        builder.output("y", OnnxImport.values(builder, outputs, Weights.CONSTANTS).values().iterator().next());
        try (Backend backend = Backends.open("cpu"); State state = backend.createState(List.of());
                Executable executable = backend.compile(builder.build(), CompileOptions.defaults())) {
            Tensor actual = executable.call(state, Map.of("image", image)).get("y");
            assertEquals(expected.shape(), actual.shape());
            double[] wanted = expected.toDoubles();
            double[] got = actual.toDoubles();
            for (int i = 0; i < wanted.length; i++) {
                assertEquals(wanted[i], got[i], 1e-7 + 1e-3 * Math.abs(wanted[i]), name + ", element " + i);
            }
        }
    }
}

package dev.lamina.cpu.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.backend.Comparison;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.backend.Tolerance;
import dev.lamina.data.ChannelStatistics;
import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.TensorType;
import dev.lamina.io.onnx.OnnxFile;
import dev.lamina.io.onnx.OnnxModel;
import dev.lamina.io.onnx.OnnxWriter;
import dev.lamina.io.onnx.ops.OnnxImport;
import dev.lamina.io.onnx.ops.Operand;
import dev.lamina.io.onnx.ops.Weights;
import dev.lamina.models.ModelInfo;
import dev.lamina.models.ModelOptions;
import dev.lamina.models.Models;
import dev.lamina.nn.Model;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Philox;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import dev.lamina.train.ModelExport;
import dev.lamina.train.ModelExport.Input;
import dev.lamina.train.ModelExport.Output;
import dev.lamina.train.TrainingGraph;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A model that is exported, written, read and imported computes what it did, for a batch of a size that the file does not know. */
class ExportedModelsTest {
    private static final Backend BACKEND = Backends.open("reference");
    private static final int CLASSES = 7;
    private static final int BATCH = 2;

    @TempDir
    private Path dir;

    @AfterAll
    static void close() {
        BACKEND.close();
    }

    @ParameterizedTest
    @CsvSource({"lenet, 1, PIXELS, LOGITS, INSIDE", "resnet20, 0.5, PIXELS, PROBABILITIES, BESIDE",
        "alexnet, 0.125, PIXELS, LOGITS, INSIDE", "mobilenetv2, 0.25, NORMALISED, LOGITS, BESIDE"})
    void importGivesTheValuesOfTheModel(String name, String width, Input input, Output output, OnnxWriter.Storage storage)
            throws IOException {
        ModelInfo info = Models.info(name);
        ModelOptions options = width.equals("1") ? ModelOptions.defaults() : ModelOptions.defaults().with(ModelOptions.WIDTH, width);
        Model model = Models.create(name, info.smallInput(), CLASSES, options);
        Map<String, Tensor> weights = weights(model);
        int channels = (int) info.smallInput().dim(0);
        ChannelStatistics statistics = new ChannelStatistics(IntStream.range(0, channels).mapToObj(c -> 0.4 + 0.1 * c).toList(),
                IntStream.range(0, channels).mapToObj(c -> 0.2 + 0.05 * c).toList());
        List<String> classes = IntStream.range(0, CLASSES).mapToObj(k -> "class \"" + k + "\"").toList();

        Path file = dir.resolve("model.onnx");
        OnnxWriter.write(file, ModelExport.of(model, statistics, weights, classes, input, output, "lamina test"), storage);
        OnnxModel read = OnnxFile.read(file);
        assertEquals("[images: " + (input == Input.PIXELS ? DType.UINT8 : DType.FLOAT32) + " [N, " + info.smallInput().toString()
                .substring(1) + "]", read.graph().inputs().toString());

        Shape shape = Shape.of(BATCH, channels, info.smallInput().dim(1), info.smallInput().dim(2));
        Tensor images = input == Input.PIXELS ? pixels(shape) : pixels(shape).cast(DType.FLOAT32);
        String result = output == Output.LOGITS ? TrainingGraph.LOGITS : TrainingGraph.PROBABILITIES;
        TrainingGraph graph = TrainingGraph.prediction(model, input == Input.PIXELS ? statistics : ChannelStatistics.none(), BATCH);
        Tensor expected = run(graph.graph(), weights, images).get(result);
        Map<String, Tensor> actual = run(imported(read, images), Map.of(), images);
        assertEquals(List.of(result), List.copyOf(actual.keySet()));
        // Folded normalisation may round otherwise; every product sums up to some thousand terms.
        Comparison comparison = Tolerance.of(DType.FLOAT32, 1000).atLeast(1).compare(expected, actual.get(result));
        assertTrue(comparison.agrees(), comparison::toString);
    }

    private static Graph imported(OnnxModel model, Tensor images) {
        GraphBuilder graph = new GraphBuilder();
        Operand input = Operand.of(graph.input("images", new TensorType(images.dtype(), images.shape())));
        Map<String, Operand> outputs = OnnxImport.add(graph, model, Map.of("images", input), Weights.CONSTANTS, false);
        OnnxImport.values(graph, outputs, Weights.CONSTANTS).forEach(graph::output);
        return graph.build();
    }

    private static Map<String, Tensor> run(Graph graph, Map<String, Tensor> weights, Tensor images) {
        try (State state = BACKEND.createState(graph.variables()); Executable executable = BACKEND.compile(graph,
                CompileOptions.defaults())) {
            state.variables().keySet().forEach(name -> state.set(name, weights.get(name)));
            return executable.call(state, Map.of("images", images));
        }
    }

    /** Initial weights, but biases, scales and statistics that are not 0 and 1. */
    private static Map<String, Tensor> weights(Model model) {
        Map<String, Tensor> weights = new TreeMap<>(model.parameters().initialValues(3));
        weights.replaceAll((name, tensor) -> {
            if (tensor.shape().rank() > 1) {
                return tensor;
            }
            Philox.Stream random = new Philox.Stream(name.hashCode(), 0, 0);
            Tensor drawn = tensor.copy();
            for (long i = 0; i < drawn.elements(); i++) {
                drawn.set(tensor.get(i) + 0.01 * random.nextInt(50), i);
            }
            return drawn;
        });
        return weights;
    }

    private static Tensor pixels(Shape shape) {
        Philox.Stream random = new Philox.Stream(7, 0, 0);
        byte[] pixels = new byte[(int) shape.elements()];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) random.nextInt(256);
        }
        return Tensor.ofBytes(pixels, shape.toArray());
    }
}

package dev.lamina.cpu.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.backend.CompileOptions.Precision;
import dev.lamina.data.ChannelStatistics;
import dev.lamina.io.IdxFile;
import dev.lamina.io.onnx.OnnxFile;
import dev.lamina.models.OnnxNetwork;
import dev.lamina.nn.Model;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import dev.lamina.train.Evaluator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The trained and the well-known models of {@code shared/models}, against what others computed with them. */
class GivenModelsTest {
    private static Path shared(String name) {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            Path found = at.resolve("shared").resolve(name);
            if (Files.exists(found)) {
                return found;
            }
        }
        assumeTrue(false, "skipped: no shared/" + name + " above the working directory");
        throw new IllegalStateException();
    }

    /** The first 20 test images; the outputs that an independent float64 evaluation gave, as logits up to a constant each row. */
    @ParameterizedTest
    @CsvSource({"reference, mnist-cntk-opset8, true", "reference, mnist-cntk-opset15, true", "reference, mnist-cnn-pytorch, false",
        "cpu, mnist-cntk-opset8, true", "cpu, mnist-cntk-opset15, true", "cpu, mnist-cnn-pytorch, false"})
    void givesTheExpectedOutputs(String backendName, String name, boolean raw) throws IOException {
        Path expected = shared("models/" + name + ".expected.txt");
        List<double[]> rows = Files.readAllLines(expected).stream().filter(line -> !line.startsWith("#"))
                .map(line -> Arrays.stream(line.split(" ")).skip(1).mapToDouble(Double::parseDouble).toArray()).toList();
        assertEquals(20, rows.size());
        Tensor images = IdxFile.readImages(shared("data/mnist/t10k-images-idx3-ubyte.gz")).slice(0, 0, rows.size()).contiguous();
        Model model = OnnxNetwork.read(shared("models/" + name + ".onnx")).model();
        ChannelStatistics pixels = raw ? ChannelStatistics.raw(1) : new ChannelStatistics(List.of(0.1307), List.of(0.3081));
        try (Backend backend = Backends.open(backendName);
                Evaluator evaluator = Evaluator.of(backend, model, pixels, Precision.FLOAT32, model.parameters().initialValues(0))) {
            double[] probabilities = evaluator.predict(images).toDoubles();
            for (int row = 0; row < rows.size(); row++) {
                double[] scores = rows.get(row);
                double most = Arrays.stream(scores).max().orElseThrow();
                double sum = Arrays.stream(scores).map(s -> Math.exp(s - most)).sum();
                for (int k = 0; k < scores.length; k++) {
                    double wanted = Math.exp(scores[k] - most) / sum;
                    assertEquals(wanted, probabilities[10 * row + k], 1e-6 + 1e-3 * wanted, name + ", image " + row + ", class " + k);
                }
            }
        }
    }
}

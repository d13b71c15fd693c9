package dev.lamina.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.io.CorruptFileException;
import dev.lamina.io.Safetensors;
import dev.lamina.nn.Model;
import dev.lamina.nn.Parameters;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class TorchvisionNamesTest {
    private static final double WIDTH = 0.05;

    @TempDir
    private Path folder;

    private static Model small(String name, ModelOptions options) {
        return Models.create(name, Models.info(name).smallInput(), 10, options.width(WIDTH));
    }

    /** The tensors of torchvision's file of a model that starts from this seed. */
    private static Map<String, Tensor> torchvision(Model model, long seed) {
        Parameters parameters = model.parameters();
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        TorchvisionNames.of(model).forEach((ours, theirs) -> tensors.put(theirs, parameters.initial(ours, seed)));
        return tensors;
    }

    private Path write(Map<String, Tensor> tensors) throws IOException {
        Path file = folder.resolve("torchvision.safetensors");
        Safetensors.write(file, tensors, Map.of());
        return file;
    }

    private String refusal(Map<String, Tensor> tensors, Model model) throws IOException {
        Path file = write(tensors);
        return assertThrows(IllegalArgumentException.class, () -> TorchvisionNames.load(file, model)).getMessage()
                .replace(file.toString(), "FILE");
    }

    /** Sizes of torchvision's state dictionaries without {@code num_batches_tracked}, and names out of them. */
    @ParameterizedTest
    @CsvSource({"alexnet-single, 16, conv5.bias, features.10.bias", "alexnet-single, 16, fc8.weight, classifier.6.weight",
        "vgg11, 22, conv5_2.weight, features.18.weight", "vgg16, 32, conv1_2.weight, features.2.weight",
        "vgg16, 32, conv5_3.weight, features.28.weight", "vgg19, 38, conv5_4.weight, features.34.weight",
        "vgg16-bn, 84, conv5_3.bias, features.40.bias", "vgg16-bn, 84, bn5_3.running_var, features.41.running_var",
        "vgg16, 32, fc6.weight, classifier.0.weight", "vgg16, 32, fc7.bias, classifier.3.bias",
        "resnet18, 102, layer1.1.conv1.weight, layer1.0.conv1.weight", "resnet18, 102, bn1.running_mean, bn1.running_mean",
        "resnet34, 182, layer3.6.bn2.weight, layer3.5.bn2.weight",
        "resnet50, 267, layer1.1.shortcut.conv.weight, layer1.0.downsample.0.weight",
        "resnet50, 267, layer4.1.shortcut.bn.running_var, layer4.0.downsample.1.running_var", "resnet50, 267, fc.bias, fc.bias",
        "squeezenet1.1, 52, fire2.squeeze.weight, features.3.squeeze.weight",
        "squeezenet1.1, 52, fire9.expand3x3.bias, features.12.expand3x3.bias", "squeezenet1.1, 52, conv10.weight, classifier.1.weight",
        "mobilenetv2, 262, block1.depthwise.weight, features.1.conv.0.0.weight",
        "mobilenetv2, 262, block1.project.weight, features.1.conv.1.weight",
        "mobilenetv2, 262, block1.project_bn.bias, features.1.conv.2.bias",
        "mobilenetv2, 262, block17.expand_bn.running_mean, features.17.conv.0.1.running_mean",
        "mobilenetv2, 262, block17.project.weight, features.17.conv.2.weight",
        "mobilenetv2, 262, block17.project_bn.weight, features.17.conv.3.weight",
        "mobilenetv2, 262, conv2.weight, features.18.0.weight", "mobilenetv2, 262, fc.weight, classifier.1.weight"})
    void names(String model, int size, String ours, String theirs) {
        Map<String, String> names = TorchvisionNames.of(small(model, ModelOptions.defaults()));
        assertEquals(size, names.size());
        assertEquals(theirs, names.get(ours));
        assertEquals(size, new HashSet<>(names.values()).size());
    }

    static List<String> models() {
        return TorchvisionNames.models();
    }

    @ParameterizedTest
    @MethodSource("models")
    void filesOfAllModelsLoad(String name) throws IOException {
        Model model = small(name, ModelOptions.defaults());
        Map<String, Tensor> tensors = torchvision(model, 5);
        tensors.put("features.1.num_batches_tracked", Tensor.scalar(DType.INT64, 7));
        Map<String, Tensor> loaded = TorchvisionNames.load(write(tensors), model);
        assertEquals(model.parameters().names(), List.copyOf(loaded.keySet()));
        loaded.forEach((ours, tensor) -> {
            assertEquals(model.parameters().type(ours).shape(), tensor.shape(), ours);
            assertArrayEquals(model.parameters().initial(ours, 5).toDoubles(), tensor.toDoubles(), ours);
        });
    }

    @Test
    void modelsThatTorchvisionLacksAreNamed() {
        assertTrue(models().containsAll(List.of("alexnet-single", "vgg11", "vgg19-bn", "resnet50", "squeezenet1.1", "mobilenetv2")));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> TorchvisionNames.of(small("nin", ModelOptions.defaults())))
                .getMessage().startsWith("nin: torchvision has no weights of it; it has those of alexnet-single, vgg11, "));
    }

    @Test
    void aWrongHeadNamesTheTensorAndTheWayOut() throws IOException {
        Model ten = Models.create("vgg16", Shape.of(3, 32, 32), 10);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        TorchvisionNames.of(ten).forEach((ours, theirs) -> tensors.put(theirs,
                Tensor.zeros(DType.FLOAT32, ten.parameters().type(ours).shape())));
        Model thousand = Models.create("vgg16", Shape.of(3, 32, 32), 1000);
        assertEquals("vgg16: \"classifier.6.weight\" is [10, 4096], model has 1000 classes. Pass classes = 10.",
                refusal(tensors, thousand));
    }

    @Test
    void whatDoesNotFitIsExplained() throws IOException {
        Model model = small("vgg11", ModelOptions.defaults());
        Map<String, Tensor> tensors = torchvision(model, 1);
        Tensor first = tensors.put("features.0.weight", Tensor.zeros(DType.FLOAT32, Shape.of(4, 3, 3, 3)));
        assertEquals("vgg11: \"features.0.weight\" is [4, 3, 3, 3], model needs [3, 3, 3, 3]. Is it of another width, or for images of "
                + "another size?", refusal(tensors, model));
        tensors.put("features.0.weight", first.cast(DType.FLOAT64));
        assertEquals("vgg11: \"features.0.weight\" is float64, needs float32. Convert the file.", refusal(tensors, model));
        tensors.put("features.0.weight", first);
        tensors.put("features.99.weight", first);
        tensors.remove("features.3.bias");
        assertEquals("vgg11: FILE lacks features.3.bias and has features.99.weight, which the model has not. Is it another model's, or of "
                + "another variant?", refusal(tensors, model));
        assertTrue(refusal(Map.of(), model).contains("features.11.bias and 12 more"), refusal(Map.of(), model));
        Path broken = Files.writeString(folder.resolve("broken"), "no");
        assertThrows(CorruptFileException.class, () -> TorchvisionNames.load(broken, model));
    }

    @Test
    void linearWeightsFitTheHeadAsConvolutions() throws IOException {
        Shape input = Shape.of(3, 224, 224);
        Model linear = Models.create("vgg11", input, 10, ModelOptions.defaults().width(0.02));
        Model dense = Models.create("vgg11", input, 10, ModelOptions.defaults().width(0.02).with("head", "convolution"));
        Map<String, Tensor> loaded = TorchvisionNames.load(write(torchvision(linear, 3)), dense);
        assertEquals(Shape.of(82, 10, 7, 7), loaded.get("fc6.weight").shape());
        assertArrayEquals(linear.parameters().initial("fc6.weight", 3).toDoubles(), loaded.get("fc6.weight").toDoubles());
    }
}

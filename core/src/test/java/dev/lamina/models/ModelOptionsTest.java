package dev.lamina.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.Node;
import dev.lamina.graph.Normalization;
import dev.lamina.graph.Random;
import dev.lamina.nn.Context;
import dev.lamina.nn.Initializer;
import dev.lamina.nn.Model;
import dev.lamina.nn.Parameters;
import dev.lamina.tensor.Shape;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ModelOptionsTest {
    private static final ModelOptions NONE = ModelOptions.defaults();

    private static String refusal(String name, Shape input, ModelOptions options) {
        return assertThrows(IllegalArgumentException.class, () -> Models.create(name, input, 10, options)).getMessage();
    }

    private static List<Node> nodes(Model model, boolean training) {
        GraphBuilder graph = new GraphBuilder();
        graph.output("logits", model.logits(new Context(graph, training), graph.input("images", model.inputType(2))));
        return graph.build().nodes();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            vgg16    | shortcut | B    | vgg16: option "shortcut" is unknown; known are width, dropout, head.
            linear   | width    | 2    | linear: option "width" is unknown; it has none.
            resnet20 | shortcut | C    | resnet20: option shortcut = C, needs one of A, B.
            resnet20 | width    | 0    | resnet20: option width = 0, needs a number > 0, at most 1024.
            resnet20 | width    | wide | resnet20: option width = wide, needs a number > 0, at most 1024.
            nin      | dropout  | 1    | nin: option dropout = 1, needs 0 <= dropout < 1.
            mlp      | hidden   | 8,a  | mlp: option hidden = 8,a, needs whole numbers >= 1, separated by commas.
            """)
    void wrongOptionsAreExplained(String model, String option, String value, String message) {
        assertEquals(message, refusal(model, Models.info(model).input(), NONE.with(option, value)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            224 | none | alexNet: input 224x224 without padding gives conv1 54.25. Use 227, or padding (1, 2).
            225 | auto | alexNet: input 225x225 without padding gives conv1 54.50. Use 227, or 224 with padding (1, 2).
            227 | 1:2  | alexNet: input 227x227 with padding (1, 2) gives conv1 55.75. Use 227, or 224 with padding (1, 2).
            7   | auto | alexNet: input 7x7 without padding gives conv1 0.00. Use 227, or 224 with padding (1, 2).
            """)
    void alexNetRefusesSizesThatDropPixels(long size, String padding, String message) {
        assertEquals(message, refusal("alexnet", Shape.of(3, size, size), NONE.with("padding", padding)));
    }

    @Test
    void alexNetTakes224WithEitherPadding() {
        for (String padding : List.of("auto", "1:2", "2")) {
            new Shapes(Models.create("alexnet", Shape.of(3, 224, 224), 10, NONE.with("padding", padding))).have("conv1: 96 55 55");
        }
    }

    @Test
    void alexNetStartsItsBiasesAsAsked() {
        Parameters parameters = Shapes.published("alexnet", NONE.with("bias", "0.1")).parameters();
        for (String name : List.of("conv2", "conv4", "conv5", "fc6", "fc7")) {
            assertEquals(Initializer.constant(0.1), parameters.get(name + ".bias").init(), name);
        }
        assertEquals(Initializer.constant(0), parameters.get("conv3.bias").init());
    }

    @Test
    void alexNetNormalisesAsAsked() {
        assertEquals(0, count("alexnet", NONE.with("normalisation", "none"), Normalization.class));
        assertEquals(5, count("alexnet", NONE.with("normalisation", "batch"), Normalization.class));
        List<Node> towers = nodes(Shapes.published("alexnet", NONE.with("lrn", "tower")), false).stream()
                .filter(n -> n.op() instanceof Normalization.Lrn).toList();
        assertEquals(List.of(Shape.of(4, 48, 55, 55), Shape.of(4, 128, 27, 27)), towers.stream().map(n -> n.output(0).shape()).toList());
    }

    private static long count(String name, ModelOptions options, Class<?> op) {
        return nodes(Shapes.published(name, options), true).stream().filter(n -> op.isInstance(n.op())).count();
    }

    @Test
    void dropoutIsWherePublishedAndCanBeSwitchedOff() {
        Map<String, Integer> published = Map.of("alexnet", 2, "alexnet-single", 2, "vgg16", 2, "nin", 2, "nin-imagenet", 1,
                "squeezenet1.1", 1, "mobilenetv2", 1, "resnet50", 0);
        published.forEach((name, number) -> assertEquals((long) number, count(name, NONE, Random.Dropout.class), name));
        published.keySet().stream().filter(name -> !name.equals("resnet50"))
                .forEach(name -> assertEquals(0, count(name, NONE.with("dropout", "0"), Random.Dropout.class), name));
    }

    @Test
    void lastGammasOfBlocksMayStartAsZero() {
        Parameters fifty = Shapes.published("resnet50", NONE.with("lastGamma", "0")).parameters();
        assertEquals(Initializer.constant(0), fifty.get("layer3.2.bn3.weight").init());
        assertEquals(Initializer.constant(1), fifty.get("layer3.2.bn2.weight").init());
        assertEquals(Initializer.constant(1), fifty.get("layer3.1.shortcut.bn.weight").init());
        assertEquals(Initializer.constant(0), Shapes.published("resnet20", NONE.with("lastGamma", "0")).parameters()
                .get("layer1.1.bn2.weight").init());
    }

    @Test
    void fullyConvolutionalVggNeedsWhatItsHeadSees() {
        assertEquals("vgg16: input 32x32 is smaller than what fc6 as a convolution sees, needs at least 224x224 (head=convolution). "
                + "Use head=linear or head=cifar.", refusal("vgg16", Shape.of(3, 32, 32), NONE.with("head", "convolution")));
    }

    @Test
    void modelsKeepWhatTheyWereMadeWith() {
        ModelOptions options = NONE.width(0.25).with("shortcut", "B");
        Model model = Models.create("resnet20", Shape.of(3, 32, 32), 10, options);
        assertEquals("shortcut=B,width=0.25", new ModelOptions(model.options()).toString());
        Model again = Models.create(model.name(), model.inputShape(), model.classes(), new ModelOptions(model.options()));
        assertEquals(model.parameters().entries(), again.parameters().entries());
        Model mlp = Models.mlp(Shape.of(1, 4, 4), 10, "tanh", 5, 6);
        assertEquals(mlp.parameters().entries(), Models.create("mlp", Shape.of(1, 4, 4), 10, new ModelOptions(mlp.options())).parameters()
                .entries());
        assertEquals(List.of("fc1.weight", "fc1.bias"), Models.mlp(Shape.of(1, 4, 4), 10, "relu").parameters().names());
    }

    static List<String> names() {
        return Models.names();
    }

    @ParameterizedTest
    @MethodSource("names")
    void everyModelTakesItsSmallImagesAndOtherClasses(String name) {
        ModelInfo info = Models.info(name);
        Model model = Models.create(name, info.smallInput(), 7);
        assertEquals(Shape.of(2, 7), nodes(model, true).getLast().output(0).shape());
        assertTrue(model.inputShape().elements() <= 3 * 67 * 67);
    }
}

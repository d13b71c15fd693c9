package dev.lamina.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.Node;
import dev.lamina.graph.Normalization;
import dev.lamina.graph.Summary;
import dev.lamina.graph.Value;
import dev.lamina.nn.Context;
import dev.lamina.nn.Initializer;
import dev.lamina.nn.Model;
import dev.lamina.nn.Parameters;
import dev.lamina.tensor.Shape;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** How the networks of the specification's sections 9, 10 and 13 are put together; nothing is allocated. */
class ConvolutionalModelsTest {
    private static final Shape CIFAR = Shape.of(3, 32, 32);

    private static Map<String, Summary.Row> rows(Model model) {
        return model.summary(2).rows().stream().collect(Collectors.toMap(Summary.Row::name, r -> r));
    }

    private static void output(Map<String, Summary.Row> rows, String name, long... shape) {
        assertEquals(Shape.of(shape), rows.get(name).output().shape(), name);
    }

    @Test
    void alexNetStartsAndNormalisesAsThePaperSays() {
        Model model = Models.create("alexnet", Shape.of(3, 227, 227), 10);
        Parameters parameters = model.parameters();
        for (String name : List.of("conv1", "conv2", "conv3", "conv4", "conv5", "fc6", "fc7", "fc8")) {
            assertEquals(Initializer.normal(0, 0.01), parameters.get(name + ".weight").init(), name);
            double bias = List.of("conv1", "conv3", "fc8").contains(name) ? 0 : 1;
            assertEquals(Initializer.constant(bias), parameters.get(name + ".bias").init(), name);
        }
        GraphBuilder graph = new GraphBuilder();
        Context context = new Context(graph, false);
        graph.output("logits", model.logits(context, graph.input("images", model.inputType(1))));
        List<Node> norms = graph.build().nodes().stream().filter(n -> n.op() instanceof Normalization.Lrn).toList();
        assertEquals(2, norms.size());
        norms.forEach(n -> assertEquals(new Normalization.Lrn(5, 1e-4, 0.75, 2, false), n.op()));
    }

    @Test
    void alexNetPadsThePapersSizeAndRefusesSizesThatDropPixels() {
        Map<String, Summary.Row> rows = rows(Models.create("alexnet", Shape.of(3, 224, 224), 10));
        output(rows, "conv1", 2, 96, 55, 55);
        String message = assertThrows(IllegalArgumentException.class,
                () -> Models.create("alexnet", Shape.of(3, 225, 227), 10)).getMessage();
        assertEquals("alexNet: input 225x227 without padding gives conv1 54.50 x 55.00. Use 227, or 224 with padding (1, 2).", message);
        assertThrows(IllegalArgumentException.class, () -> Models.create("alexnet", Shape.of(3, 7, 7), 10));
    }

    @Test
    void vggTakesOtherSizesAndClasses() {
        long convolutions = 14_714_688;
        assertEquals(convolutions + 512 * 4096 + 4096 + 4096 * 4097L + 4097 * 7, Models.create("vgg16", CIFAR, 7).parameters()
                .trainableElements());
    }

    @Test
    void resNetHasStagesOfThreeBlocksWithoutBias() {
        Model model = Models.create("resnet20", CIFAR, 10);
        Map<String, Summary.Row> rows = rows(model);
        output(rows, "layer1.3.conv2", 2, 16, 32, 32);
        output(rows, "layer2.1.conv1", 2, 32, 16, 16);
        output(rows, "layer3.1.shortcut.maps", 2, 64, 8, 8);
        output(rows, "layer3.3.conv2", 2, 64, 8, 8);
        List<String> names = model.parameters().names();
        assertEquals(19, names.stream().filter(n -> n.matches("(.*\\.)?conv\\d\\.weight")).count());
        assertTrue(names.stream().noneMatch(n -> n.matches("(.*\\.)?conv\\d\\.bias")), names.toString());
        assertEquals(Initializer.heNormal(), model.parameters().get("layer2.2.conv1.weight").init());
    }

    @Test
    void resNetSumsDirectlyAfterTheNormAndRectifiesDirectlyAfterTheSum() {
        for (boolean training : new boolean[] {true, false}) {
            Model model = Models.create("resnet20", CIFAR, 10);
            GraphBuilder graph = new GraphBuilder();
            Value logits = model.logits(new Context(graph, training), graph.input("images", model.inputType(2)));
            graph.output("logits", logits);
            List<Node> sums = graph.build().nodes().stream().filter(n -> n.op().name().equals("add") && n.input(0).shape().rank() == 4
                    && n.input(0).node().op() instanceof Normalization).toList();
            assertEquals(9, sums.size());
            List<Node> rectified = graph.build().nodes().stream().filter(n -> n.op().name().equals("relu")
                    && sums.contains(n.input(0).node())).toList();
            assertEquals(9, rectified.size());
        }
    }
}

package dev.lamina.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.GraphException;
import dev.lamina.graph.TensorType;
import dev.lamina.nn.Context;
import dev.lamina.nn.Model;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelsTest {
    @ParameterizedTest
    @CsvSource({"linear, 1, 28, 7850", "mlp, 1, 28, 203530", "lenet, 1, 28, 61706", "lenet, 1, 32, 61706", "lenet, 3, 32, 62006",
        "linear, 3, 32, 30730", "resnet20, 3, 32, 269722"})
    void parameterCounts(String name, long channels, long size, long expected) {
        Model model = Models.create(name, Shape.of(channels, size, size), 10);
        assertEquals(expected, model.parameters().trainableElements());
        assertEquals(expected, model.summary(8).trainableParameters());
    }

    @Test
    void hiddenWidthsAreAnOption() {
        assertEquals(308_310, Models.create("mlp", Shape.of(3, 32, 32), 10, 100).parameters().trainableElements());
        assertEquals(List.of("fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias", "fc3.weight", "fc3.bias"),
                Models.create("mlp", Shape.of(1, 28, 28), 10, 64, 32).parameters().names());
        assertEquals(308_310, Models.mlp(Shape.of(3, 32, 32), 10, "sigmoid", 100).parameters().trainableElements());
    }

    @Test
    void unknownNamesListTheKnown() {
        assertEquals("model \"lennet\" is unknown; known are linear, mlp, lenet, alexnet, alexnet-single, vgg11, vgg11-bn, vgg13, "
                + "vgg13-bn, vgg16, vgg16-bn, vgg19, vgg19-bn, resnet20, resnet32, resnet56, resnet18, resnet34, resnet50, "
                + "squeezenet1.1, mobilenetv2, nin, nin-imagenet.",
                assertThrows(IllegalArgumentException.class, () -> Models.create("lennet", Shape.of(1, 28, 28), 10)).getMessage());
    }

    @Test
    void imagesMustFit() {
        Model model = Models.create("lenet", Shape.of(1, 28, 28), 10);
        Context context = new Context(new GraphBuilder(), false);
        var images = context.graph().input("x", TensorType.of(DType.FLOAT32, 4, 3, 28, 28));
        assertEquals("model \"lenet\": images are float32 [4, 3, 28, 28], needs floating-point [N, 1, 28, 28].",
                assertThrows(GraphException.class, () -> model.logits(context, images)).getMessage());
        assertThrows(GraphException.class, () -> Models.create("lenet", Shape.of(28, 28), 10));
    }

    @Test
    void everyNameIsKnown() {
        for (String name : Models.names()) {
            long size = name.equals("alexnet") ? 227 : name.equals("nin-imagenet") ? 224 : 32;
            assertEquals(name, Models.create(name, Shape.of(3, size, size), 7).name());
        }
    }
}

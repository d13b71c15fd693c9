package dev.lamina.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.graph.Summary.Field;
import dev.lamina.nn.Layer;
import dev.lamina.nn.Layers;
import dev.lamina.nn.Networks;
import dev.lamina.nn.Sequential;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SummaryFieldsTest {
    private static Field field(Layer layer, String row, long... input) {
        return Summary.of(Networks.apply(layer, input)).row(row).field().orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({"conv1, 11, 4", "pool1, 19, 8", "conv2, 51, 8", "pool2, 67, 16", "conv3, 99, 16", "conv4, 131, 16", "conv5, 163, 16",
        "pool5, 195, 32"})
    void alexNet(String row, long size, long jump) {
        Field field = field(Networks.alexNet(), row, 1, 3, 227, 227);
        assertEquals(size, field.size());
        assertEquals(jump, field.jump());
    }

    @ParameterizedTest
    @CsvSource({"conv1_1, 3, 1, 0.5", "conv3_2, 32, 4, 2", "conv5_3, 196, 16, 8", "pool5, 212, 32, 16"})
    void vgg16(String row, long size, long jump, double start) {
        assertEquals(new Field(size, jump, start, false), field(Networks.vgg16(), row, 1, 3, 224, 224));
    }

    @Test
    void unitSevenOfConv53SeesPixels22To217() {
        Field field = field(Networks.vgg16(), "conv5_3", 1, 3, 224, 224);
        assertEquals(22, field.first(7));
        assertEquals(218, field.end(7));
    }

    @Test
    void afterAFlattenAUnitSeesAll() {
        assertTrue(field(Networks.vgg16(), "fc6", 1, 3, 224, 224).all());
        assertEquals("all", field(Networks.vgg16(), "fc8", 1, 3, 224, 224).toString());
        assertTrue(field(Layers.globalAvgPool(), "adaptiveAvgPool", 1, 1, 8, 8).all());
    }

    @Test
    void dilationWidens() {
        assertEquals(13, field(Layers.conv2d("c", 1, Window.of(7).dilation(2)), "c", 1, 1, 20, 20).size());
    }

    @Test
    void branchesAreUnited() {
        Layer residual = (context, x) -> {
            Value a = Layers.conv2d("a", 1, Window.of(3).padding(1)).apply(context, x);
            Value b = Layers.conv2d("b", 1, Window.of(3).padding(1)).apply(context, a);
            context.graph().name("sum");
            return Pointwise.add(x, b);
        };
        assertEquals(new Field(5, 1, 0.5, false), field(residual, "sum", 1, 1, 9, 9));
        Layer stacked = Sequential.of(Layers.maxPool(2), residual);
        assertEquals(new Field(10, 2, 1, false), field(stacked, "sum", 1, 1, 16, 16));
    }
}

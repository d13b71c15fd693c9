package dev.lamina.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.graph.Gradients;
import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.Reduction;
import dev.lamina.graph.Rounding;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.Source;
import dev.lamina.graph.Summary;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.graph.Window;
import dev.lamina.nn.Context;
import dev.lamina.nn.ConvOptions;
import dev.lamina.nn.Initializer;
import dev.lamina.nn.Layer;
import dev.lamina.nn.Layers;
import dev.lamina.nn.Sequential;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Receptive fields of the summary against measured ones: rows of the input gradient of one unit that are not 0, where all weights are 1.
 * Poolings are averages, since a maximum passes its gradient to one pixel only.
 */
class MeasuredFieldsTest {
    private static final int EXTENT = 61;

    private static Layer conv(String name, Window window) {
        return Layers.conv2d(name, 2, window, ConvOptions.defaults().init(Initializer.ones(), Initializer.zeros()));
    }

    /** As a basic block of ResNet. */
    private static Layer block(String name, Layer shortcut, long stride) {
        return Layers.residual(Sequential.of(conv(name + "1", Window.of(3).stride(stride).padding(1)), Layers.relu(),
                conv(name + "2", Window.of(3).padding(1))), shortcut);
    }

    private static Layer everySecond() {
        return (_, x) -> Shaping.slice(x, List.of(0L, 0L, 0L, 0L), List.of(1L, 2L, x.shape().dim(2), x.shape().dim(3)),
                List.of(1L, 1L, 2L, 2L));
    }

    static Stream<Arguments> stacks() {
        Layer narrows = Sequential.of(conv("c", Window.of(3).padding(1)), block("a", everySecond(), 2), block("b", Layers.identity(), 1));
        return Stream.of(
                arguments("conv and pool", Sequential.of(conv("c", Window.of(11).stride(4)), Layers.avgPool(Window.of(3).stride(2)),
                        conv("d", Window.of(5).padding(2))), 51),
                arguments("pool that hangs over", Sequential.of(conv("c", Window.of(3).stride(2)),
                        Layers.avgPool(Window.of(3).stride(2).rounding(Rounding.CEIL)), conv("d", Window.of(3).padding(1))), 15),
                arguments("dilated", Sequential.of(conv("c", Window.of(3).dilation(2)), conv("d", Window.of(3).dilation(3))), 11),
                arguments("residual", block("a", Layers.identity(), 1), 5),
                arguments("residual that narrows", narrows, 17),
                arguments("residual with a 1x1 shortcut", block("a", conv("s", Window.of(1).stride(2)), 2), 7),
                arguments("fire", Sequential.of(conv("c", Window.of(3).stride(2)), Layers.relu(),
                        Layers.concat(conv("a", Window.of(1)), conv("b", Window.of(3).padding(1)))), 7),
                arguments("unequal branches", Layers.concat(conv("a", Window.of(5).padding(2)), conv("b", Window.of(3).padding(1))), 5));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("stacks")
    void fieldsAreWhatGradientsReach(String what, Layer layer, int size) {
        GraphBuilder builder = new GraphBuilder();
        Context context = new Context(builder, false);
        Value x = builder.input("x", TensorType.of(DType.FLOAT64, 1, 1, EXTENT, EXTENT));
        Value y = layer.apply(context, x);
        Summary.Field field = Summary.of(y).rows().getLast().field().orElseThrow();
        int out = (int) y.shape().dim(2);
        int centre = out / 2;
        Tensor one = Tensor.zeros(DType.FLOAT64, y.shape());
        for (int map = 0; map < y.shape().dim(1); map++) {
            one.set(1, 0, map, centre, centre);
        }
        Value unit = Reduction.sum(y.times(Source.constant(builder, one)));
        Graph graph = builder.output("y", y).output("gradient", Gradients.of(unit, List.of(x)).getFirst()).build();
        double[] gradient;
        try (Backend reference = Backends.open("reference"); State state = reference.createState(graph.variables());
                Executable executable = reference.compile(graph, CompileOptions.defaults())) {
            context.parameters().initialize(state, 0);
            gradient = executable.call(state, Map.of("x", Tensor.full(DType.FLOAT64, x.shape(), 1))).get("gradient").toDoubles();
        }
        int first = EXTENT;
        int last = -1;
        for (int i = 0; i < gradient.length; i++) {
            if (gradient[i] != 0) {
                first = Math.min(first, i / EXTENT);
                last = Math.max(last, i / EXTENT);
            }
        }
        assertEquals(size, last - first + 1);
        assertEquals(size, field.size());
        assertEquals(first, field.first(centre));
        assertEquals(last + 1, field.end(centre));
    }
}

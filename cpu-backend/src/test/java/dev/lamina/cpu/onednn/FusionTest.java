package dev.lamina.cpu.onednn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.CompileOptions.Pass;
import dev.lamina.backend.fusion.Fusion;
import dev.lamina.backend.fusion.Group;
import dev.lamina.data.ChannelStatistics;
import dev.lamina.graph.Convolution;
import dev.lamina.graph.Gradients;
import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.MatMul;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Reduction;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.Source;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.graph.Window;
import dev.lamina.models.Models;
import dev.lamina.nn.Context;
import dev.lamina.nn.Layer;
import dev.lamina.nn.Layers;
import dev.lamina.nn.Sequential;
import dev.lamina.optim.Optimizer;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.train.GradientHook;
import dev.lamina.train.TrainConfig;
import dev.lamina.train.TrainingGraph;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which nodes are computed together. Groups are told by their kind and their nodes' ops. */
class FusionTest {
    private static final CompileOptions DEFAULTS = CompileOptions.defaults();

    private final GraphBuilder g = new GraphBuilder();

    private static List<String> groups(Graph graph, CompileOptions options) {
        return Fusion.groups(graph, options, Compiler.FUSION).stream().filter(group -> !(group.nodes().getFirst().op() instanceof Source))
                .map(FusionTest::text).toList();
    }

    private static String text(Group group) {
        return group.getClass().getSimpleName() + " " + String.join("+", group.nodes().stream().map(n -> n.op().name()).toList());
    }

    /** Groups of more than one node. */
    private static List<String> joined(Graph graph) {
        return groups(graph, DEFAULTS).stream().filter(group -> group.contains("+")).toList();
    }

    private List<String> groups() {
        return groups(g.build(), DEFAULTS);
    }

    private Value image(String name) {
        return g.input(name, TensorType.of(DType.FLOAT32, 2, 4, 5, 5));
    }

    private Value conv(Value x) {
        return Convolution.conv2d(x, g.variable("w" + x.node().id(), TensorType.of(DType.FLOAT32, 4, 4, 3, 3), true),
                Window.of(3).padding(1), 1);
    }

    @Test
    void aConvolutionTakesSumAndRectifier() {
        Value other = image("other");
        g.output("y", Pointwise.relu(conv(image("x")).plus(other)));
        g.output("z", Pointwise.relu(other.plus(conv(image("z")))));
        assertEquals(List.of("Activated conv2d+add+relu", "Activated conv2d+add+relu"), groups());
    }

    @Test
    void aMatrixProductTakesSumAndRectifier() {
        Value x = g.input("x", TensorType.of(DType.FLOAT32, 3, 3));
        Value b = g.variable("b", TensorType.of(DType.FLOAT32, 3), true);
        g.output("y", Pointwise.relu(MatMul.linear(x, g.variable("w", x.type(), true), b)));
        g.output("z", MatMul.matmul(x, x).plus(x));
        assertEquals(List.of("Activated matmul+relu", "Activated matmul+add"), joined(g.build()));
    }

    @Test
    void whatOthersReadStaysAValue() {
        Value product = conv(image("x"));
        g.output("y", Pointwise.relu(product)).output("z", Pointwise.tanh(product));
        assertEquals(1, groups().stream().filter("Single conv2d"::equals).count(), groups()::toString);
    }

    @Test
    void anOutputInsideEndsTheGroup() {
        Value product = conv(image("x"));
        g.output("inner", product).output("y", Pointwise.relu(product));
        assertEquals(List.of("Single conv2d", "Chain relu"), groups());
    }

    @Test
    void anOutputThatIsAViewEndsTheGroupToo() {
        Value other = image("other");
        Value sum = conv(image("x")).plus(other);
        g.output("inner", Shaping.flatten(sum)).output("y", Pointwise.relu(sum));
        List<String> groups = groups();
        assertTrue(groups.contains("Activated conv2d+add") && groups.contains("Chain relu"), groups::toString);
    }

    /** The other operand must be there when the product is made. */
    @Test
    void aSumWithALaterValueIsItsOwn() {
        Value first = conv(image("x"));
        Value second = conv(image("z"));
        g.output("y", first.plus(second));
        assertEquals(List.of("Single conv2d", "Activated conv2d+add"), groups());
    }

    @Test
    void aSumWithItselfOrAnotherShapeIsItsOwn() {
        Value twice = conv(image("x"));
        g.output("y", twice.plus(twice));
        g.output("z", conv(image("z")).plus(g.variable("bias", TensorType.of(DType.FLOAT32, 4, 1, 1), true)));
        assertEquals(List.of(), joined(g.build()));
    }

    @Test
    void onlyOneGroupTakesASum() {
        Value a = conv(image("x"));
        Value b = conv(image("z"));
        Value c = a.plus(b);
        g.output("y", Pointwise.relu(c)).output("again", Pointwise.tanh(c));
        assertEquals(List.of("Activated conv2d+add", "Chain relu", "Chain tanh"),
                groups().stream().filter(group -> !group.equals("Single conv2d")).toList());
    }

    @Test
    void neitherKeepAllNorTheSwitchFuses() {
        g.output("y", Pointwise.exp(Pointwise.relu(conv(image("x")).plus(image("other")))));
        for (CompileOptions options : List.of(DEFAULTS.keepingAll(), DEFAULTS.without(Pass.FUSION))) {
            assertEquals(List.of("Single conv2d", "Chain add", "Chain relu", "Chain exp"), groups(g.build(), options));
        }
    }

    @Test
    void otherTypesStaySingle() {
        Value x = g.input("x", TensorType.of(DType.FLOAT64, 3, 3));
        g.output("y", Pointwise.relu(MatMul.matmul(x, x)));
        assertEquals(List.of("Single matmul", "Single relu"), groups());
    }

    @Test
    void longChainsAreCut() {
        Value y = image("x");
        for (int i = 0; i < 2 * PointwiseLowering.LONGEST + 1; i++) {
            y = i % 2 == 0 ? Pointwise.tanh(y) : Pointwise.negate(y);
        }
        g.output("y", y);
        assertEquals(List.of(PointwiseLowering.LONGEST, PointwiseLowering.LONGEST, 1),
                Fusion.groups(g.build(), DEFAULTS, Compiler.FUSION).stream().map(Group::nodes)
                        .filter(n -> !(n.getFirst().op() instanceof Source))
                        .map(List::size).toList());
    }

    /** A chain may not go round a value that depends on it. */
    @Test
    void aChainWithAProductInBetweenIsTwo() {
        Value x = g.input("x", TensorType.of(DType.FLOAT32, 3, 3));
        Value a = Pointwise.exp(x);
        Value b = MatMul.matmul(a, a);
        g.output("y", Pointwise.tanh(a).times(Pointwise.negate(b)));
        List<String> groups = groups();
        assertEquals(1, groups.stream().filter(s -> s.startsWith("Chain exp")).count(), groups::toString);
        assertTrue(groups.stream().noneMatch(s -> s.contains("exp") && s.contains("multiply")), groups::toString);
        GroupOrderTest.runsInOrder(g.build(), Fusion.groups(g.build(), DEFAULTS, Compiler.FUSION));
    }

    private static Graph network(Layer layer, boolean training, long... input) {
        GraphBuilder builder = new GraphBuilder();
        Value y = layer.apply(new Context(builder, training), builder.input("x", TensorType.of(DType.FLOAT32, input)));
        builder.output("y", y);
        if (training) {
            List<Value> gradients = Gradients.of(Reduction.mean(Pointwise.square(y)), builder.trainable());
            for (int i = 0; i < gradients.size(); i++) {
                builder.output("gradient" + i, gradients.get(i));
            }
        }
        return builder.build();
    }

    @Test
    void aConvolutionsGradientTakesItsBiass() {
        Graph graph = network(Layers.conv2d("conv", 4, Window.of(3)), true, 2, 3, 6, 6);
        assertTrue(joined(graph).contains("FilterAndBias conv2dFilterGradient+reduceSum"), joined(graph)::toString);
    }

    private static Layer residualBlock() {
        return (context, x) -> {
            Layer body = Sequential.of(Layers.conv2d("conv1", 4, Window.of(3).padding(1), 1, false), Layers.batchNorm2d("bn1"),
                    Layers.relu(), Layers.conv2d("conv2", 4, Window.of(3).padding(1), 1, false), Layers.batchNorm2d("bn2"));
            return Layers.relu().apply(context, body.apply(context, x).plus(x));
        };
    }

    @Test
    void aResidualBlocksTrainingFusesNormsWithSumsRectifiersAndTheirGradients() {
        List<String> joined = joined(network(Sequential.of(Layers.conv2d("first", 4, Window.of(1)), residualBlock()), true, 2, 3, 6, 6));
        assertTrue(joined.contains("Normalized batchNorm+relu"), joined::toString);
        assertTrue(joined.contains("Normalized batchNorm+add+relu"), joined::toString);
        assertTrue(joined.contains("RectifiedNormGradient reluGradient+batchNormGradient"), joined::toString);
        assertTrue(joined.contains("FilterAndBias conv2dFilterGradient+reduceSum"), joined::toString);
    }

    /** At inference norms are folded into filters first, where the statistics allow; else they take the sum themselves. */
    @Test
    void aResidualBlocksInferenceFuses() {
        List<String> joined = joined(network(residualBlock(), false, 2, 4, 6, 6));
        assertEquals(List.of("Normalized batchNormInference+relu", "Normalized batchNormInference+add+relu"), joined);
    }

    private static Graph lenet(boolean training) {
        var model = Models.create("lenet", Shape.of(1, 28, 28), 10);
        var statistics = new ChannelStatistics(List.of(0.13), List.of(0.31));
        return training ? TrainingGraph.training(model, statistics, TrainConfig.builder("lenet", "digits").batchSize(16).build(),
                Optimizer.parse("momentum", 1e-4), GradientHook.none(), 16).graph()
                : TrainingGraph.prediction(model, statistics, 16).graph();
    }

    @Test
    void lenetsPredictionFusesEveryRectifier() {
        Graph graph = lenet(false);
        List<String> joined = joined(graph);
        assertEquals(2, joined.stream().filter("Activated conv2d+relu"::equals).count(), joined::toString);
        assertEquals(2, joined.stream().filter("Activated matmul+relu"::equals).count(), joined::toString);
        assertEquals(0, alone(graph, "relu"));
    }

    @Test
    void lenetsTrainingStepFusesRectifiersPoolsAndBiases() {
        Graph graph = lenet(true);
        List<String> joined = joined(graph);
        assertEquals(2, joined.stream().filter("Activated conv2d+relu"::equals).count(), joined::toString);
        assertEquals(2, joined.stream().filter("Activated matmul+relu"::equals).count(), joined::toString);
        assertEquals(2, joined.stream().filter("RectifiedPoolGradient maxPoolGradient+reluGradient"::equals).count(), joined::toString);
        assertEquals(2, joined.stream().filter("FilterAndBias conv2dFilterGradient+reduceSum"::equals).count(), joined::toString);
        assertEquals(0, alone(graph, "relu"));
        GroupOrderTest.runsInOrder(graph, Fusion.groups(graph, DEFAULTS, Compiler.FUSION));
    }

    /** Groups of this op and no other. */
    private static long alone(Graph graph, String op) {
        return groups(graph, DEFAULTS).stream().filter(group -> group.endsWith(" " + op)).count();
    }
}

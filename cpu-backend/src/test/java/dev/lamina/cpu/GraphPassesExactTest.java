package dev.lamina.cpu;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.backend.CompileOptions.Pass;
import dev.lamina.data.ChannelStatistics;
import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.Rewritten;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.Source;
import dev.lamina.graph.Value;
import dev.lamina.graph.Window;
import dev.lamina.graph.cases.CaseGraph;
import dev.lamina.graph.cases.OpCases;
import dev.lamina.models.Models;
import dev.lamina.nn.Layers;
import dev.lamina.nn.Model;
import dev.lamina.nn.Sequential;
import dev.lamina.optim.Optimizer;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Philox;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import dev.lamina.train.GradientHook;
import dev.lamina.train.TrainConfig;
import dev.lamina.train.TrainingGraph;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Simplification, constant folding and common subexpressions change no bit of any value, each alone and all together. */
class GraphPassesExactTest {
    private static final Backend BACKEND = Backends.open("reference");

    @AfterAll
    static void close() {
        BACKEND.close();
    }

    @TestFactory
    Stream<DynamicTest> everyCase() {
        return OpCases.all().stream().map(c -> dynamicTest(c.name(), () -> {
            CaseGraph graph = new CaseGraph(c, DType.FLOAT32);
            for (Set<Pass> passes : PassChecks.EXACT) {
                Rewritten rewritten = PassChecks.apply(BACKEND, graph.graph(), passes);
                PassChecks.sameBits(BACKEND, graph.graph(), rewritten, graph.inputs(), graph::fill, 1);
            }
        }));
    }

    /** A case whose operands are constants is constant as a whole. */
    @TestFactory
    Stream<DynamicTest> everyCaseOfConstants() {
        return OpCases.all().stream().filter(c -> c.operands().stream().noneMatch(o -> o.variable())).map(c -> dynamicTest(c.name(), () -> {
            CaseGraph drawn = new CaseGraph(c, DType.FLOAT32);
            GraphBuilder builder = new GraphBuilder();
            List<Value> operands = java.util.stream.IntStream.range(0, c.operands().size()).filter(i -> drawn.inputs().containsKey("x" + i))
                    .mapToObj(i -> Source.constant(builder, drawn.inputs().get("x" + i))).toList();
            if (operands.size() == c.operands().size()) {
                List<Value> results = c.body().build(builder, DType.FLOAT32, operands);
                results.forEach(y -> builder.output("y" + results.indexOf(y), y));
                Graph graph = builder.build();
                for (Set<Pass> passes : PassChecks.EXACT) {
                    PassChecks.sameBits(BACKEND, graph, PassChecks.apply(BACKEND, graph, passes), Map.of(), drawn::fill, 1);
                }
            }
        }));
    }

    private static void training(Model model, TrainConfig config, String optimizer, int classes) {
        int batch = 4;
        Shape image = model.inputShape();
        ChannelStatistics statistics = new ChannelStatistics(List.of(0.4), List.of(0.3));
        TrainingGraph training = TrainingGraph.training(model, statistics, config, Optimizer.parse(optimizer, 1e-3), GradientHook.none(),
                batch);
        Philox.Stream random = new Philox.Stream(3, 0, 0);
        byte[] pixels = new byte[Math.toIntExact(batch * image.elements())];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) random.nextInt(256);
        }
        Map<String, Tensor> inputs = Map.of(
                TrainingGraph.IMAGES, Tensor.ofBytes(pixels, batch, image.dim(0), image.dim(1), image.dim(2)),
                TrainingGraph.LABELS, Tensor.of(new int[] {0, classes - 1, 1, -100}, batch));
        for (Set<Pass> passes : PassChecks.EXACT) {
            Rewritten rewritten = PassChecks.apply(BACKEND, training.graph(), passes);
            PassChecks.sameBits(BACKEND, training.graph(), rewritten, inputs, state -> {
                training.parameters().initialize(state, 7);
                state.set(TrainingGraph.LEARNING_RATE, Tensor.scalar(DType.FLOAT32, 0.05));
            }, 3);
        }
        assertTrue(PassChecks.apply(BACKEND, training.graph(), PassChecks.EXACT.getLast()).graph().nodes().size()
                < training.graph().nodes().size());
    }

    @Test
    void lenetTrainsTheSame() {
        Model lenet = Models.create("lenet", Shape.of(1, 16, 16), 10);
        training(lenet, TrainConfig.builder("m", "d").build(), "momentum", 10);
        training(lenet, TrainConfig.builder("m", "d").clipNorm(1).labelSmoothing(0.1).build(), "adamw", 10);
    }

    @Test
    void normalisationDropoutAndBranchesTrainTheSame() {
        Model model = new Model("mixed", Shape.of(1, 8, 8), 3, Sequential.of(
                Layers.conv2d("c1", 4, Window.of(3).padding(1)), Layers.batchNorm2d("b1"), Layers.relu(),
                (context, x) -> Shaping.stopGradient(x).plus(Layers.conv2d("c2", 4, Window.of(3).padding(1)).apply(context, x)).times(1),
                Layers.globalAvgPool(), Layers.flatten(), Layers.dropout(0.3), Layers.linear("fc", 3)));
        training(model, TrainConfig.builder("m", "d").build(), "sgd", 3);
    }
}

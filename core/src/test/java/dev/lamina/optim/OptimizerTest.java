package dev.lamina.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.graph.Gradients;
import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.GraphException;
import dev.lamina.graph.MatMul;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Reduction;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Update;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptimizerTest {
    private final GraphBuilder graph = new GraphBuilder();
    private final Value rate = graph.input("rate", TensorType.of(DType.FLOAT32));
    private final Value step = graph.input("number", TensorType.of(DType.INT64));

    private Map<Value, Value> gradients() {
        Value x = graph.input("x", TensorType.of(DType.FLOAT32, 8, 4));
        Value weight = graph.variable("fc.weight", TensorType.of(DType.FLOAT32, 3, 4), true);
        Value bias = graph.variable("fc.bias", TensorType.of(DType.FLOAT32, 3), true);
        Value loss = Reduction.mean(Pointwise.square(MatMul.linear(x, weight, bias)));
        graph.output("loss", loss);
        List<Value> by = graph.trainable();
        List<Value> gradients = Gradients.of(loss, by);
        Map<Value, Value> map = new LinkedHashMap<>();
        for (int i = 0; i < by.size(); i++) {
            map.put(by.get(i), gradients.get(i));
        }
        return map;
    }

    private List<String> variables() {
        return graph.variables().stream().map(Value::name).toList();
    }

    private static List<Update> updates(Graph built) {
        return built.nodes().stream().filter(n -> n.op() instanceof Update).map(n -> (Update) n.op()).toList();
    }

    @Test
    void momentumKeepsOneBuffer() {
        Optimizer optimizer = Optimizer.parse("momentum", 0.1);
        Map<Value, Value> updated = optimizer.apply(graph, gradients(), rate, step);
        assertEquals(List.of("fc.weight", "fc.bias", "optim.fc.weight.momentum", "optim.fc.bias.momentum"), variables());
        assertEquals(List.of("optim.fc.weight", "optim.fc.bias"), updated.values().stream().map(Value::name).toList());
        Update expected = new Update.Sgd(0.9, false, 0.1, Update.MomentumForm.RATE_OUTSIDE);
        assertEquals(List.of(expected, expected), updates(graph.build()));
    }

    @Test
    void adamKeepsTwo() {
        Optimizer.parse("adamw", 0.01).apply(graph, gradients(), rate, step);
        assertEquals(List.of("fc.weight", "fc.bias", "optim.fc.weight.m", "optim.fc.weight.v", "optim.fc.bias.m", "optim.fc.bias.v"),
                variables());
        Update expected = new Update.Adam(0.9, 0.999, 1e-8, 0.01, true);
        assertEquals(List.of(expected, expected), updates(graph.build()));
    }

    @Test
    void plainDescentKeepsNone() {
        Optimizer.parse("sgd", 0).apply(graph, gradients(), rate, step);
        assertEquals(2, variables().size());
        assertEquals(2, updates(graph.build()).size());
    }

    @Test
    void biasesCanBeSparedTheDecay() {
        new Adam(0.9, 0.999, 1e-8, 0.5, false, true).apply(graph, gradients(), rate, step);
        assertEquals(List.of(0.5, 0.0), updates(graph.build()).stream().map(u -> ((Update.Adam) u).weightDecay()).toList());
    }

    @ParameterizedTest
    @CsvSource({"sgd, 0", "momentum, 1", "nesterov, 1", "adam, 2", "adamw, 2"})
    void named(String name, int buffers) {
        Optimizer optimizer = Optimizer.parse(name, 0.25);
        assertEquals(name, optimizer.name());
        assertEquals(buffers, optimizer.buffersPerParameter());
        assertEquals(0.25, optimizer.weightDecay());
        assertTrue(optimizer.defaultRate() > 0);
    }

    @Test
    void errorsSayWhatIsWrong() {
        assertEquals("optimizer \"adamm\" is unknown; known are sgd, momentum, nesterov, adam, adamw.",
                assertThrows(IllegalArgumentException.class, () -> Optimizer.parse("adamm", 0)).getMessage());
        assertEquals("optimizer \"sgd\": momentum = 1.5, needs 0 <= momentum < 1.",
                assertThrows(IllegalArgumentException.class, () -> Sgd.momentum(1.5)).getMessage());
        assertThrows(IllegalArgumentException.class, () -> Optimizer.parse("adam", -1));
        Map<Value, Value> notVariables = Map.of(rate, rate);
        assertThrows(GraphException.class, () -> Sgd.plain().apply(graph, notVariables, rate, step));
    }

    @Test
    void clippingByNormScalesAndReports() {
        GradientClipping.Clipped clipped = GradientClipping.byGlobalNorm(gradients(), 1);
        assertEquals("gradientNorm", clipped.norm().name());
        assertEquals(TensorType.of(DType.FLOAT32), clipped.norm().type());
        clipped.gradients().forEach((parameter, gradient) -> assertEquals(parameter.type(), gradient.type()));
        Sgd.plain().apply(graph, clipped.gradients(), rate, step);
        graph.output("norm", clipped.norm()).build();
        assertThrows(IllegalArgumentException.class, () -> GradientClipping.byGlobalNorm(Map.of(), 1));
        assertThrows(IllegalArgumentException.class, () -> GradientClipping.byValue(Map.of(), 0));
    }

    @Test
    void averagesFollowTheNewWeights() {
        Map<Value, Value> updated = Optimizer.parse("momentum", 0).apply(graph, gradients(), rate, step);
        Map<Value, Value> averages = new WeightAverage(0.999, true).apply(graph, updated, step);
        averages.forEach((parameter, average) -> {
            assertEquals("ema." + parameter.name(), average.node().input(0).name());
            assertEquals("optim." + parameter.name(), average.node().input(1).name());
        });
        assertEquals(4, updates(graph.build()).size());
        assertThrows(IllegalArgumentException.class, () -> new WeightAverage(1.5, false));
    }
}

package dev.lamina.inspect.learned;

import dev.lamina.graph.Convolution;
import dev.lamina.graph.MatMul;
import dev.lamina.graph.Node;
import dev.lamina.graph.Normalization;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.Source;
import dev.lamina.graph.Value;
import dev.lamina.nn.Initializer;
import dev.lamina.nn.Parameters;
import dev.lamina.tensor.Tensor;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Random weights for a network. A model of Lamina's has initial values. Weights that came out of a file have none, and are drawn by what
 * reads them: filters by He normal, matrices normal with variance 2 / (terms of the sum), biases 0, batch normalisation as new (γ 1, β 0,
 * mean 0, variance 1); what anything else reads stays as it is. Stateless and thread-safe.
 */
final class Reinitialised {
    private Reinitialised() { }

    static Map<String, Tensor> weights(Learned network, long seed) {
        Parameters parameters = network.model().parameters();
        Map<String, Initializer> starts = new HashMap<>();
        Map<String, Tensor> weights = new LinkedHashMap<>();
        for (Parameters.Entry entry : parameters.entries()) {
            if (!(entry.init() instanceof Initializer.Given)) {
                weights.put(entry.name(), parameters.initial(entry.name(), seed));
                continue;
            }
            if (starts.isEmpty()) {
                starts.putAll(starts(network));
            }
            Initializer start = starts.get(entry.name());
            weights.put(entry.name(), start == null ? network.weights().get(entry.name())
                    : start.create(entry.type(), seed, -1 - entry.ordinal()));
        }
        return weights;
    }

    private static Map<String, Initializer> starts(Learned network) {
        Map<String, Initializer> starts = new HashMap<>();
        for (Node node : new LearnedGraph(network, 1).nodes()) {
            for (int i = 0; i < node.inputs().size(); i++) {
                Initializer start = start(node, i);
                String name = variable(node.input(i));
                if (start != null && name != null) {
                    starts.putIfAbsent(name, start);
                }
            }
        }
        return starts;
    }

    /** The name of the variable that a value is, moved or not; null if it is none. */
    private static String variable(Value value) {
        Value at = value;
        while (at.node().op() instanceof Shaping.Reshape || at.node().op() instanceof Shaping.Transpose) {
            at = at.node().input(0);
        }
        return at.node().op() instanceof Source.Variable variable ? variable.variableName() : null;
    }

    /** What a variable starts as that is this operand of a node; null if it is not known. */
    private static Initializer start(Node node, int operand) {
        return switch (node.op()) {
            case Convolution.Conv2d _ -> operand == 1 ? Initializer.heNormal() : Initializer.zeros();
            case MatMul(boolean transposeA, boolean _) -> operand == 2 ? Initializer.zeros()
                    : Initializer.normal(0, Math.sqrt(2.0 / node.input(0).shape().dim(transposeA ? -2 : -1)));
            case Normalization.BatchNormInference _ -> operand == 1 || operand == 4 ? Initializer.ones() : Initializer.zeros();
            case Pointwise.Binary(Pointwise.BinaryFunction function) when function == Pointwise.BinaryFunction.ADD -> Initializer.zeros();
            default -> null;
        };
    }
}

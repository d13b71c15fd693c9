package dev.lamina.optim;

import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.GraphException;
import dev.lamina.graph.Source;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Update;
import dev.lamina.graph.Value;

/** What the update rules share. */
final class Updates {
    private Updates() { }

    /** The name of a parameter's variable. */
    static String parameterName(Value parameter) {
        if (parameter.node().op() instanceof Source.Variable(String name, TensorType _, boolean _)) {
            return name;
        }
        throw new GraphException("optimizer: \"" + parameter.name() + "\" is not a variable; only variables can be updated.");
    }

    /** The decay of one parameter. */
    static double decay(Optimizer optimizer, Value parameter) {
        return optimizer.noDecay() && parameter.shape().rank() <= 1 ? 0 : optimizer.weightDecay();
    }

    /** A buffer of a parameter. */
    static Value buffer(GraphBuilder graph, Value parameter, String buffer) {
        return graph.variable("optim." + parameterName(parameter) + "." + buffer, parameter.type(), false);
    }

    /** Adds an update; the first operand is the parameter, the result its new value. */
    static Value add(Update update, Value... operands) {
        operands[0].graph().name("optim." + parameterName(operands[0]));
        return Update.node(update, operands).output(0);
    }
}

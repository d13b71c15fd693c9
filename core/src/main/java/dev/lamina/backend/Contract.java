package dev.lamina.backend;

import dev.lamina.graph.Graph;
import dev.lamina.graph.Source;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What every {@link Executable} and {@link State} demands of those who use it, with one message for each rule. Immutable and thread-safe.
 *
 * @param graph the graph whose runs are meant
 * @param inputs its inputs, in order of first use
 * @param names their names
 */
public record Contract(Graph graph, List<Value> inputs, List<String> names) {
    /** Copies of the lists are kept. */
    public Contract {
        inputs = List.copyOf(inputs);
        names = List.copyOf(names);
    }

    /** The contract of a graph's runs. */
    public static Contract of(Graph graph) {
        List<Value> inputs = graph.inputs();
        return new Contract(graph, inputs, inputs.stream().map(value -> ((Source.Input) value.node().op()).inputName()).toList());
    }

    private static TensorType type(Tensor tensor) {
        return new TensorType(tensor.dtype(), tensor.shape());
    }

    private static boolean has(Tensor tensor, TensorType type) {
        return tensor.dtype() == type.dtype() && tensor.shape().equals(type.shape());
    }

    /**
     * Looks at a run's inputs; makes no object if they are right.
     *
     * @throws IllegalArgumentException if one is missing, unknown or of another type
     */
    public void checkInputs(Map<String, Tensor> given) {
        for (int i = 0; i < names.size(); i++) {
            TensorType wanted = inputs.get(i).type();
            Tensor tensor = given.get(names.get(i));
            if (tensor == null) {
                throw new IllegalArgumentException("run: input \"" + names.get(i) + "\" is missing, needs " + wanted + ".");
            }
            if (!has(tensor, wanted)) {
                throw new IllegalArgumentException("run: input \"" + names.get(i) + "\" is " + type(tensor) + ", needs " + wanted + ".");
            }
        }
        if (given.size() != names.size()) {
            List<String> unknown = new ArrayList<>(given.keySet());
            unknown.removeAll(names);
            throw new IllegalArgumentException("run: input \"" + unknown.getFirst() + "\" is unknown; the graph has " + names + ".");
        }
    }

    /**
     * Looks at the variables of the state that a run is to use.
     *
     * @throws IllegalArgumentException if one of the graph's is missing there or has another type
     */
    public void checkVariables(State state) {
        for (Value value : graph.variables()) {
            String name = ((Source.Variable) value.node().op()).variableName();
            TensorType held = state.variables().get(name);
            if (!value.type().equals(held)) {
                throw new IllegalArgumentException("run: variable \"" + name + "\" is " + (held == null ? "missing in" : held + " in")
                        + " the state, needs " + value.type() + ".");
            }
        }
    }

    /**
     * The output that is to be read.
     *
     * @throws IllegalArgumentException if the tensor has another type
     */
    public Value checkTarget(String output, Tensor into) {
        Value value = graph.output(output);
        if (!has(into, value.type())) {
            throw new IllegalArgumentException("read: output \"" + output + "\" is " + value.type() + ", the tensor is "
                    + type(into) + ".");
        }
        return value;
    }

    /**
     * Looks at a value that is to be read.
     *
     * @param kept whether its memory still holds it after a run
     * @throws IllegalArgumentException if it is of another graph
     * @throws IllegalStateException if it is not kept
     */
    public void checkReadable(Value value, boolean kept) {
        if (!graph.nodes().contains(value.node())) {
            throw new IllegalArgumentException("read: value \"" + value.name() + "\" is not computed by this graph.");
        }
        if (!kept) {
            throw new IllegalStateException("read: the memory of value \"" + value.name()
                    + "\" may have been reused. Compile with keepAll, or make it an output.");
        }
    }

    /**
     * Takes a variable among those of a new state; says whether it is the first of its name.
     *
     * @param types the state's variables, to which it is added
     * @throws IllegalArgumentException if the value is no variable
     * @throws BackendException if one of its name has another type
     */
    public static boolean declare(Map<String, TensorType> types, Value value) {
        if (!(value.node().op() instanceof Source.Variable variable)) {
            throw new IllegalArgumentException("state: \"" + value.name() + "\" is not a variable.");
        }
        TensorType known = types.putIfAbsent(variable.variableName(), value.type());
        if (known != null && !known.equals(value.type())) {
            throw new BackendException("state: variable \"" + variable.variableName() + "\" is " + known + " in one graph and "
                    + value.type() + " in another.", "Give the variables different names.");
        }
        return known == null;
    }

    /**
     * The type of a state's variable.
     *
     * @throws IllegalArgumentException if there is none of this name
     */
    public static TensorType variable(Map<String, TensorType> types, String name) {
        TensorType type = types.get(name);
        if (type == null) {
            throw new IllegalArgumentException("state: there is no variable \"" + name + "\"; there are " + types.keySet() + ".");
        }
        return type;
    }

    /**
     * Looks at what a variable is to become.
     *
     * @throws IllegalArgumentException if there is none of this name, or the value's type differs
     */
    public static void checkValue(Map<String, TensorType> types, String name, Tensor value) {
        TensorType wanted = variable(types, name);
        if (!has(value, wanted)) {
            throw new IllegalArgumentException("state: variable \"" + name + "\" is " + wanted + ", the value is " + type(value) + ".");
        }
    }
}

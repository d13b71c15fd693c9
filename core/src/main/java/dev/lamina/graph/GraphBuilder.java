package dev.lamina.graph;

import dev.lamina.tensor.DType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Collects nodes and freezes them into a {@link Graph}. Shapes are inferred, and errors raised, as each node is added. Not thread-safe.
 */
public final class GraphBuilder {
    /** Name of the int64 variable that holds the seed of all random ops. */
    public static final String SEED = "rng.seed";
    /** Name of the int64 variable that counts training steps; random ops read it, the trainer advances it. */
    public static final String STEP = "rng.step";

    private final List<Node> nodes = new ArrayList<>();
    private final Map<String, Integer> usedNames = new HashMap<>();
    private final Map<String, Value> variables = new LinkedHashMap<>();
    private final Set<String> inputs = new HashSet<>();
    private final Map<String, Value> outputs = new LinkedHashMap<>();
    private String pendingName;
    private String prefix = "";
    private int randomStreams;

    /** Names the next node that is added. A taken name gets a number appended. Returns this. */
    public GraphBuilder name(String name) {
        pendingName = name;
        return this;
    }

    /** Takes back a name set by {@link #name}, so that a function of several nodes can give it to its main one; null if none is set. */
    public String takeName() {
        String name = pendingName;
        pendingName = null;
        return name;
    }

    /** Puts a prefix before the names of nodes that get none of their own, until it is set again. */
    void prefix(String text) {
        prefix = text;
    }

    /**
     * Adds a node with one output.
     *
     * @throws GraphException if the operands break the op's rules
     */
    public Value add(Op op, Value... operands) {
        return addNode(op, List.of(operands)).output(0);
    }

    /**
     * Adds a node.
     *
     * @throws GraphException if the operands break the op's rules or belong to another builder
     */
    public Node addNode(Op op, List<Value> operands) {
        String name = uniqueName(pendingName != null ? pendingName : prefix + op.name());
        pendingName = null;
        return addNamed(name, op, operands);
    }

    private Node addNamed(String name, Op op, List<Value> operands) {
        for (Value operand : operands) {
            if (operand.graph() != this) {
                throw new GraphException(op.name() + " \"" + name + "\": operand " + operand + " belongs to another graph.");
            }
        }
        List<TensorType> types = op.infer(new OpInputs(op.name(), name, operands.stream().map(Value::type).toList()));
        for (TensorType type : types) {
            checkCountable(op, name, type);
        }
        Node node = new Node(this, nodes.size(), name, op, operands, types);
        nodes.add(node);
        usedNames.merge(name, 1, Integer::sum);
        return node;
    }

    /** Keeps these names for {@link #restore}. */
    void reserve(Collection<String> names) {
        names.forEach(name -> usedNames.putIfAbsent(name, 0));
    }

    /** Adds a node of another graph, or one that computes the same, under exactly its name; inputs, variables and streams become known. */
    Node restore(String name, Op op, List<Value> operands) {
        Node node = addNamed(name, op, operands);
        switch (op) {
            case Source.Input input -> inputs.add(input.inputName());
            case Source.Variable variable -> variables.put(variable.variableName(), node.output(0));
            case Random random -> randomStreams = Math.max(randomStreams, random.stream() + 1);
            default -> { }
        }
        return node;
    }

    private static void checkCountable(Op op, String name, TensorType type) {
        try {
            type.bytes();
        } catch (ArithmeticException e) {
            throw new GraphException(op.name() + " \"" + name + "\": output " + type + " exceeds 2^63 - 1 bytes.");
        }
    }

    private String uniqueName(String wanted) {
        String name = wanted;
        for (int k = usedNames.getOrDefault(wanted, 0) + 1; usedNames.containsKey(name); k++) {
            name = wanted + "_" + k;
        }
        return name;
    }

    /** A value that is given anew at each run, under a unique name. */
    public Value input(String name, TensorType type) {
        if (!inputs.add(name)) {
            throw new GraphException("input \"" + name + "\": the graph has an input of this name already.");
        }
        return name(name).add(new Source.Input(name, type));
    }

    /** A value that lives in the backend's state between runs. The same name gives the same variable. */
    public Value variable(String name, TensorType type, boolean trainable) {
        Value known = variables.get(name);
        if (known != null) {
            if (!known.type().equals(type)) {
                throw new GraphException("variable \"" + name + "\": is " + known.type() + " elsewhere in this graph, now " + type + ".");
            }
            return known;
        }
        Value variable = name(name).add(new Source.Variable(name, type, trainable));
        variables.put(name, variable);
        return variable;
    }

    /** The seed that random ops read, an int64 variable of rank 0. */
    public Value seed() {
        return withoutPendingName(SEED);
    }

    /** The step counter that random ops read, an int64 variable of rank 0. */
    public Value step() {
        return withoutPendingName(STEP);
    }

    private Value withoutPendingName(String variable) {
        String name = takeName();
        Value value = variable(variable, TensorType.of(DType.INT64), false);
        pendingName = name;
        return value;
    }

    /** A number that keys the next random node; streams are numbered in order of creation. */
    public int nextStream() {
        return randomStreams++;
    }

    /** Makes a value retrievable after a run under this name. Returns this. */
    public GraphBuilder output(String name, Value value) {
        if (outputs.putIfAbsent(name, value) != null) {
            throw new GraphException("output \"" + name + "\": the graph has an output of this name already.");
        }
        return this;
    }

    /** Variables in order of creation. */
    public List<Value> variables() {
        return List.copyOf(variables.values());
    }

    /** Variables that training updates, in order of creation. */
    public List<Value> trainable() {
        return variables.values().stream().filter(v -> ((Source.Variable) v.node().op()).trainable()).toList();
    }

    /** All nodes so far, in order of creation. */
    List<Node> nodes() {
        return nodes;
    }

    /**
     * The graph of everything that the outputs and the updates need.
     *
     * @throws GraphException if a variable is updated twice, or if a node needs a variable's old value after its update
     */
    public Graph build() {
        return Graph.of(nodes, outputs);
    }
}

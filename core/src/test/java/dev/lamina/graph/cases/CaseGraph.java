package dev.lamina.graph.cases;

import dev.lamina.backend.Backend;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.check.Subject;
import dev.lamina.graph.Gradients;
import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.Reduction;
import dev.lamina.graph.Source;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Philox;
import dev.lamina.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * A case as a graph in one floating type, with its operands: results {@code y0, y1, ...} and, for a differentiable case, gradients
 * {@code d0, d1, ...} of their weighted sum by the operands.
 */
public final class CaseGraph {
    private static final long SEED = 20_120_930;

    private final Graph graph;
    private final Map<String, Tensor> inputs = new LinkedHashMap<>();
    private final Map<String, Tensor> variables = new LinkedHashMap<>();

    /** Draws the operands and builds the graph. */
    public CaseGraph(OpCase opCase, DType floating) {
        GraphBuilder builder = new GraphBuilder();
        Philox.Stream random = new Philox.Stream(SEED, 0, opCase.name().hashCode());
        List<Value> values = new ArrayList<>();
        List<Value> wanted = new ArrayList<>();
        for (Operand operand : opCase.operands()) {
            String name = "x" + values.size();
            Tensor tensor = operand.draw().tensor(random, floating, operand.shape());
            TensorType type = new TensorType(tensor.dtype(), tensor.shape());
            Value value = operand.variable() ? builder.variable(name, type, true) : builder.input(name, type);
            (operand.variable() ? variables : inputs).put(name, tensor);
            values.add(value);
            if (operand.differentiate()) {
                wanted.add(value);
            }
        }
        variables.put(GraphBuilder.SEED, Tensor.scalar(DType.INT64, 11));
        variables.put(GraphBuilder.STEP, Tensor.scalar(DType.INT64, 5));
        List<Value> results = opCase.body().build(builder, floating, values);
        for (int i = 0; i < results.size(); i++) {
            builder.output("y" + i, results.get(i));
        }
        if (opCase.differentiable()) {
            List<Value> gradients = Gradients.orZeros(scalar(builder, results), wanted);
            for (int i = 0; i < gradients.size(); i++) {
                builder.output("d" + i, gradients.get(i));
            }
        }
        graph = builder.build();
        inputs.keySet().retainAll(graph.inputs().stream().map(Value::name).toList());
    }

    private static Value scalar(GraphBuilder builder, List<Value> results) {
        Value scalar = null;
        for (Value y : results) {
            if (y.dtype().isFloating()) {
                int n = Math.toIntExact(y.shape().elements());
                double[] weights = IntStream.range(0, n).mapToDouble(i -> (i * 7 % 13 - 6.5) / 8).toArray();
                Value r = Source.constant(builder, Tensor.of(y.dtype(), weights, n).reshape(y.shape().toArray()));
                Value term = Reduction.sum(y.times(r));
                scalar = scalar == null ? term : scalar.plus(term);
            }
        }
        return scalar;
    }

    /** The graph. */
    public Graph graph() {
        return graph;
    }

    /** The inputs' tensors. */
    public Map<String, Tensor> inputs() {
        return inputs;
    }

    /** What the variables are drawn as; of seed and step also where the graph has none. */
    public Map<String, Tensor> variables() {
        return variables;
    }

    /** Whether a run changes the state, so that a second one gives something else. */
    public boolean hasState() {
        return !variables.keySet().equals(Set.of(GraphBuilder.SEED, GraphBuilder.STEP));
    }

    /** The graph with its operands, for a cross-check. */
    public Subject subject(String name) {
        Map<String, Tensor> used = new LinkedHashMap<>(variables);
        used.keySet().retainAll(graph.variables().stream().map(Value::name).toList());
        return Subject.of(name, graph, used, inputs);
    }

    /** Sets the variables of a state to the drawn values. */
    public void fill(State state) {
        state.variables().keySet().forEach(name -> state.set(name, variables.get(name)));
    }

    /** Runs it once on a fresh executable and state: results, gradients, and variables after the run as {@code state/name}. */
    public Map<String, Tensor> run(Backend backend, CompileOptions options) {
        return run(backend, options, 1);
    }

    /** Like {@link #run(Backend, CompileOptions)}, but runs several times and gives what the last run left. */
    public Map<String, Tensor> run(Backend backend, CompileOptions options, int runs) {
        try (State state = backend.createState(graph.variables()); Executable executable = backend.compile(graph, options)) {
            fill(state);
            for (int i = 1; i < runs; i++) {
                executable.run(state, inputs);
            }
            Map<String, Tensor> results = new LinkedHashMap<>(executable.call(state, inputs));
            state.variables().keySet().forEach(name -> results.put("state/" + name, state.get(name)));
            return results;
        }
    }
}

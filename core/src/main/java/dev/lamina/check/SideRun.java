package dev.lamina.check;

import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.CompileOptions.Poison;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.check.fault.Faults;
import dev.lamina.graph.Graph;
import dev.lamina.graph.Node;
import dev.lamina.graph.Rewritten;
import dev.lamina.graph.Source;
import dev.lamina.graph.Update;
import dev.lamina.graph.Value;
import dev.lamina.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A subject on one side: compiled with all values kept, under two kinds of poison, and as for use. All share one state, which each step
 * resets for the second and third run; so the state goes on as the side's own training would.
 */
final class SideRun implements AutoCloseable {
    private final Subject subject;
    private final Side side;
    private final List<Value> sources;
    private final List<Compiled> compiled = new ArrayList<>();
    private final State state;

    /** A compilation of the graph, or of the graph with a fault, and where its values can be read. */
    private record Compiled(Executable executable, Map<Value, Value> values) {
    }

    SideRun(Subject subject, Side side) {
        this.subject = subject;
        this.side = side;
        sources = subject.graph().nodes().stream().filter(n -> n.op() instanceof Source).map(n -> n.output(0)).toList();
        try {
            compiled.add(kept(Poison.ONES));
            compiled.add(kept(Poison.MIXED));
            compiled.add(asUsed());
            List<Value> variables = new ArrayList<>();
            compiled.forEach(c -> variables.addAll(c.executable.graph().variables()));
            state = side.backend().createState(variables);
        } catch (RuntimeException e) {
            compiled.forEach(c -> c.executable.close());
            throw e;
        }
        subject.variables().forEach((name, value) -> {
            if (state.variables().containsKey(name)) {
                state.set(name, value);
            }
        });
    }

    /**
     * What a step left.
     *
     * @param sources values of inputs, and of variables before the step
     * @param kept every value, of the run that kept all
     * @param again the same of a second run from the same state, with other poison
     * @param used the values that the compilation for use writes to memory
     */
    record Values(Map<Value, Tensor> sources, Map<Value, Tensor> kept, Map<Value, Tensor> again, Map<Value, Tensor> used) {
    }

    private Rewritten rewritten(Poison poison) {
        return side.fault().filter(f -> f.shows(side.options())).map(f -> Faults.inject(subject.graph(), f, poison))
                .orElseGet(() -> Rewritten.identity(subject.graph()));
    }

    private Compiled kept(Poison poison) {
        Rewritten rewritten = rewritten(poison);
        return new Compiled(side.backend().compile(rewritten.graph(), side.options().keepingAll().poisoned(poison)),
                computed(rewritten.values()));
    }

    private Compiled asUsed() {
        Rewritten rewritten = rewritten(Poison.NONE);
        CompileOptions options = side.options().poisoned(Poison.NONE);
        Set<Value> written;
        try (Executable plain = side.backend().compile(rewritten.graph(), options)) {
            written = new LinkedHashSet<>(Boundaries.of(rewritten.graph(), plain.report()));
        }
        written.removeAll(rewritten.graph().outputs().values());
        Map<String, Value> more = new LinkedHashMap<>();
        written.forEach(value -> more.put("check/" + value.name(), value));
        Graph graph = rewritten.graph().withOutputs(more);
        written.addAll(graph.outputs().values());
        Map<Value, Value> values = new HashMap<>(computed(rewritten.values()));
        values.values().removeIf(value -> !written.contains(value) && !(value.node().op() instanceof Update));
        return new Compiled(side.backend().compile(graph, options), values);
    }

    /** Without sources, whose values are known, and without views of variables, which an update may have overwritten by then. */
    private static Map<Value, Value> computed(Map<Value, Value> values) {
        Map<Value, Value> computed = new HashMap<>();
        values.forEach((original, value) -> {
            if (!(original.node().op() instanceof Source) && !(original.root().node().op() instanceof Source.Variable)) {
                computed.put(original, value);
            }
        });
        return computed;
    }

    /** Values that {@link Values#kept} will hold. */
    Set<Value> keptValues() {
        return compiled.get(0).values.keySet();
    }

    /** Values that {@link Values#used} will hold. */
    Set<Value> usedValues() {
        return compiled.get(2).values.keySet();
    }

    /** The side's state, as the last step left it. */
    State state() {
        return state;
    }

    /** Takes one step. */
    Values step(int step) {
        Map<String, Tensor> inputs = subject.inputs().apply(step);
        Map<Value, Tensor> before = before(inputs);
        Map<Value, Tensor> kept = run(compiled.get(0), inputs);
        reset(before);
        Map<Value, Tensor> again = run(compiled.get(1), inputs);
        reset(before);
        return new Values(before, kept, again, run(compiled.get(2), inputs));
    }

    /** Takes one step of a side that is not to be judged: one run, with all values kept. */
    Values keptStep(int step) {
        Map<String, Tensor> inputs = subject.inputs().apply(step);
        Map<Value, Tensor> before = before(inputs);
        Map<Value, Tensor> kept = run(compiled.get(0), inputs);
        return new Values(before, kept, kept, kept);
    }

    /** Runs step 0 once more from the state as it is, which stays. */
    Values repeat() {
        Map<String, Tensor> inputs = subject.inputs().apply(0);
        Map<Value, Tensor> before = before(inputs);
        Map<Value, Tensor> kept = run(compiled.get(0), inputs);
        reset(before);
        Map<Value, Tensor> used = run(compiled.get(2), inputs);
        reset(before);
        return new Values(before, kept, kept, used);
    }

    private Map<Value, Tensor> before(Map<String, Tensor> inputs) {
        Map<Value, Tensor> before = new HashMap<>();
        for (Value source : sources) {
            switch (source.node().op()) {
                case Source.Input input -> before.put(source, inputs.get(input.inputName()));
                case Source.Variable variable -> before.put(source, variable(variable));
                default -> { }
            }
        }
        return before;
    }

    /** A fault may have made a variable unnecessary: it then stays as it was given. */
    private Tensor variable(Source.Variable variable) {
        String name = variable.variableName();
        return state.variables().containsKey(name) ? state.get(name)
                : subject.variables().getOrDefault(name, Tensor.zeros(variable.type().dtype(), variable.type().shape()));
    }

    private void reset(Map<Value, Tensor> before) {
        before.forEach((source, value) -> {
            if (source.node().op() instanceof Source.Variable variable && state.variables().containsKey(variable.variableName())) {
                state.set(variable.variableName(), value);
            }
        });
    }

    private Map<Value, Tensor> run(Compiled compilation, Map<String, Tensor> inputs) {
        Map<String, Tensor> given = new HashMap<>(inputs);
        given.keySet().retainAll(compilation.executable.graph().inputs().stream()
                .map(value -> ((Source.Input) value.node().op()).inputName()).toList());
        compilation.executable.run(state, given);
        Map<Value, Tensor> values = new HashMap<>();
        compilation.values.forEach((original, value) -> values.put(original, read(compilation.executable, value)));
        return values;
    }

    private Tensor read(Executable executable, Value value) {
        Node node = value.node();
        if (node.op() instanceof Update update) {
            Value variable = node.input(update.updated(node.inputs().size()).get(value.output()));
            return state.get(((Source.Variable) variable.node().op()).variableName());
        }
        return executable.read(value);
    }

    @Override
    public void close() {
        compiled.forEach(c -> c.executable.close());
        state.close();
    }
}

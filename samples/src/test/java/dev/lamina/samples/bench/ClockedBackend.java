package dev.lamina.samples.bench;

import dev.lamina.backend.Backend;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.Device;
import dev.lamina.backend.Executable;
import dev.lamina.backend.MemoryPlan;
import dev.lamina.backend.Profiled;
import dev.lamina.backend.State;
import dev.lamina.graph.Graph;
import dev.lamina.graph.Node;
import dev.lamina.graph.Source;
import dev.lamina.graph.Value;
import dev.lamina.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The reference with a clock of its own, on which a run takes {@link #RUN_MILLISECONDS} and each node as many milliseconds as its place in
 * the profile, from 1; each node touches 100 bytes, and one copy of 7 bytes comes first.
 */
record ClockedBackend(Backend reference, List<Integer> replays) implements Backend {
    static final double RUN_MILLISECONDS = 4;

    ClockedBackend(Backend reference) {
        this(reference, new ArrayList<>());
    }

    @Override
    public String name() {
        return "clocked";
    }

    @Override
    public Device device() {
        return reference.device();
    }

    @Override
    public Optional<String> unsupported(Node node) {
        return reference.unsupported(node);
    }

    @Override
    public Executable compile(Graph graph, CompileOptions options) {
        return new Clocked(reference.compile(graph, options), replays);
    }

    @Override
    public State createState(List<Value> variables) {
        return reference.createState(variables);
    }

    @Override
    public void close() {
        reference.close();
    }

    private static final class Clocked implements Executable, Profiled {
        private final Executable inner;
        private final List<Integer> replays;
        private Map<String, Tensor> last;

        Clocked(Executable inner, List<Integer> replays) {
            this.inner = inner;
            this.replays = replays;
        }

        @Override
        public Optional<Profiled> profiled() {
            return Optional.of(this);
        }

        @Override
        public double replay(State state, int runs) {
            inner.run(state, requireInputs());
            replays.add(runs);
            return runs * RUN_MILLISECONDS;
        }

        @Override
        public List<StepTime> profile(State state) {
            requireInputs();
            List<StepTime> times = new ArrayList<>(List.of(new StepTime(List.of(), "copy", 0.5, 7)));
            for (Node node : graph().nodes()) {
                if (!(node.op() instanceof Source)) {
                    times.add(new StepTime(List.of(node.name()), "fake", times.size(), 100));
                }
            }
            return times;
        }

        private Map<String, Tensor> requireInputs() {
            if (last == null) {
                throw new IllegalStateException("nothing has been run with this state");
            }
            return last;
        }

        @Override
        public Graph graph() {
            return inner.graph();
        }

        @Override
        public MemoryPlan memoryPlan() {
            return inner.memoryPlan();
        }

        @Override
        public void run(State state, Map<String, Tensor> inputs) {
            last = inputs;
            inner.run(state, inputs);
        }

        @Override
        public void read(String output, Tensor into) {
            inner.read(output, into);
        }

        @Override
        public Tensor read(Value value) {
            return inner.read(value);
        }

        @Override
        public void close() {
            inner.close();
        }
    }
}

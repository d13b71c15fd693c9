package dev.lamina.rbm;

import dev.lamina.backend.Backend;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Update;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Philox;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.Map;

/**
 * Chains that draw from a machine by turns: visible units given hidden ones, hidden units given visible ones. One thread at a time.
 */
public final class GibbsSampler implements AutoCloseable {
    private static final String HIDDEN = "gibbs.hidden";
    private static final String MEANS = "means";

    private final RbmParameters parameters;
    private final int chains;
    private final State state;
    private final Executable turn;

    /**
     * Chains that start with random hidden units, each on with probability 0.5.
     *
     * @param chains independent chains, at least 1
     */
    public GibbsSampler(Backend backend, RbmParameters parameters, int chains, long seed) {
        Ranges.require(chains >= 1, "sampler: chains = %s, needs >= 1.", chains);
        this.parameters = parameters;
        this.chains = chains;
        GraphBuilder graph = new GraphBuilder();
        Graph built = graph(graph);
        this.turn = backend.compile(built, CompileOptions.defaults().requiringDeterminism());
        try {
            this.state = backend.createState(graph.variables());
        } catch (RuntimeException e) {
            turn.close();
            throw e;
        }
        parameters.writeTo(state);
        Tensor key = Tensor.zeros(DType.INT64, Shape.scalar());
        key.setLong(seed);
        state.set(GraphBuilder.SEED, key);
        randomHidden(seed);
    }

    private Graph graph(GraphBuilder graph) {
        DType dtype = parameters.weight().dtype();
        Machine machine = new Machine(graph, parameters.rbm(), dtype);
        Value hidden = graph.variable(HIDDEN, new TensorType(dtype, Shape.of(chains, parameters.rbm().hidden())), false);
        Value y = machine.visibleInput(hidden);
        graph.output(MEANS, machine.visibleMean(y));
        Update.assign(hidden, machine.hiddenSample(machine.hiddenInput(machine.visibleSample(y))));
        graph.seed();
        Value step = graph.step();
        Update.assign(step, step.plus(1));
        return graph.build();
    }

    private void randomHidden(long seed) {
        Tensor hidden = Tensor.zeros(parameters.weight().dtype(), Shape.of(chains, parameters.rbm().hidden()));
        Philox.Stream bits = new Philox.Stream(seed, 0, Integer.MIN_VALUE + 1);
        for (int chain = 0; chain < chains; chain++) {
            for (int j = 0; j < parameters.rbm().hidden(); j++) {
                hidden.set(bits.nextInt() >>> 31, chain, j);
            }
        }
        state.set(HIDDEN, hidden);
    }

    /**
     * Starts the chains anew at samples.
     *
     * @param samples {@code [chains, ...]}, uint8 pixels or visible values
     */
    public void startAt(Backend backend, Tensor samples) {
        Ranges.require(samples.shape().dim(0) == chains, "sampler: %s samples for %s chains (must be equal).", samples.shape().dim(0),
                chains);
        try (RbmInference inference = RbmInference.of(backend, parameters)) {
            state.set(HIDDEN, inference.hidden(samples));
        }
    }

    /**
     * Takes turns.
     *
     * @param turns at least 1
     * @return the visible units' means in the last turn, {@code [chains, V]}
     */
    public Tensor sample(int turns) {
        Ranges.require(turns >= 1, "sampler: turns = %s, needs >= 1.", turns);
        for (int i = 0; i < turns; i++) {
            turn.run(state, Map.of());
        }
        return turn.read(MEANS);
    }

    /** Hidden values of the chains after the last turn, {@code [chains, H]}. */
    public Tensor hidden() {
        return state.get(HIDDEN);
    }

    /** Releases what it compiled and the chains. Idempotent. */
    @Override
    public void close() {
        turn.close();
        state.close();
    }
}

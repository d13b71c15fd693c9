package dev.lamina.rbm;

import dev.lamina.backend.Backend;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.data.Batch;
import dev.lamina.data.BatchEpoch;
import dev.lamina.data.BatchLoader;
import dev.lamina.data.BatchOptions;
import dev.lamina.data.Dataset;
import dev.lamina.data.FloatDataset;
import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.Reduction;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

/** What a machine says of samples: hidden means, free energy, mean-field reconstruction. One thread at a time. */
public final class RbmInference implements AutoCloseable {
    private static final int BATCH = 256;
    private static final String DATA = "data";
    private static final String HIDDEN = "hidden";
    private static final String VISIBLE = "visible";
    private static final String FREE_ENERGY = "freeEnergy";
    private static final String ERROR = "error";
    private static final String ACTIVITY = "activity";

    private final Backend backend;
    private final Rbm rbm;
    private final DType dtype;
    private final CompileOptions options;
    private final State state;
    private final boolean ownsState;
    private final Map<TensorType, Executable> measuring = new HashMap<>();
    private final Map<TensorType, Executable> mapping = new HashMap<>();
    private final Map<TensorType, Executable> downward = new HashMap<>();

    /**
     * Means over some samples.
     *
     * @param freeEnergy mean of F(v)
     * @param error mean over samples of the squared error of the mean-field reconstruction, summed over visible units
     * @param activity mean over samples and units of the hidden means
     */
    public record Measures(double freeEnergy, double error, double activity) { }

    /** On a state that somebody else made and closes. */
    RbmInference(Backend backend, Rbm rbm, DType dtype, CompileOptions options, State state, boolean ownsState) {
        this.backend = backend;
        this.rbm = rbm;
        this.dtype = dtype;
        this.options = options;
        this.state = state;
        this.ownsState = ownsState;
    }

    /** An inference with these numbers in float32 arithmetic. */
    public static RbmInference of(Backend backend, RbmParameters parameters) {
        GraphBuilder graph = new GraphBuilder();
        new Machine(graph, parameters.rbm(), parameters.weight().dtype());
        State state = backend.createState(graph.variables());
        parameters.writeTo(state);
        return new RbmInference(backend, parameters.rbm(), parameters.weight().dtype(), CompileOptions.defaults(), state, true);
    }

    /** Hidden means {@code [N, H]} of samples {@code [N, ...]}. */
    public Tensor hidden(Tensor samples) {
        return mapping(samples).read(HIDDEN);
    }

    /** Visible means {@code [N, V]} of hidden values {@code [N, H]}. */
    public Tensor visible(Tensor hidden) {
        return run(downward, hidden, this::downwardGraph).read(VISIBLE);
    }

    /** Free energies {@code [N]} of samples {@code [N, ...]}. */
    public Tensor freeEnergies(Tensor samples) {
        return measuring(samples).read(FREE_ENERGY);
    }

    /** Squared errors {@code [N]} of the samples' mean-field reconstructions. */
    public Tensor errors(Tensor samples) {
        return measuring(samples).read(ERROR);
    }

    /** Means over all samples of a set. */
    public Measures measure(Dataset data) {
        VisibleData.check(rbm, data);
        return measureChecked(data);
    }

    /** The same of data that has been looked at already. */
    Measures measureChecked(Dataset data) {
        double[] sums = new double[3];
        forEachBatch(data, batch -> {
            Executable executable = measuring(batch.images());
            sums[0] += sum(executable.read(FREE_ENERGY));
            sums[1] += sum(executable.read(ERROR));
            sums[2] += sum(executable.read(ACTIVITY));
        });
        return new Measures(sums[0] / data.size(), sums[1] / data.size(), sums[2] / data.size());
    }

    /** Hidden means of all samples, float32 {@code [N, H]}: features for a linear model, or data for the next machine. */
    public Tensor hidden(Dataset data) {
        VisibleData.check(rbm, data);
        Tensor all = Tensor.zeros(dtype, Shape.of(data.size(), rbm.hidden()));
        long[] at = {0};
        forEachBatch(data, batch -> {
            Tensor means = hidden(batch.images());
            MemorySegment.copy(means.memory(), 0, all.memory(), at[0], means.byteSize());
            at[0] += means.byteSize();
        });
        return all;
    }

    /** The hidden means as a data set of samples {@code [1, 1, H]} with the same labels. */
    public Dataset features(Dataset data) {
        return FloatDataset.of(data, hidden(data).cast(DType.FLOAT32), Shape.of(1, 1, rbm.hidden()));
    }

    private static void forEachBatch(Dataset data, Consumer<Batch> action) {
        try (BatchEpoch batches = new BatchLoader(data, BatchOptions.of(Math.min(BATCH, data.size()))).epoch(0)) {
            while (batches.hasNext()) {
                action.accept(batches.next().trimmed());
            }
        }
    }

    private static double sum(Tensor values) {
        double sum = 0;
        for (double value : values.toDoubles()) {
            sum += value;
        }
        return sum;
    }

    private Executable mapping(Tensor samples) {
        return run(mapping, samples, this::mappingGraph);
    }

    private Executable measuring(Tensor samples) {
        return run(measuring, samples, this::measuringGraph);
    }

    private Executable run(Map<TensorType, Executable> compiled, Tensor samples, Function<TensorType, Graph> graph) {
        TensorType type = new TensorType(samples.dtype(), samples.shape());
        Executable executable = compiled.computeIfAbsent(type, t -> backend.compile(graph.apply(t), options));
        executable.run(state, Map.of(DATA, samples));
        return executable;
    }

    private Graph mappingGraph(TensorType type) {
        GraphBuilder graph = new GraphBuilder();
        Machine machine = new Machine(graph, rbm, dtype);
        Value v = machine.visible(graph.input(DATA, type));
        return graph.output(HIDDEN, machine.hiddenMean(machine.hiddenInput(v))).build();
    }

    private Graph downwardGraph(TensorType type) {
        GraphBuilder graph = new GraphBuilder();
        Machine machine = new Machine(graph, rbm, dtype);
        return graph.output(VISIBLE, machine.visibleMean(machine.visibleInput(graph.input(DATA, type)))).build();
    }

    private Graph measuringGraph(TensorType type) {
        GraphBuilder graph = new GraphBuilder();
        Machine machine = new Machine(graph, rbm, dtype);
        Value v = machine.visible(graph.input(DATA, type));
        Value means = machine.hiddenMean(machine.hiddenInput(v));
        return graph.output(FREE_ENERGY, machine.freeEnergy(v)).output(ERROR, machine.meanFieldError(v))
                .output(ACTIVITY, Reduction.mean(means, 1)).build();
    }

    /** Releases what it compiled. Idempotent. */
    @Override
    public void close() {
        for (Map<TensorType, Executable> compiled : List.of(measuring, mapping, downward)) {
            compiled.values().forEach(Executable::close);
            compiled.clear();
        }
        if (ownsState) {
            state.close();
        }
    }
}

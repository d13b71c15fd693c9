package dev.lamina.rbm;

import dev.lamina.backend.Backend;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.TensorType;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import dev.lamina.train.TrainingException;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** The device's side of training: state, compiled steps, measures. One thread at a time. */
final class RbmSession implements AutoCloseable {
    private final Backend backend;
    private final CompileOptions options;
    private final Rbm rbm;
    private final RbmConfig config;
    private final State state;
    private final RbmInference inference;
    private final Map<TensorType, Executable> steps = new HashMap<>();
    private final Tensor scalar = Tensor.zeros(DType.FLOAT32, Shape.scalar());

    RbmSession(Backend backend, CompileOptions options, Rbm rbm, RbmConfig config) {
        this.backend = backend;
        this.options = options;
        this.rbm = rbm;
        this.config = config;
        this.state = backend.createState(graph(TensorType.of(DType.FLOAT32, 1, rbm.visible())).variables());
        this.inference = new RbmInference(backend, rbm, DType.FLOAT32, options, state, false);
    }

    private CdStep graph(TensorType data) {
        return CdStep.of(rbm, DType.FLOAT32, data, config.batchSize());
    }

    RbmInference inference() {
        return inference;
    }

    /** Puts the state to the start of a run. The chains of a persistent negative term start with all hidden units off. */
    void initialize(RbmParameters parameters) {
        state.variables().forEach((name, type) -> state.set(name, Tensor.zeros(type.dtype(), type.shape())));
        parameters.writeTo(state);
        Tensor seed = Tensor.zeros(DType.INT64, Shape.scalar());
        seed.setLong(config.seed());
        state.set(GraphBuilder.SEED, seed);
        state.set(CdStep.RATE, Tensor.scalar(DType.FLOAT32, config.rate()));
        if (state.variables().containsKey(CdStep.ACTIVITY)) {
            state.set(CdStep.ACTIVITY, Tensor.full(DType.FLOAT32, Shape.of(rbm.hidden()), rbm.options().sparsity().target()));
        }
    }

    /**
     * Puts the state to that of a checkpoint.
     *
     * @throws TrainingException if a variable is missing or of another type
     */
    void restore(Map<String, Tensor> tensors) {
        state.variables().forEach((name, type) -> {
            Tensor tensor = tensors.get(name);
            if (tensor == null || tensor.dtype() != type.dtype() || !tensor.shape().equals(type.shape())) {
                throw new TrainingException("rbm: the checkpoint has " + (tensor == null ? "no \"" + name + "\"" : "\"" + name + "\" as "
                        + tensor.dtype() + " " + tensor.shape()) + ", this run needs " + type + ". Resume with the settings of the run.");
            }
            state.set(name, tensor);
        });
    }

    Map<String, Tensor> snapshot() {
        Map<String, Tensor> copies = new TreeMap<>();
        state.variables().keySet().forEach(name -> copies.put(name, state.get(name)));
        return copies;
    }

    RbmParameters parameters() {
        return RbmParameters.of(rbm, state);
    }

    void setMomentum(double momentum) {
        scalar.set(momentum);
        state.set(CdStep.MOMENTUM, scalar);
    }

    /** One step; its reconstruction error. */
    double step(Tensor samples) {
        Executable executable = steps.computeIfAbsent(new TensorType(samples.dtype(), samples.shape()),
                type -> backend.compile(graph(type).graph(), options));
        executable.run(state, Map.of(CdStep.DATA, samples));
        executable.read(CdStep.ERROR, scalar);
        return scalar.item();
    }

    Tensor lastUpdate() {
        return state.get(CdStep.LAST_STEP + Machine.WEIGHT);
    }

    /** Mean size of the last update of a weight over the mean size of a weight. */
    double updateRatio() {
        return meanSize(lastUpdate()) / meanSize(state.get(Machine.WEIGHT));
    }

    private static double meanSize(Tensor tensor) {
        double sum = 0;
        for (float value : tensor.toFloats()) {
            sum += Math.abs(value);
        }
        return sum / tensor.elements();
    }

    @Override
    public void close() {
        steps.values().forEach(Executable::close);
        steps.clear();
        inference.close();
        state.close();
    }
}

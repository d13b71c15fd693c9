package dev.lamina.features;

import dev.lamina.backend.Backend;
import dev.lamina.backend.State;
import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A graph under construction over one batch of samples, with the tensors that it needs beside them: fitted numbers, which go into the
 * state once, and further rows, which are fed with the samples. Not thread-safe.
 */
public final class FeatureGraph {
    /** Name of the input that holds the samples. */
    static final String SAMPLES = "samples";

    private final GraphBuilder builder = new GraphBuilder();
    private final int batch;
    private final Map<String, Tensor> weights = new LinkedHashMap<>();
    private final Map<String, Tensor> rows = new LinkedHashMap<>();

    FeatureGraph(int batch) {
        this.batch = batch;
    }

    /** The builder to add to. */
    public GraphBuilder builder() {
        return builder;
    }

    /** Samples in this batch. */
    public int batch() {
        return batch;
    }

    /** A fitted tensor as a value. A taken name gets a number appended. */
    public Value weight(String name, Tensor value) {
        String unique = name;
        for (int k = 2; weights.containsKey(unique); k++) {
            unique = name + "_" + k;
        }
        return put(unique, value);
    }

    /** A variable that something else has added to the builder under this name, e.g. a model's layer. */
    public Value put(String name, Tensor value) {
        weights.put(name, value);
        return builder.variable(name, TensorType.of(value.dtype(), value.shape().toArray()), false);
    }

    /** Gives the values of a variable that is in the graph already. */
    public void assign(String name, Tensor value) {
        weights.put(name, value);
    }

    /**
     * The rows of a tensor {@code [N, ...]} that belong to the samples of the batch.
     *
     * @param all one row a sample of the whole pass
     */
    public Value rows(String name, Tensor all) {
        rows.put(name, all);
        Shape shape = all.shape().with(0, batch);
        return builder.input(name, TensorType.of(all.dtype(), shape.toArray()));
    }

    /** Makes a value readable after a run. */
    public void output(String name, Value value) {
        builder.output(name, value);
    }

    /**
     * Adds the samples of the batch.
     *
     * @param type uint8 pixels, which are divided by 255, or float32
     * @return float32 {@code [n, sampleShape]}
     */
    Value samples(DType type, Shape sampleShape) {
        Value x = builder.input(SAMPLES, new TensorType(type, batched(sampleShape, batch)));
        return type == DType.UINT8 ? Pointwise.cast(x, DType.FLOAT32).times(1.0 / 255) : x;
    }

    /** Shape of so many samples. */
    static Shape batched(Shape sampleShape, int rows) {
        long[] dims = new long[sampleShape.rank() + 1];
        dims[0] = rows;
        System.arraycopy(sampleShape.toArray(), 0, dims, 1, sampleShape.rank());
        return Shape.of(dims);
    }

    Map<String, Tensor> weights() {
        return weights;
    }

    Map<String, Tensor> rowInputs() {
        return rows;
    }

    Graph build() {
        return builder.build();
    }

    State state(Backend backend) {
        State state = backend.createState(builder.variables());
        weights.forEach((name, tensor) -> {
            if (state.variables().containsKey(name)) {
                state.set(name, tensor);
            }
        });
        return state;
    }
}

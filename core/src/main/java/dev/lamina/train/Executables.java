package dev.lamina.train;

import dev.lamina.backend.Backend;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.data.Batch;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongFunction;

/** A graph compiled for every batch size that comes up. One thread at a time. */
final class Executables implements AutoCloseable {
    private final Backend backend;
    private final CompileOptions options;
    private final LongFunction<TrainingGraph> graphs;
    private final Map<Long, Executable> compiled = new HashMap<>();
    private final Tensor scalar = Tensor.zeros(DType.FLOAT32, Shape.scalar());
    private Executable last;

    Executables(Backend backend, CompileOptions options, LongFunction<TrainingGraph> graphs) {
        this.backend = backend;
        this.options = options;
        this.graphs = graphs;
    }

    Executable of(long batchSize) {
        return compiled.computeIfAbsent(batchSize, n -> backend.compile(graphs.apply(n).graph(), options));
    }

    /** Runs a batch, without its padding, and returns its sums; seconds are left 0. */
    Sums run(State state, Batch batch) {
        Batch trimmed = batch.trimmed();
        Executable executable = of(trimmed.size());
        last = executable;
        executable.run(state, inputs(trimmed));
        double loss = read(executable, TrainingGraph.LOSS);
        double weight = executable.graph().outputs().containsKey(TrainingGraph.LOSS_WEIGHT)
                ? read(executable, TrainingGraph.LOSS_WEIGHT) : trimmed.size();
        return new Sums(loss * weight, weight, read(executable, TrainingGraph.CORRECT1), read(executable, TrainingGraph.CORRECT5),
                trimmed.size(), 0, 0);
    }

    /** What a graph is fed with a batch. */
    static Map<String, Tensor> inputs(Batch batch) {
        if (batch.mix().isEmpty()) {
            return Map.of(TrainingGraph.IMAGES, batch.images(), TrainingGraph.LABELS, batch.labels());
        }
        Batch.Mix mix = batch.mix().get();
        return Map.of(TrainingGraph.IMAGES, batch.images(), TrainingGraph.LABELS, batch.labels(), TrainingGraph.SECOND_LABELS, mix.labels(),
                TrainingGraph.SHARES, mix.shares());
    }

    /** A scalar output of the last run. */
    double read(String output) {
        return read(last, output);
    }

    private double read(Executable executable, String output) {
        executable.read(output, scalar);
        return scalar.item();
    }

    @Override
    public void close() {
        compiled.values().forEach(Executable::close);
        compiled.clear();
    }
}

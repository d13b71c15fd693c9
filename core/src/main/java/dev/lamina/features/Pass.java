package dev.lamina.features;

import dev.lamina.backend.Backend;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.graph.Value;
import dev.lamina.tensor.Tensor;
import java.util.HashMap;
import java.util.Map;

/**
 * One pass over samples in batches, each of which runs the same graph on a backend. The last batch may be smaller. One thread at a time.
 */
public final class Pass {
    private static final long BATCH_BYTES = 16L << 20;
    private static final long MOST_ROWS = 4096;

    private final Backend backend;
    private final Samples samples;
    private final FitListener listener;
    private final String stage;
    private int batch;

    /** What a batch computes: adds to the graph and names outputs; {@code x} is float32 {@code [n, sampleShape]}. */
    @FunctionalInterface
    public interface Step {
        /** Adds the nodes. */
        void build(FeatureGraph graph, Value x);
    }

    /** Takes what a batch computed. */
    @FunctionalInterface
    public interface Reader {
        /**
         * A batch was run.
         *
         * @param first index of its first sample
         * @param done holds the outputs until the next batch
         */
        void read(int first, Executable done);
    }

    /**
     * A pass whose batches hold about 16 MiB of samples.
     *
     * @param stage what the listener is told
     */
    public Pass(Backend backend, Samples samples, String stage, FitListener listener) {
        this.backend = backend;
        this.samples = samples;
        this.stage = stage;
        this.listener = listener;
        long row = Math.max(1, samples.sampleShape().elements() * Float.BYTES);
        this.batch = (int) Math.clamp(BATCH_BYTES / row, 1, Math.min(MOST_ROWS, samples.size()));
    }

    /** Takes so many samples at a time. Returns this. */
    public Pass batch(int rows) {
        batch = Math.clamp(rows, 1, samples.size());
        return this;
    }

    /** Runs all batches in order. */
    public void run(Step step, Reader reader) {
        Map<Integer, Compiled> compiled = new HashMap<>();
        try {
            for (int first = 0; first < samples.size(); first += batch) {
                int n = Math.min(batch, samples.size() - first);
                Compiled ready = compiled.computeIfAbsent(n, rows -> compile(step, rows));
                ready.run(samples, first);
                reader.read(first, ready.executable);
                listener.onProgress(stage, first + n, samples.size());
            }
        } finally {
            compiled.values().forEach(Compiled::close);
        }
    }

    private Compiled compile(Step step, int rows) {
        FeatureGraph graph = new FeatureGraph(rows);
        step.build(graph, graph.samples(samples.type(), samples.sampleShape()));
        State state = graph.state(backend);
        try {
            Executable executable = backend.compile(graph.build(), CompileOptions.defaults().requiringDeterminism());
            return new Compiled(executable, state, Tensor.zeros(samples.type(), FeatureGraph.batched(samples.sampleShape(), rows)), graph);
        } catch (RuntimeException e) {
            state.close();
            throw e;
        }
    }

    private record Compiled(Executable executable, State state, Tensor buffer, FeatureGraph graph) implements AutoCloseable {
        void run(Samples samples, int first) {
            samples.read(first, buffer);
            Map<String, Tensor> inputs = new HashMap<>();
            if (executable.graph().inputs().stream().anyMatch(v -> v.node().name().equals(FeatureGraph.SAMPLES))) {
                inputs.put(FeatureGraph.SAMPLES, buffer);
            }
            graph.rowInputs().forEach((name, all) -> inputs.put(name, all.slice(0, first, first + graph.batch())));
            executable.run(state, inputs);
        }

        @Override
        public void close() {
            executable.close();
            state.close();
        }
    }
}

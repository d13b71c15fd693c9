package dev.lamina.train;

import dev.lamina.backend.Backend;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.data.Batch;
import dev.lamina.graph.Graph;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;

/** Runs training steps: of one batch in one graph, or of several whose gradients are gathered first. One thread at a time. */
final class Stepper implements AutoCloseable {
    private final Updating updating;
    private final int batchesPerStep;
    private final boolean skips;
    private final Executables training;
    private final Graph updatingGraph;
    private final List<Value> variables;
    private final Tensor scalar = Tensor.zeros(DType.FLOAT32, Shape.scalar());
    private final Backend backend;
    private final CompileOptions options;
    private Executable update;

    /**
     * What a step did.
     *
     * @param sums over its samples; where the loss is not finite, over those up to there, and nothing was updated in a gathering step
     * @param batches batches that it took
     * @param gradientNorm norm of the gradient before it was limited, NaN if it is not watched
     * @param skipped whether the gradient was not finite and nothing was updated
     * @param finite whether the loss is finite and so is the norm, where it is watched and the step was not skipped
     */
    record Outcome(Sums sums, int batches, double gradientNorm, boolean skipped, boolean finite) { }

    /**
     * Compiles nothing yet.
     *
     * @param first the training graph of full batches
     * @param graphs training graphs by batch size
     */
    Stepper(Backend backend, CompileOptions options, Updating updating, TrainingGraph first, LongFunction<TrainingGraph> graphs) {
        this.backend = backend;
        this.options = options;
        this.updating = updating;
        this.batchesPerStep = updating.config().rules().accumulate();
        this.skips = updating.config().rules().nonFinite() == StepRules.NonFinite.SKIP;
        this.training = new Executables(backend, options, graphs);
        this.variables = new ArrayList<>(first.variables());
        if (updating.config().rules().inTwoPhases()) {
            var builder = updating.graph(first.variables());
            variables.addAll(builder.variables());
            this.updatingGraph = builder.build();
        } else {
            this.updatingGraph = null;
        }
    }

    /** Variables of all graphs; some come twice. */
    List<Value> variables() {
        return variables;
    }

    /** Takes the batches of one step, fewer at the end of an epoch, and does it under the rate that the state holds. */
    Outcome step(State state, BatchSource.Stream stream) {
        if (updatingGraph == null) {
            Sums sums = run(state, stream);
            return done(sums, 1, updating.normIsWatched() ? training.read(TrainingGraph.GRADIENT_NORM) : Double.NaN);
        }
        Sums sums = Sums.ZERO;
        int taken = 0;
        while (taken < batchesPerStep && stream.hasNext()) {
            sums = sums.plus(run(state, stream));
            taken++;
            if (!Double.isFinite(sums.loss())) {
                return new Outcome(sums, taken, Double.NaN, false, false);
            }
        }
        if (skips && !Double.isFinite(training.read(Updating.GATHERED_NORM))) {
            empty(state);
            return new Outcome(sums, taken, Double.NaN, true, true);
        }
        if (update == null) {
            update = backend.compile(updatingGraph, options);
        }
        update.run(state, Map.of());
        double norm = Double.NaN;
        if (updating.normIsWatched()) {
            update.read(TrainingGraph.GRADIENT_NORM, scalar);
            norm = scalar.item();
        }
        return done(sums, taken, norm);
    }

    /** Runs the next batch; the time in which it was not there yet counts as waiting. */
    private Sums run(State state, BatchSource.Stream stream) {
        long asked = System.nanoTime();
        Batch batch = stream.next();
        double waited = (System.nanoTime() - asked) * 1e-9;
        return training.run(state, batch).plus(Sums.time(0, waited));
    }

    private Outcome done(Sums sums, int taken, double norm) {
        boolean finite = Double.isFinite(sums.loss()) && (!updating.normIsWatched() || Double.isFinite(norm));
        return new Outcome(sums, taken, norm, false, finite);
    }

    /** Forgets what is gathered. */
    static void empty(State state) {
        for (Map.Entry<String, TensorType> variable : state.variables().entrySet()) {
            if (Updating.isGathered(variable.getKey())) {
                state.set(variable.getKey(), Tensor.zeros(variable.getValue().dtype(), variable.getValue().shape()));
            }
        }
    }

    @Override
    public void close() {
        training.close();
        if (update != null) {
            update.close();
        }
    }
}

package dev.lamina.train;

import dev.lamina.backend.Backend;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.State;
import dev.lamina.data.BatchLoader;
import dev.lamina.data.BatchOptions;
import dev.lamina.data.ChannelStatistics;
import dev.lamina.data.Dataset;
import dev.lamina.data.Split;
import dev.lamina.io.Safetensors;
import dev.lamina.nn.Model;
import dev.lamina.optim.Optimizer;
import dev.lamina.optim.Schedule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Trains a model: epochs of steps, a test after each, listeners, checkpoints.
 *
 * <p>With one seed, one backend and one configuration two runs give the same weights bit for bit, also if one of them was stopped or killed
 * and resumed. One thread at a time, except {@link #requestStop}.
 */
public final class Trainer implements AutoCloseable {
    private final Backend backend;
    private final Model model;
    private final Split data;
    private final TrainConfig config;
    private final Optimizer optimizer;
    private final Schedule schedule;
    private final List<Listener> listeners;
    private CompileOptions options = CompileOptions.defaults().requiringDeterminism();
    private GradientHook hook = GradientHook.none();
    private List<Double> classWeights = List.of();
    private TensorWriter tensorWriter = Safetensors::write;
    private BatchSource batches;
    private StartWeights start;
    private Path folder;
    private boolean resuming;
    private volatile boolean stopRequested;
    private ChannelStatistics statistics;
    private Session session;
    private Progress progress;
    private RunWriter writer;

    /**
     * A trainer; nothing is compiled or read yet.
     *
     * @param config what to do; it must describe the other arguments
     * @param optimizer adds the updates to the graph
     * @param schedule learning rate by step, from 0
     * @throws IllegalArgumentException if the data does not fit the model
     */
    public Trainer(Backend backend, Model model, Split data, TrainConfig config, Optimizer optimizer, Schedule schedule,
            List<Listener> listeners) {
        Evaluator.checkFits(model, data.train());
        this.backend = backend;
        this.model = model;
        this.data = data;
        this.config = config;
        this.optimizer = optimizer;
        this.schedule = schedule;
        this.listeners = List.copyOf(listeners);
        this.batches = BatchSource.of(new BatchLoader(data.train(), BatchOptions.of(config.batchSize()).shuffled(config.seed())));
    }

    /** Writes checkpoints and weights to a folder, which is made if necessary and must not hold a run. Returns this. */
    public Trainer runFolder(Path path) {
        folder = path;
        resuming = false;
        return this;
    }

    /** Goes on with the run in a folder. Returns this. */
    public Trainer resume(Path path) {
        folder = path;
        resuming = true;
        return this;
    }

    /** Starts from these weights in place of random ones; a run that is resumed goes on from its own. Returns this. */
    public Trainer startFrom(StartWeights weights) {
        start = weights;
        return this;
    }

    /** Writes files of tensors by this. Returns this. */
    Trainer tensorWriter(TensorWriter other) {
        tensorWriter = other;
        return this;
    }

    /** Changes gradients in the graph. Returns this. */
    public Trainer gradientHook(GradientHook other) {
        hook = other;
        return this;
    }

    /** Takes training batches from elsewhere, e.g. with augmentation, or a share of them. Returns this. */
    public Trainer batchSource(BatchSource other) {
        batches = other;
        return this;
    }

    /** Weighs each class in the training loss; none for all alike. Returns this. */
    public Trainer classWeights(List<Double> weights) {
        classWeights = List.copyOf(weights);
        return this;
    }

    /** How graphs are compiled, deterministic unless set; their precision is the configuration's in any case. Returns this. */
    public Trainer compileOptions(CompileOptions other) {
        options = other;
        return this;
    }

    /** Lets the step that is running finish; {@link #fit} then writes a checkpoint and returns. Any thread may call this. */
    public void requestStop() {
        stopRequested = true;
    }

    /**
     * Trains until the epochs are done, the loss no longer falls, or a stop is requested.
     *
     * @throws TrainingException if the loss is not finite, or the run folder does not allow what was asked
     * @throws IOException if the run folder cannot be written, or holds a damaged checkpoint
     */
    public TrainResult fit() throws IOException {
        try {
            prepare();
            Listener.Start start = new Listener.Start(config, backend.name(), backend.device().name(), batches.samples(),
                    data.test().size(), Math.ceilDiv(batches.batches(), config.rules().accumulate()), progress.step(), progress.history());
            listeners.forEach(l -> l.onStart(start));
            TrainResult result = progress.result(train());
            listeners.forEach(l -> l.onEnd(result));
            return result;
        } finally {
            listeners.forEach(Listener::close);
        }
    }

    private TrainResult.End train() throws IOException {
        while (progress.epoch() < config.epochs()) {
            if (EarlyStop.reached(progress.history(), config.patience(), config.minDelta())) {
                finish();
                return TrainResult.End.EARLY_STOP;
            }
            if (!trainEpoch()) {
                checkpoint();
                return TrainResult.End.STOPPED;
            }
            progress.endEpoch(session.evaluate(data.test()));
            session.observe(progress.history());
            Listener.Epoch event = new Listener.Epoch(progress.history().getLast(), progress.history());
            listeners.forEach(l -> l.onEpoch(event));
            if (config.keeping().lastIsBest(progress.history())) {
                writer.best(record(false), session.weights());
            }
            checkpoint();
        }
        finish();
        return TrainResult.End.FINISHED;
    }

    /** Trains the rest of the current epoch; false if a stop was requested. */
    private boolean trainEpoch() throws IOException {
        if (stopRequested) {
            return false;
        }
        progress.startClock();
        try (BatchSource.Stream stream = batches.open(progress.epoch(), progress.batch())) {
            while (stream.hasNext()) {
                double rate = session.setRate(progress.step());
                Stepper.Outcome outcome = session.step(stream);
                checkFinite(outcome, rate);
                progress.advance(outcome, rate);
                Listener.Step event = progress.event(outcome);
                listeners.forEach(l -> l.onStep(event));
                if (stopRequested) {
                    return false;
                }
                if (config.checkpointEvery() > 0 && progress.step() % config.checkpointEvery() == 0 && stream.hasNext()) {
                    checkpoint();
                }
            }
        }
        return true;
    }

    private void checkFinite(Stepper.Outcome outcome, double rate) {
        if (!outcome.finite()) {
            double loss = outcome.sums().evaluation().loss();
            String what = Double.isFinite(loss) ? "the gradient's norm is " + outcome.gradientNorm() : "loss is " + loss;
            throw new Diagnosis(session, batches).failure(what, progress, rate, writer);
        }
    }

    /** Loss and accuracy on a set, under the present weights. Call after {@link #fit}. */
    public Evaluation evaluate(Dataset samples) {
        if (session == null) {
            throw new IllegalStateException("trainer: evaluate before fit.");
        }
        return session.evaluate(samples);
    }

    /** The variables on the device. Call after {@link #fit}; closed with this trainer. */
    public State state() {
        if (session == null) {
            throw new IllegalStateException("trainer: state before fit.");
        }
        return session.state();
    }

    private void prepare() throws IOException {
        if (session != null) {
            throw new IllegalStateException("trainer: fit may be called once. Make another trainer, and resume.");
        }
        Checkpoint checkpoint = null;
        if (folder != null && resuming) {
            checkpoint = Checkpoint.load(folder);
            checkFits(checkpoint.run());
            Checkpoint.cleanUp(folder);
        } else if (folder != null && Checkpoint.exists(folder)) {
            throw new TrainingException("trainer: \"" + folder + "\" holds a run already. Resume it, or give another folder.");
        }
        if (folder == null && config.keeping().best()) {
            throw new TrainingException("trainer: the best weights are to be kept, but there is no run folder. Give one.");
        }
        statistics = checkpoint != null ? checkpoint.run().statistics() : StartWeights.statistics(start, data.train());
        session = new Session(backend, options.withPrecision(config.precision()),
                new Session.Recipe(model, statistics, config, optimizer, schedule, hook,
                        new LossTerms(classWeights, batches.mixes())), resuming ? null : start);
        writer = new RunWriter(folder, tensorWriter, listeners, checkpoint == null ? null : checkpoint.run());
        if (checkpoint != null) {
            session.restore(checkpoint.tensors());
            progress = Progress.of(checkpoint.run());
            session.observe(progress.history());
            progress.lastRate(progress.step() == 0 ? 0 : session.setRate(progress.step() - 1));
            return;
        }
        session.initialize();
        progress = new Progress();
        if (folder != null) {
            Files.createDirectories(folder);
            checkpoint();
        }
    }

    private void checkFits(RunRecord run) {
        List<String> conflicts = run.config().conflicts(config);
        if (run.trainSamples() != batches.samples()) {
            conflicts.add("training samples were " + run.trainSamples() + ", now " + batches.samples());
        }
        if (!conflicts.isEmpty()) {
            throw new TrainingException("trainer: cannot resume \"" + folder + "\": " + String.join("; ", conflicts)
                    + ". Resume with the settings of the run, or start another.");
        }
    }

    private void checkpoint() throws IOException {
        writer.checkpoint(record(false), session::snapshot);
    }

    private void finish() throws IOException {
        if (config.keeping().restoreBest() && config.keeping().bestEpoch(progress.history()) >= 0) {
            session.setWeights(writer.best());
        }
        writer.finish(record(true), session::weights);
    }

    private RunRecord record(boolean finished) {
        List<Long> shape = Arrays.stream(model.inputShape().toArray()).boxed().toList();
        return new RunRecord(RunRecord.FORMAT, config, shape, data.train().classNames(), statistics, batches.samples(), backend.name(),
                backend.device().name(), progress.epoch(), progress.batch(), progress.step(), progress.skipped(), progress.sums(),
                progress.seconds(), progress.history(), finished, "", "");
    }

    /** Releases the device's memory. Idempotent. */
    @Override
    public void close() {
        if (session != null) {
            session.close();
        }
    }
}

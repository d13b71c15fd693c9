package dev.lamina.train;

import dev.lamina.backend.Backend;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.State;
import dev.lamina.data.Batch;
import dev.lamina.data.BatchLoader;
import dev.lamina.data.BatchOptions;
import dev.lamina.data.ChannelStatistics;
import dev.lamina.data.Dataset;
import dev.lamina.data.Split;
import dev.lamina.nn.Model;
import dev.lamina.optim.Optimizer;
import dev.lamina.optim.Schedule;
import dev.lamina.tensor.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

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
    private BatchSource batches;
    private Path folder;
    private boolean resuming;
    private volatile boolean stopRequested;
    private ChannelStatistics statistics;
    private Session session;
    private Progress progress;
    private RunRecord saved;

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
                    data.test().size(), batches.batches(), progress.step(), progress.history());
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
            Evaluation test = session.evaluator().evaluate(data.test(), config.evalBatchSize());
            progress.endEpoch(test);
            Listener.Epoch event = new Listener.Epoch(progress.history().getLast(), progress.history());
            listeners.forEach(l -> l.onEpoch(event));
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
                long asked = System.nanoTime();
                Batch batch = stream.next();
                progress.waited(System.nanoTime() - asked);
                double rate = session.setRate(progress.step());
                Sums sums = session.step(batch);
                if (!Double.isFinite(sums.loss())) {
                    throw failure(sums.loss(), rate);
                }
                progress.advance(sums, rate);
                Listener.Step event = progress.event(sums);
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

    /** Loss and accuracy on a set, under the present weights. Call after {@link #fit}. */
    public Evaluation evaluate(Dataset samples) {
        if (session == null) {
            throw new IllegalStateException("trainer: evaluate before fit.");
        }
        return session.evaluator().evaluate(samples, config.evalBatchSize());
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
        statistics = checkpoint != null ? checkpoint.run().statistics() : statistics();
        session = new Session(backend, options.withPrecision(config.precision()),
                new Session.Recipe(model, statistics, config, optimizer, schedule, hook, new LossTerms(classWeights, batches.mixes())));
        if (checkpoint != null) {
            session.restore(checkpoint.tensors());
            saved = checkpoint.run();
            progress = Progress.of(checkpoint.run());
            return;
        }
        session.initialize();
        progress = new Progress();
        if (folder != null) {
            Files.createDirectories(folder);
            checkpoint();
        }
    }

    private ChannelStatistics statistics() {
        return data.train().sampleType() == DType.FLOAT32 ? ChannelStatistics.none() : ChannelStatistics.of(data.train());
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
        if (folder == null) {
            return;
        }
        boolean tensorsThere = saved != null && saved.step() == progress.step();
        saved = tensorsThere ? Checkpoint.saveRun(folder, record(false).withFile(saved.checkpoint(), saved.sha256()))
                : Checkpoint.save(folder, record(false), new TreeMap<>(session.snapshot()));
        Listener.Saved event = new Listener.Saved(folder.resolve(saved.checkpoint()), saved.step());
        listeners.forEach(l -> l.onCheckpoint(event));
    }

    private void finish() throws IOException {
        if (folder != null) {
            RunFolder.writeWeights(folder, saved, new TreeMap<>(session.weights()));
            saved = Checkpoint.saveRun(folder, record(true).withFile(saved.checkpoint(), saved.sha256()));
        }
    }

    private RunRecord record(boolean finished) {
        List<Long> shape = Arrays.stream(model.inputShape().toArray()).boxed().toList();
        return new RunRecord(RunRecord.FORMAT, config, shape, data.train().classNames(), statistics, batches.samples(), backend.name(),
                backend.device().name(), progress.epoch(), progress.batch(), progress.step(), progress.sums(), progress.seconds(),
                progress.history(), finished, "", "");
    }

    private TrainingException failure(double loss, double rate) {
        long bad = progress.step();
        String origin = null;
        try {
            origin = origin(bad).orElse(null);
        } catch (IOException | RuntimeException e) {
            origin = "its origin was not found (" + e.getMessage() + ")";
        }
        return new TrainingException("trainer: loss is " + loss + " at step " + (bad + 1) + "; "
                + Objects.requireNonNullElse(origin, "its origin was not found") + ". Learning rate is " + rate
                + ". Try a smaller one, or clip gradients.");
    }

    /** Puts the session back to the last known state and replays from there. */
    private Optional<String> origin(long bad) throws IOException {
        Diagnosis diagnosis = new Diagnosis(session, batches);
        long known = saved != null ? saved.step() : 0;
        if (bad - known > Diagnosis.LIMIT) {
            return Optional.of("its origin was not looked for, the last checkpoint is " + (bad - known) + " steps back");
        }
        if (saved != null) {
            session.restore(Checkpoint.load(folder).tensors());
            return diagnosis.find(saved.epoch(), saved.batch(), saved.step(), bad);
        }
        session.initialize();
        return diagnosis.find(0, 0, 0, bad);
    }

    /** Releases the device's memory. Idempotent. */
    @Override
    public void close() {
        if (session != null) {
            session.close();
        }
    }
}

package dev.lamina.rbm;

import dev.lamina.backend.Backend;
import dev.lamina.backend.CompileOptions;
import dev.lamina.data.Batch;
import dev.lamina.data.BatchEpoch;
import dev.lamina.data.BatchLoader;
import dev.lamina.data.BatchOptions;
import dev.lamina.data.Dataset;
import dev.lamina.tensor.Tensor;
import dev.lamina.train.TrainingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Trains a machine: epochs of contrastive divergence, measures after each, listeners, checkpoints at the ends of epochs and on request.
 *
 * <p>With one seed, backend and configuration two runs give the same numbers bit for bit, also if one was stopped and resumed. One thread
 * at a time, except {@link #requestStop}.
 */
public final class RbmTrainer implements AutoCloseable {
    /** Training ends where the reconstruction error is above this many times its first value. */
    public static final double DIVERGENCE = 10;

    private final Backend backend;
    private final Rbm rbm;
    private final Dataset train;
    private final Dataset heldOut;
    private final RbmConfig config;
    private final List<RbmListener> listeners;
    private final BatchLoader loader;
    private CompileOptions options = CompileOptions.defaults().requiringDeterminism();
    private Path folder;
    private boolean resuming;
    private volatile boolean stopRequested;
    private RbmSession session;
    private int epoch;
    private int batch;
    private long step;
    private double errorSum;
    private double firstError = Double.NaN;
    private double seconds;
    private long clock;
    private List<RbmEpoch> history = new ArrayList<>();

    /**
     * A trainer; nothing is compiled yet.
     *
     * @param train samples to learn from: uint8 pixels, which are divided by 255, or float32
     * @param heldOut samples to measure on
     * @throws IllegalArgumentException if the data does not suit the machine
     */
    public RbmTrainer(Backend backend, Rbm rbm, Dataset train, Dataset heldOut, RbmConfig config, List<RbmListener> listeners) {
        VisibleData.check(rbm, train);
        VisibleData.check(rbm, heldOut);
        this.backend = backend;
        this.rbm = rbm;
        this.train = train;
        this.heldOut = heldOut;
        this.config = config;
        this.listeners = List.copyOf(listeners);
        this.loader = new BatchLoader(train, BatchOptions.of(config.batchSize()).shuffled(config.seed()));
    }

    /** Writes checkpoints to a folder, which is made if necessary and must not hold a run. Returns this. */
    public RbmTrainer folder(Path path) {
        folder = path;
        resuming = false;
        return this;
    }

    /** Goes on with the run in a folder. Returns this. */
    public RbmTrainer resume(Path path) {
        folder = path;
        resuming = true;
        return this;
    }

    /** How graphs are compiled; deterministic float32 unless set. Returns this. */
    public RbmTrainer compileOptions(CompileOptions other) {
        options = other;
        return this;
    }

    /** Settings of the run in a folder. */
    public static RbmConfig config(Path folder) throws IOException {
        return RbmCheckpoint.load(folder).record().config();
    }

    /** Machine of the run in a folder. */
    public static Rbm machine(Path folder) throws IOException {
        return RbmCheckpoint.load(folder).record().rbm();
    }

    /** All variables of the run in a folder by name, as its last checkpoint has them. */
    public static Map<String, Tensor> variables(Path folder) throws IOException {
        return RbmCheckpoint.load(folder).tensors();
    }

    /** True if a run has been started in this folder. */
    public static boolean isRun(Path folder) {
        return RbmCheckpoint.exists(folder);
    }

    /** Lets the step that is running finish; {@link #fit} then writes a checkpoint and returns. Any thread may call this. */
    public void requestStop() {
        stopRequested = true;
    }

    /**
     * Trains until the epochs are done or a stop is requested.
     *
     * @throws TrainingException if the reconstruction error diverges, or the folder does not allow what was asked
     * @throws IOException if the folder cannot be written or holds a damaged checkpoint
     */
    public RbmResult fit() throws IOException {
        prepare();
        while (epoch < config.epochs()) {
            if (!trainEpoch()) {
                checkpoint();
                return result(false);
            }
            endEpoch();
            checkpoint();
        }
        return result(true);
    }

    private void prepare() throws IOException {
        if (session != null) {
            throw new IllegalStateException("rbm: fit may be called once. Make another trainer, and resume.");
        }
        RbmCheckpoint checkpoint = folder != null && resuming ? RbmCheckpoint.load(folder) : null;
        if (checkpoint != null) {
            checkFits(checkpoint.record());
        } else if (folder != null && RbmCheckpoint.exists(folder)) {
            throw new TrainingException("rbm: \"" + folder + "\" holds a run already. Resume it, or give another folder.");
        }
        session = new RbmSession(backend, options, rbm, config);
        if (checkpoint == null) {
            session.initialize(RbmParameters.initial(rbm, train, config.hiddenBias(), config.seed()));
            if (folder != null) {
                Files.createDirectories(folder);
                checkpoint();
            }
            return;
        }
        session.restore(checkpoint.tensors());
        RbmCheckpoint.Record saved = checkpoint.record();
        epoch = saved.epoch();
        batch = saved.batch();
        step = saved.step();
        errorSum = saved.errorSum();
        firstError = saved.firstError();
        seconds = saved.seconds();
        history = new ArrayList<>(saved.history());
    }

    private void checkFits(RbmCheckpoint.Record saved) {
        List<String> conflicts = new ArrayList<>();
        if (!saved.rbm().equals(rbm)) {
            conflicts.add("machine was " + saved.rbm() + ", now " + rbm);
        }
        if (!saved.config().withEpochs(0).equals(config.withEpochs(0))) {
            conflicts.add("settings were " + saved.config() + ", now " + config);
        }
        if (saved.samples() != train.size()) {
            conflicts.add("training samples were " + saved.samples() + ", now " + train.size());
        }
        if (!conflicts.isEmpty()) {
            throw new TrainingException("rbm: cannot resume \"" + folder + "\": " + String.join("; ", conflicts)
                    + ". Resume with the settings of the run, or start another.");
        }
    }

    /** Trains the rest of the current epoch; false if a stop was requested. */
    private boolean trainEpoch() {
        clock = System.nanoTime();
        session.setMomentum(config.momentumOf(epoch));
        try (BatchEpoch batches = loader.epoch(epoch, batch)) {
            while (batches.hasNext()) {
                if (stopRequested) {
                    return false;
                }
                Batch samples = batches.next().trimmed();
                double error = session.step(samples.images());
                step++;
                batch++;
                checkError(error);
                errorSum += error * samples.size();
                for (RbmListener listener : listeners) {
                    listener.onStep(epoch + 1, batch, loader.batches(), error);
                }
            }
        }
        return true;
    }

    private void checkError(double error) {
        if (Double.isNaN(firstError) && Double.isFinite(error)) {
            firstError = error;
        }
        if (!(error <= DIVERGENCE * firstError)) {
            throw new TrainingException("rbm: reconstruction error is " + Ranges.text(error) + " at step " + step + ", its first value was "
                    + Ranges.text(firstError) + " (training stops above " + (int) DIVERGENCE + " times that). Learning rate is "
                    + config.rate() + ". Try a smaller one.");
        }
    }

    private void endEpoch() {
        RbmInference.Measures test = session.inference().measureChecked(heldOut);
        RbmInference.Measures seen = session.inference().measureChecked(train.first(heldOut.size()));
        double error = errorSum / train.size();
        tick();
        epoch++;
        history.add(new RbmEpoch(epoch, step, error, test.error(), seen.freeEnergy(), test.freeEnergy(), session.updateRatio(),
                test.activity(), config.rate(), config.momentumOf(epoch - 1), seconds));
        batch = 0;
        errorSum = 0;
        List<RbmEpoch> soFar = List.copyOf(history);
        listeners.forEach(l -> l.onEpoch(soFar));
    }

    private void tick() {
        long now = System.nanoTime();
        seconds += (now - clock) * 1e-9;
        clock = now;
    }

    private void checkpoint() throws IOException {
        if (folder != null) {
            if (clock != 0) {
                tick();
            }
            RbmCheckpoint.Record record = new RbmCheckpoint.Record(rbm, config, train.size(), epoch, batch, step, errorSum, firstError,
                    seconds, history);
            new RbmCheckpoint(record, session.snapshot()).save(folder);
        }
    }

    private RbmResult result(boolean finished) {
        return new RbmResult(finished, history, step, session.parameters());
    }

    /**
     * The last step of every weight, {@code [V, H]}. Call after {@link #fit}.
     *
     * @throws IllegalStateException before that
     */
    public Tensor lastUpdate() {
        if (session == null) {
            throw new IllegalStateException("rbm: lastUpdate before fit.");
        }
        return session.lastUpdate();
    }

    /** Releases the device's memory. Idempotent. */
    @Override
    public void close() {
        if (session != null) {
            session.close();
        }
    }
}

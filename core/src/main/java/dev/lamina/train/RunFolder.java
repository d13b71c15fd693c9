package dev.lamina.train;

import dev.lamina.backend.Backend;
import dev.lamina.backend.CompileOptions.Precision;
import dev.lamina.data.ChannelStatistics;
import dev.lamina.nn.Model;
import dev.lamina.optim.WeightAverage;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What training left in a folder, for evaluation, prediction and resuming. Immutable.
 *
 * <p>Files: {@code run.json} and the checkpoint that it names; {@value #WEIGHTS}, the parameters and buffers, once training is finished;
 * {@value #WEIGHTS_BEST}, those of the best epoch, if the run keeps them; and what the listeners write.
 */
public final class RunFolder {
    /** File of the trained parameters and buffers. */
    public static final String WEIGHTS = "weights.safetensors";

    /** File of the best epoch's parameters and buffers, where the run keeps them. */
    public static final String WEIGHTS_BEST = "weights-best.safetensors";

    private final Path path;
    private final RunRecord run;
    private final Map<String, Tensor> weights;

    private RunFolder(Path path, RunRecord run, Map<String, Tensor> weights) {
        this.path = path;
        this.run = run;
        this.weights = weights;
    }

    /** True if a run has been started in this folder. */
    public static boolean isRun(Path folder) {
        return Checkpoint.exists(folder);
    }

    /**
     * Reads the settings alone.
     *
     * @throws TrainingException if there is no run
     * @throws IOException if it is damaged
     */
    public static TrainConfig config(Path folder) throws IOException {
        return Checkpoint.loadRun(folder).config();
    }

    /**
     * Reads all but the weights, and looks whether the file of weights that {@link #open} would read is there, not what is in it.
     *
     * @throws TrainingException if there is no run, or the file of weights is missing
     * @throws IOException if the record is damaged
     */
    public static RunInfo info(Path folder) throws IOException {
        RunRecord run = Checkpoint.loadRun(folder);
        if (!(run.finished() && Files.isRegularFile(folder.resolve(WEIGHTS)))) {
            Checkpoint.file(folder, run);
        }
        return new RunInfo(folder, run.config(), shape(run), run.classNames(), run.backend(), run.device(), run.trainSamples(), run.step(),
                run.seconds(), run.history(), run.finished());
    }

    private static Shape shape(RunRecord run) {
        return Shape.of(run.inputShape().stream().mapToLong(Long::longValue).toArray());
    }

    /**
     * Reads settings and weights: the final ones if training is finished, else those of the last checkpoint.
     *
     * @throws TrainingException if there is no run, or a file is missing
     * @throws IOException if a file is damaged
     */
    public static RunFolder open(Path folder) throws IOException {
        RunRecord run = Checkpoint.loadRun(folder);
        Path file = folder.resolve(WEIGHTS);
        boolean complete = run.finished() && Files.isRegularFile(file);
        Map<String, Tensor> weights = complete ? Checkpoint.read(file) : unfinished(Checkpoint.load(folder));
        return new RunFolder(folder, run, Collections.unmodifiableMap(weights));
    }

    /**
     * Reads settings and the weights of the best epoch so far.
     *
     * @throws TrainingException if there is no run, or it keeps none or has none yet
     * @throws IOException if a file is damaged
     */
    public static RunFolder openBest(Path folder) throws IOException {
        RunRecord run = Checkpoint.loadRun(folder);
        Path file = folder.resolve(WEIGHTS_BEST);
        if (!Files.isRegularFile(file)) {
            throw new TrainingException("run folder \"" + folder + "\": " + WEIGHTS_BEST + " is missing. Train with --keep best,last, for "
                    + "one epoch at least.");
        }
        return new RunFolder(folder, run, Collections.unmodifiableMap(Checkpoint.read(file)));
    }

    /**
     * Weights that no training of Lamina left, e.g. of an ONNX file, as a finished run without steps. Nothing is written.
     *
     * @param path where they are
     * @param config settings; the model by which it is made again, and the data that it was meant for, if that is known
     * @param inputShape shape of a sample
     * @param classNames names of the classes in label order
     * @param statistics by which samples are normalised
     * @param weights parameters and buffers by name, which must not be changed
     */
    public static RunFolder of(Path path, TrainConfig config, Shape inputShape, List<String> classNames, ChannelStatistics statistics,
            Map<String, Tensor> weights) {
        RunRecord run = new RunRecord(RunRecord.FORMAT, config, Arrays.stream(inputShape.toArray()).boxed().toList(), classNames,
                statistics, 0, "none", "none", 0, 0, 0, 0, Sums.ZERO, 0, List.of(), true, "", "");
        return new RunFolder(path, run, Collections.unmodifiableMap(weights));
    }

    /** The weights that tests use: averages in place of weights where the run says so. */
    private static Map<String, Tensor> unfinished(Checkpoint checkpoint) {
        Map<String, Tensor> weights = new TreeMap<>(checkpoint.tensors());
        if (checkpoint.run().config().averaging().evaluate()) {
            checkpoint.tensors().forEach((name, tensor) -> {
                if (name.startsWith(WeightAverage.PREFIX)) {
                    weights.put(name.substring(WeightAverage.PREFIX.length()), tensor);
                }
            });
        }
        return weights;
    }

    /** What the header of a file of weights holds. */
    static Map<String, String> metadata(RunRecord run) {
        Map<String, String> metadata = new TreeMap<>();
        metadata.put("format", "pt");
        metadata.put("lamina.model", run.config().model());
        metadata.put("lamina.data", run.config().data());
        metadata.put("lamina.input", run.inputShape().toString());
        metadata.put("lamina.mean", run.statistics().mean().toString());
        metadata.put("lamina.std", run.statistics().std().toString());
        metadata.put("lamina.classes", String.join(",", run.classNames()));
        return metadata;
    }

    /** The folder. */
    public Path path() {
        return path;
    }

    /** Settings of the run. */
    public TrainConfig config() {
        return run.config();
    }

    /** Shape of a sample. */
    public Shape inputShape() {
        return shape(run);
    }

    /** Names of the classes in label order. */
    public List<String> classNames() {
        return run.classNames();
    }

    /** By which samples are normalised. */
    public ChannelStatistics statistics() {
        return run.statistics();
    }

    /** One entry a complete epoch. */
    public List<EpochMetrics> history() {
        return run.history();
    }

    /** Steps done. */
    public long steps() {
        return run.step();
    }

    /** Whether training came to its end. */
    public boolean finished() {
        return run.finished();
    }

    /** Parameters and buffers by name; of an unfinished run also the optimizer's. Not to be changed. */
    public Map<String, Tensor> weights() {
        return weights;
    }

    /**
     * An evaluator with these weights in the precision of the run, which the caller closes.
     *
     * @throws IllegalArgumentException if they are not this model's
     */
    public Evaluator evaluator(Backend backend, Model model) {
        return evaluator(backend, model, config().precision());
    }

    /**
     * An evaluator with these weights, which the caller closes.
     *
     * @throws IllegalArgumentException if they are not this model's
     */
    public Evaluator evaluator(Backend backend, Model model, Precision precision) {
        return Evaluator.of(backend, model, run.statistics(), precision, weights);
    }
}

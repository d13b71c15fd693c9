package dev.lamina.train;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.data.Vectors;
import dev.lamina.graph.Gradients;
import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.Loss;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Reduction;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Update;
import dev.lamina.graph.Value;
import dev.lamina.nn.Context;
import dev.lamina.nn.Layer;
import dev.lamina.nn.Parameters;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Philox;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Trains a classifier of feature vectors that lie in memory: features, points of the plane, pixels that are normalised already. For images
 * with run folders and resuming there is {@link Trainer}.
 *
 * <p>One seed gives one result on one backend. One thread at a time.
 */
public final class VectorTrainer implements AutoCloseable {
    private static final String INPUT = "x";
    private static final String LABELS = "labels";
    private static final String LOSS = "loss";
    private static final String LOGITS = "logits";
    private static final String RATE = "lr";
    private static final String SIZE = "rms.";
    private static final long ORDER_KEY = 0x6A09E667F3BCC909L;

    private final VectorOptions options;
    private final Layer layer;
    private final int width;
    private final int classes;
    private final Parameters parameters;
    private final List<String> measured = new ArrayList<>();
    private final State state;
    private final Executable training;
    private final Executable inference;
    private final Rows rows;
    private final Tensor rate = Tensor.zeros(DType.FLOAT32, Shape.scalar());
    private final Tensor scalar = Tensor.zeros(DType.FLOAT32, Shape.scalar());
    private long step;
    private int epoch;

    /**
     * What one epoch of training gave.
     *
     * @param number from 1
     * @param loss mean loss of the training vectors as they were met
     * @param seconds wall-clock time
     * @param gradients root mean square of each weight's gradient over all its elements and the epoch's steps, by parameter, from the
     *         input on; empty unless asked for
     */
    public record Epoch(int number, double loss, double seconds, Map<String, Double> gradients) { }

    /**
     * How good the model is on a set.
     *
     * @param accuracy share of vectors whose label has the largest logit, the lowest class at ties; NaN logits are wrong
     * @param loss mean cross-entropy
     * @param samples number of vectors
     */
    public record Score(double accuracy, double loss, int samples) { }

    /**
     * Compiles the graphs and sets the initial weights.
     *
     * @param layer maps {@code [B, D]} to logits {@code [B, classes]}
     * @throws dev.lamina.graph.GraphException if it does not fit the width and the classes
     */
    public VectorTrainer(Backend backend, Layer layer, int width, int classes, VectorOptions options) {
        this.options = options;
        this.layer = layer;
        this.width = width;
        this.classes = classes;
        this.rows = new Rows(options.batchSize(), width);
        GraphBuilder builder = new GraphBuilder();
        Context context = new Context(builder, true);
        addStep(builder, context);
        this.parameters = context.parameters();
        this.state = backend.createState(builder.variables());
        this.training = backend.compile(builder.build(), options.compile());
        this.inference = backend.compile(scoring(), options.compile());
        parameters.initialize(state, options.seed());
        Tensor key = Tensor.zeros(DType.INT64, Shape.scalar());
        key.setLong(options.seed());
        state.set(GraphBuilder.SEED, key);
    }

    private Value logits(GraphBuilder builder, Context context) {
        Value x = builder.input(INPUT, TensorType.of(DType.FLOAT32, options.batchSize(), width));
        Value logits = layer.apply(context, x);
        if (!logits.shape().equals(Shape.of(options.batchSize(), classes))) {
            throw new IllegalArgumentException("vectorTrainer: logits have shape " + logits.shape() + ", needs "
                    + Shape.of(options.batchSize(), classes) + " ([batch, classes]).");
        }
        return logits;
    }

    private void addStep(GraphBuilder builder, Context context) {
        Value logits = logits(builder, context);
        Value labels = builder.input(LABELS, TensorType.of(DType.INT32, options.batchSize()));
        Value loss = Loss.crossEntropy(logits, labels, Loss.Options.defaults());
        builder.output(LOSS, loss);
        Map<Value, Value> gradients = Gradients.unlessBlocked(loss, builder.trainable());
        gradients.forEach((parameter, gradient) -> {
            if (options.gradientSizes() && parameter.shape().rank() >= 2) {
                measured.add(parameter.name());
                builder.output(SIZE + parameter.name(), Reduction.mean(Pointwise.square(gradient)));
            }
        });
        Value learningRate = builder.variable(RATE, TensorType.of(DType.FLOAT32), false);
        builder.seed();
        Value number = builder.step();
        Value next = number.plus(1);
        options.optimizer().apply(builder, gradients, learningRate, next);
        Update.assign(number, next);
    }

    private Graph scoring() {
        GraphBuilder builder = new GraphBuilder();
        return builder.output(LOGITS, logits(builder, new Context(builder, false))).build();
    }

    /** One pass over the vectors in a new order; the last batch may be a smaller one, its mean is that of its vectors. */
    public Epoch epoch(Vectors data) {
        require(data);
        long start = System.nanoTime();
        int[] order = new Philox.Stream(options.seed() ^ ORDER_KEY, epoch, 0).permutation(data.size());
        double sum = 0;
        double[] squares = new double[measured.size()];
        int steps = 0;
        for (int at = 0; at < order.length; at += options.batchSize()) {
            int count = Math.min(options.batchSize(), order.length - at);
            sum += count * step(data, order, at, count);
            for (int i = 0; i < squares.length; i++) {
                squares[i] += read(SIZE + measured.get(i));
            }
            steps++;
        }
        epoch++;
        Map<String, Double> sizes = new LinkedHashMap<>();
        for (int i = 0; i < squares.length; i++) {
            sizes.put(measured.get(i), Math.sqrt(squares[i] / steps));
        }
        return new Epoch(epoch, sum / order.length, (System.nanoTime() - start) / 1e9, sizes);
    }

    private double step(Vectors data, int[] order, int at, int count) {
        rows.fill(data, order, at, count);
        double eta = options.schedule().rate(step);
        rate.set(eta);
        state.set(RATE, rate);
        training.run(state, Map.of(INPUT, rows.features, LABELS, rows.labels));
        step++;
        double loss = read(LOSS);
        if (!Double.isFinite(loss)) {
            throw new TrainingException("vectorTrainer: loss is " + loss + " at step " + step + " on \"" + data.name()
                    + "\". Learning rate is " + eta + ". Try a smaller one.");
        }
        return loss;
    }

    private double read(String output) {
        training.read(output, scalar);
        return scalar.item();
    }

    /** Accuracy and loss under the present weights. */
    public Score score(Vectors data) {
        double[] logits = logits(data);
        int right = 0;
        double loss = 0;
        for (int i = 0; i < data.size(); i++) {
            int label = (int) data.labels().getLong(i);
            double peak = Double.NEGATIVE_INFINITY;
            int best = -1;
            for (int k = 0; k < classes; k++) {
                double z = logits[i * classes + k];
                best = Double.isNaN(z) || Double.isNaN(peak) ? -1 : z > peak ? k : best;
                peak = Double.isNaN(z) ? z : Math.max(peak, z);
            }
            double total = 0;
            for (int k = 0; k < classes; k++) {
                total += Math.exp(logits[i * classes + k] - peak);
            }
            loss += peak + Math.log(total) - logits[i * classes + label];
            right += best == label ? 1 : 0;
        }
        return new Score((double) right / data.size(), loss / data.size(), data.size());
    }

    /** Logits of all vectors, {@code N x classes}, row by row. */
    public double[] logits(Vectors data) {
        require(data);
        double[] all = new double[Math.multiplyExact(data.size(), classes)];
        Tensor batch = Tensor.zeros(DType.FLOAT32, Shape.of(options.batchSize(), classes));
        for (int at = 0; at < data.size(); at += options.batchSize()) {
            int count = Math.min(options.batchSize(), data.size() - at);
            rows.fill(data, null, at, count);
            inference.run(state, Map.of(INPUT, rows.features));
            inference.read(LOGITS, batch);
            MemorySegment memory = batch.memory();
            for (int i = 0; i < count * classes; i++) {
                all[at * classes + i] = memory.getAtIndex(ValueLayout.JAVA_FLOAT, i);
            }
        }
        return all;
    }

    private void require(Vectors data) {
        if (data.width() != width || data.classes() != classes) {
            throw new IllegalArgumentException("vectorTrainer: \"" + data.name() + "\" has " + data.width() + " features and "
                    + data.classes() + " classes, the model " + width + " and " + classes + ".");
        }
    }

    /** The variables on the device; closed with this trainer. */
    public State state() {
        return state;
    }

    /** The model's parameters and buffers. */
    public Parameters parameters() {
        return parameters;
    }

    /** Releases the device's memory. Idempotent. */
    @Override
    public void close() {
        training.close();
        inference.close();
        state.close();
    }

    /** Host memory of one batch; rows that are too many are zero and labelled to be ignored. */
    private record Rows(Tensor features, Tensor labels, int width) {
        Rows(int batch, int width) {
            this(Tensor.zeros(DType.FLOAT32, Shape.of(batch, width)), Tensor.zeros(DType.INT32, Shape.of(batch)), width);
        }

        void fill(Vectors data, int[] order, int at, int count) {
            long bytes = 4L * width;
            MemorySegment from = data.features().memory();
            MemorySegment to = features.memory();
            for (int i = 0; i < count; i++) {
                int row = order == null ? at + i : order[at + i];
                MemorySegment.copy(from, row * bytes, to, i * bytes, bytes);
                labels.setLong(data.labels().getLong(row), i);
            }
            long capacity = labels.elements();
            if (count < capacity) {
                to.asSlice(count * bytes).fill((byte) 0);
                for (long i = count; i < capacity; i++) {
                    labels.setLong(Loss.IGNORE_INDEX, i);
                }
            }
        }
    }
}

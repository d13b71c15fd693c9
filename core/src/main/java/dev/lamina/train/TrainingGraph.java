package dev.lamina.train;

import dev.lamina.data.ChannelStatistics;
import dev.lamina.graph.Gradients;
import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.Loss;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Reduction;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.Softmax;
import dev.lamina.graph.Source;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Update;
import dev.lamina.graph.Value;
import dev.lamina.nn.Context;
import dev.lamina.nn.Model;
import dev.lamina.nn.Parameters;
import dev.lamina.optim.Optimizer;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The graph of a training step, an evaluation or a prediction for one batch size. Variables have the same names in all of them, so that one
 * state serves all. Immutable.
 *
 * <p>Inputs: {@value #IMAGES} uint8 {@code [B, C, H, W]}, float32 where there are no channel statistics, and {@value #LABELS} int32
 * {@code [B]} unless for prediction; rows with a negative label count for nothing. Outputs: {@value #LOSS}, {@value #CORRECT1} and
 * {@value #CORRECT5}, float32 scalars, the last two numbers of samples; for prediction {@value #PROBABILITIES} and {@value #LOGITS}
 * {@code [B, K]}.
 */
public final class TrainingGraph {
    /** Input: pixels. */
    public static final String IMAGES = "images";
    /** Input: classes. */
    public static final String LABELS = "labels";
    /** Input of training with mixed samples: classes of what was mixed in, int32 {@code [B]}. */
    public static final String SECOND_LABELS = "secondLabels";
    /** Input of training with mixed samples: how much of a sample belongs to its own label, float32 {@code [B]}. */
    public static final String SHARES = "shares";
    /** Output: mean loss of the batch. */
    public static final String LOSS = "loss";
    /** Output of training with class weights: what the batch's sum of losses was divided by; elsewhere that is the number of samples. */
    public static final String LOSS_WEIGHT = "lossWeight";
    /** Output: samples whose label has the largest logit. */
    public static final String CORRECT1 = "correct1";
    /** Output: samples whose label is among the five largest logits. */
    public static final String CORRECT5 = "correct5";
    /** Output of training that limits gradients or skips steps: their global norm before that. */
    public static final String GRADIENT_NORM = "gradientNorm";
    /** Output: softmax of the logits. */
    public static final String PROBABILITIES = "probabilities";
    /** Output: logits as float32. */
    public static final String LOGITS = "logits";
    /** Variable: learning rate of the next step, set by the host. */
    public static final String LEARNING_RATE = "lr";

    private static final int TOP = 5;

    private final GraphBuilder builder = new GraphBuilder();
    private final Parameters parameters;
    private final Value logits;
    private Optional<Value> divisor = Optional.empty();
    private Graph graph;

    private TrainingGraph(Model model, ChannelStatistics statistics, long batchSize, boolean training) {
        this(model, statistics, batchSize, training, FineTuning.NONE);
    }

    private TrainingGraph(Model model, ChannelStatistics statistics, long batchSize, boolean training, FineTuning tuning) {
        Shape in = model.inputShape();
        if (in.rank() != 3 || !statistics.absent() && in.dim(0) != statistics.mean().size()) {
            throw new IllegalArgumentException("trainingGraph: model \"" + model.name() + "\" takes " + in
                    + ", the channel statistics are of " + statistics.mean().size() + " channels; needs [C, H, W] with as many.");
        }
        DType type = statistics.absent() ? DType.FLOAT32 : DType.UINT8;
        Value images = builder.input(IMAGES, TensorType.of(type, batchSize, in.dim(0), in.dim(1), in.dim(2)));
        Context context = new Context(builder, training, tuning.frozen());
        logits = model.logits(context, statistics.absent() ? images : normalized(images, statistics));
        parameters = context.parameters();
        Shape expected = Shape.of(batchSize, model.classes());
        if (!logits.shape().equals(expected)) {
            throw new IllegalArgumentException("trainingGraph: model \"" + model.name() + "\" gives logits " + logits.shape()
                    + ", it promises " + expected + ".");
        }
    }

    /**
     * The graph of a training step on one batch.
     *
     * @param optimizer adds the updates
     * @param hook changes the gradients before they are clipped
     */
    public static TrainingGraph training(Model model, ChannelStatistics statistics, TrainConfig config, Optimizer optimizer,
            GradientHook hook, long batchSize) {
        return training(model, statistics, config, optimizer, hook, LossTerms.PLAIN, batchSize);
    }

    /** {@link #training(Model, ChannelStatistics, TrainConfig, Optimizer, GradientHook, long)} with weights of classes or mixed samples. */
    public static TrainingGraph training(Model model, ChannelStatistics statistics, TrainConfig config, Optimizer optimizer,
            GradientHook hook, LossTerms terms, long batchSize) {
        TrainingGraph made = new TrainingGraph(model, statistics, batchSize, true, config.fineTuning());
        Map<Value, Value> gradients = made.gradients(model, config, terms);
        made.builder.seed();
        Value step = made.builder.step();
        Value next = step.plus(1);
        new Updating(config, optimizer, hook, made.parameters).add(made.builder, gradients, next);
        Update.assign(step, next);
        made.graph = made.builder.build();
        return made;
    }

    /** The graph of a part of a step: gradients are added to what is gathered, and nothing is updated by them. */
    public static TrainingGraph gathering(Model model, ChannelStatistics statistics, TrainConfig config, Optimizer optimizer,
            GradientHook hook, LossTerms terms, long batchSize) {
        TrainingGraph made = new TrainingGraph(model, statistics, batchSize, true, config.fineTuning());
        Map<Value, Value> gradients = made.gradients(model, config, terms);
        made.builder.seed();
        Value step = made.builder.step();
        new Updating(config, optimizer, hook, made.parameters).gather(made.builder, gradients, made.divisor, batchSize);
        Update.assign(step, step.plus(1));
        made.graph = made.builder.build();
        return made;
    }

    /**
     * The graph of a step's last batch where steps gather: its gradients are added to what {@link #gathering} has gathered, and used. It
     * computes what training does in two graphs, node by node the same, to look at; the number of its step is that of the updates.
     */
    public static TrainingGraph lastOfStep(Model model, ChannelStatistics statistics, TrainConfig config, Optimizer optimizer,
            GradientHook hook, LossTerms terms, long batchSize) {
        TrainingGraph made = new TrainingGraph(model, statistics, batchSize, true, config.fineTuning());
        Map<Value, Value> gradients = made.gradients(model, config, terms);
        made.builder.seed();
        Value step = made.builder.step();
        new Updating(config, optimizer, hook, made.parameters).gatherAndUse(made.builder, gradients, made.divisor, batchSize);
        Update.assign(step, step.plus(1));
        made.graph = made.builder.build();
        return made;
    }

    private Map<Value, Value> gradients(Model model, TrainConfig config, LossTerms terms) {
        config.fineTuning().check(model);
        Value loss = addMetrics(Loss.Options.defaults().smoothing(config.labelSmoothing()), terms);
        return Gradients.unlessBlocked(loss, builder.trainable());
    }

    /** The graph that measures: inference, plain cross-entropy, no updates. */
    public static TrainingGraph evaluation(Model model, ChannelStatistics statistics, long batchSize) {
        TrainingGraph made = new TrainingGraph(model, statistics, batchSize, false);
        made.addMetrics(Loss.Options.defaults(), LossTerms.PLAIN);
        made.graph = made.builder.build();
        return made;
    }

    /** The graph that predicts: inference, probabilities of the classes. */
    public static TrainingGraph prediction(Model model, ChannelStatistics statistics, long batchSize) {
        TrainingGraph made = new TrainingGraph(model, statistics, batchSize, false);
        made.builder.output(LOGITS, Pointwise.cast(made.logits, DType.FLOAT32));
        made.builder.output(PROBABILITIES, Softmax.softmax(made.logits, 1));
        made.graph = made.builder.build();
        return made;
    }

    /** The graph. */
    public Graph graph() {
        return graph;
    }

    /** The model's parameters and buffers. */
    public Parameters parameters() {
        return parameters;
    }

    /** All variables, those of the optimizer, the seed and the step included. */
    public List<Value> variables() {
        return builder.variables();
    }

    /** {@code (x / 255 - mean) / std} by channel, as one product and one sum; a channel without variation is only shifted. */
    private Value normalized(Value images, ChannelStatistics statistics) {
        int channels = statistics.mean().size();
        double[] scale = new double[channels];
        double[] shift = new double[channels];
        for (int c = 0; c < channels; c++) {
            double std = statistics.std().get(c) > 0 ? statistics.std().get(c) : 1;
            scale[c] = 1 / (255 * std);
            shift[c] = -statistics.mean().get(c) / std;
        }
        Value x = Pointwise.cast(images, DType.FLOAT32);
        return x.times(Source.constant(builder, Tensor.of(DType.FLOAT32, scale, 1, channels, 1, 1)))
                .plus(Source.constant(builder, Tensor.of(DType.FLOAT32, shift, 1, channels, 1, 1)));
    }

    private Value addMetrics(Loss.Options options, LossTerms terms) {
        long n = logits.shape().dim(0);
        long classes = logits.shape().dim(1);
        Value labels = builder.input(LABELS, TensorType.of(DType.INT32, n));
        LossTerms.Mean made = terms.loss(builder, logits, labels, options);
        Value loss = made.mean();
        divisor = made.divisor();
        Value column = Shaping.reshape(Pointwise.cast(labels, DType.FLOAT32), Shape.of(n, 1));
        Value valid = Pointwise.compare(Pointwise.Comparison.GREATER_OR_EQUAL, column, Source.scalarLike(column, 0));
        Value rank = rank(Shaping.stopGradient(logits), column);
        builder.output(LOSS, loss);
        divisor.ifPresent(weight -> builder.output(LOSS_WEIGHT, weight));
        builder.output(CORRECT1, countBelow(rank, 1, valid));
        builder.output(CORRECT5, countBelow(rank, classes > TOP ? TOP : Double.MAX_VALUE, valid));
        return loss;
    }

    /**
     * {@code [N, 1]}: how many classes have a larger logit than the label, at ties a smaller number. At least the number of classes if one
     * of the logits is NaN.
     */
    private Value rank(Value z, Value label) {
        long classes = z.shape().dim(1);
        double[] numbers = new double[Math.toIntExact(classes)];
        for (int k = 0; k < numbers.length; k++) {
            numbers[k] = k;
        }
        Value number = Source.constant(builder, Tensor.of(DType.FLOAT32, numbers, 1, classes));
        Value score = Pointwise.cast(z, DType.FLOAT32);
        Value isLabel = Pointwise.compare(Pointwise.Comparison.EQUAL, label, number);
        Value own = Reduction.sumKeepDims(Pointwise.where(isLabel, score, Source.scalarLike(score, 0)), 1);
        Value larger = indicator(Pointwise.Comparison.GREATER, score, own);
        Value tied = indicator(Pointwise.Comparison.EQUAL, score, own).times(indicator(Pointwise.Comparison.LESS, number, label));
        Value broken = indicator(Pointwise.Comparison.NOT_EQUAL, score, score).times(classes);
        return Reduction.sumKeepDims(larger.plus(tied).plus(broken), 1);
    }

    private static Value indicator(Pointwise.Comparison comparison, Value a, Value b) {
        return Pointwise.cast(Pointwise.compare(comparison, a, b), DType.FLOAT32);
    }

    private static Value countBelow(Value rank, double limit, Value valid) {
        double below = Math.min(limit, Float.MAX_VALUE);
        Value hit = indicator(Pointwise.Comparison.LESS, rank, Source.scalarLike(rank, below));
        return Reduction.sum(hit.times(Pointwise.cast(valid, DType.FLOAT32)));
    }
}

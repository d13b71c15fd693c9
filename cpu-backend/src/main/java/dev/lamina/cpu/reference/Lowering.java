package dev.lamina.cpu.reference;

import dev.lamina.graph.Convolution;
import dev.lamina.graph.DtPool;
import dev.lamina.graph.Loss;
import dev.lamina.graph.MatMul;
import dev.lamina.graph.Node;
import dev.lamina.graph.Normalization;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Pooling;
import dev.lamina.graph.Random;
import dev.lamina.graph.Reduction;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.Softmax;
import dev.lamina.graph.Source;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Update;
import dev.lamina.tensor.Elements;
import java.util.Optional;
import java.util.stream.Stream;

/** From an op to its kernel. The switches have no default, so that the compiler names every place a new op is missing. */
final class Lowering {
    private static final long LONGEST = Integer.MAX_VALUE - 8;

    private Lowering() { }

    /** Why the node cannot run here: kernels work on Java arrays. */
    static Optional<String> unsupported(Node node) {
        return Stream.concat(node.inputTypes().stream(), node.outputTypes().stream()).filter(type -> type.elements() > LONGEST).findFirst()
                .map(type -> type + " has " + type.elements() + " elements, a tensor may have " + LONGEST + " here.");
    }

    /** Computes a node's results from its operands. */
    static void run(Call call) {
        switch (call.node().op()) {
            case Source op -> source(op, call);
            case Convolution op -> convolution(op, call);
            case Pooling op -> pooling(op, call);
            case DtPool op -> DistanceTransform.run(op, call);
            case MatMul op -> MatMulKernels.matmul(op, call);
            case Pointwise op -> pointwise(op, call);
            case Normalization op -> normalization(op, call);
            case Softmax op -> softmax(op, call);
            case Loss op -> loss(op, call);
            case Reduction op -> reduction(op, call);
            case Shaping op -> shaping(op, call);
            case Random op -> random(op, call);
            case Update op -> update(op, call);
        }
    }

    private static void source(Source source, Call call) {
        switch (source) {
            case Source.Input _, Source.Variable _, Source.Constant _ -> { }
            case Source.Fill op -> {
                TensorType type = op.type();
                for (long i = 0; i < type.elements(); i++) {
                    Elements.set(call.out()[0], type.dtype(), i, op.value());
                }
            }
        }
    }

    private static void convolution(Convolution convolution, Call call) {
        switch (convolution) {
            case Convolution.Conv2d op -> ConvolutionKernels.forward(op, call);
            case Convolution.Conv2dDataGradient op -> ConvolutionKernels.dataGradient(op, call);
            case Convolution.Conv2dFilterGradient op -> ConvolutionKernels.filterGradient(op, call);
        }
    }

    private static void pooling(Pooling pooling, Call call) {
        switch (pooling) {
            case Pooling.MaxPool op -> PoolingKernels.maxPool(op, call);
            case Pooling.MaxPoolGradient _ -> PoolingKernels.scatter(call, true);
            case Pooling.MaxUnpool _ -> PoolingKernels.scatter(call, false);
            case Pooling.PoolGather _ -> PoolingKernels.gather(call);
            case Pooling.AvgPool op -> PoolingKernels.avgPool(op, call);
            case Pooling.AvgPoolGradient op -> PoolingKernels.avgPoolGradient(op, call);
            case Pooling.AdaptiveAvgPool _ -> PoolingKernels.adaptiveAvgPool(call);
            case Pooling.AdaptiveAvgPoolGradient _ -> PoolingKernels.adaptiveAvgPoolGradient(call);
        }
    }

    private static void pointwise(Pointwise pointwise, Call call) {
        switch (pointwise) {
            case Pointwise.Unary op -> PointwiseKernels.unary(op, call);
            case Pointwise.Binary op -> PointwiseKernels.binary(op, call);
            case Pointwise.Compare op -> PointwiseKernels.compare(op, call);
            case Pointwise.Where _ -> PointwiseKernels.where(call);
            case Pointwise.Cast _ -> PointwiseKernels.cast(call);
            case Pointwise.LeakyRelu op -> PointwiseKernels.map(call, x -> x > 0 ? x : op.slope() * x);
            case Pointwise.Elu op -> PointwiseKernels.map(call, x -> x > 0 ? x : op.alpha() * Math.expm1(x));
            case Pointwise.Gelu op ->
                PointwiseKernels.map(call, op.tanhApproximation() ? SpecialFunctions::geluTanh : SpecialFunctions::gelu);
            case Pointwise.Clip op -> PointwiseKernels.map(call, x -> Math.min(Math.max(x, op.low()), op.high()));
            case Pointwise.Binarize _ -> PointwiseKernels.map(call, x -> x > 0 ? 1 : 0);
            case Pointwise.ReluGradient op -> PointwiseKernels.reluGradient(op, call);
        }
    }

    private static void normalization(Normalization normalization, Call call) {
        switch (normalization) {
            case Normalization.BatchNormTraining op -> NormalizationKernels.training(op, call);
            case Normalization.BatchNormGradient op -> NormalizationKernels.gradient(op, call);
            case Normalization.BatchNormInference op -> NormalizationKernels.inference(op, call);
            case Normalization.Lrn op -> NormalizationKernels.lrn(op, call);
            case Normalization.LrnGradient op -> NormalizationKernels.lrnGradient(op.forward(), call);
        }
    }

    private static void softmax(Softmax softmax, Call call) {
        switch (softmax) {
            case Softmax.Probabilities op -> SoftmaxKernels.softmax(op, call);
            case Softmax.LogProbabilities op -> SoftmaxKernels.logSoftmax(op, call);
        }
    }

    private static void loss(Loss loss, Call call) {
        switch (loss) {
            case Loss.CrossEntropy op -> LossKernels.crossEntropy(op, call);
            case Loss.CrossEntropyGradient op -> LossKernels.crossEntropyGradient(op, call);
        }
    }

    private static void reduction(Reduction reduction, Call call) {
        switch (reduction) {
            case Reduction.Reduce op -> ReductionKernels.reduce(op, call);
            case Reduction.ArgMax op -> ReductionKernels.argMax(op, call);
        }
    }

    private static void shaping(Shaping shaping, Call call) {
        switch (shaping) {
            case Shaping.Reshape _, Shaping.StopGradient _ -> { }
            case Shaping.Transpose op -> ShapingKernels.transpose(op, call);
            case Shaping.BroadcastTo _ -> ShapingKernels.broadcastTo(call);
            case Shaping.Concat op -> ShapingKernels.concat(op, call);
            case Shaping.Slice op -> ShapingKernels.slice(op, call);
            case Shaping.Pad op -> ShapingKernels.pad(op, call);
            case Shaping.Reverse op -> ShapingKernels.reverse(op, call);
            case Shaping.Gather op -> ShapingKernels.gather(op, call);
            case Shaping.GatherGradient op -> ShapingKernels.gatherGradient(op, call);
        }
    }

    private static void random(Random random, Call call) {
        switch (random) {
            case Random.Uniform op -> RandomKernels.uniform(op, call);
            case Random.Normal op -> RandomKernels.normal(op, call);
            case Random.Bernoulli op -> RandomKernels.bernoulli(op, call);
            case Random.Dropout op -> RandomKernels.dropout(op, call);
        }
    }

    private static void update(Update update, Call call) {
        switch (update) {
            case Update.Assign _ -> call.out()[0].copyFrom(call.in()[1]);
            case Update.Sgd op -> UpdateKernels.sgd(op, call);
            case Update.Adam op -> UpdateKernels.adam(op, call);
            case Update.Ema op -> UpdateKernels.ema(op, call);
        }
    }
}

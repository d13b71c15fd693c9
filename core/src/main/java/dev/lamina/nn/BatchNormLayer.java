package dev.lamina.nn;

import dev.lamina.graph.GraphException;
import dev.lamina.graph.Node;
import dev.lamina.graph.Normalization;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Update;
import dev.lamina.graph.Value;

/**
 * Batch normalisation. In training, by the batch's statistics (biased variance), and the running ones move towards them:
 * {@code run ← (1 - momentum) run + momentum batch} with the unbiased variance. Else, and where scale and shift are frozen, by the running
 * statistics, which then stay.
 *
 * @param rank rank of the input, 4 for images
 * @param weightInit what γ starts as
 */
record BatchNormLayer(String name, int rank, double epsilon, double momentum, Initializer weightInit) implements Layer {
    BatchNormLayer {
        if (!(epsilon > 0)) {
            throw new GraphException("batchNorm \"" + name + "\": epsilon = " + epsilon + ", needs > 0.");
        }
        if (!(momentum >= 0 && momentum <= 1)) {
            throw new GraphException("batchNorm \"" + name + "\": momentum = " + momentum + ", needs 0 <= momentum <= 1.");
        }
    }

    @Override
    public Value apply(Context context, Value x) {
        Context inner = context.in(name);
        if (rank == 4) {
            Checks.images("batchNorm", inner.path(), x);
        } else if (x.shape().rank() != rank) {
            throw new GraphException("batchNorm \"" + inner.path() + "\": input has rank " + x.shape().rank() + " " + x.shape()
                    + ", needs rank " + rank + ".");
        }
        long channels = x.shape().dim(1);
        TensorType type = inner.known("weight").orElse(TensorType.of(x.dtype(), channels));
        Value gamma = inner.parameter("weight", type, weightInit);
        Value beta = inner.parameter("bias", type, Initializer.zeros());
        Value mean = inner.buffer("running_mean", type, Initializer.zeros());
        Value variance = inner.buffer("running_var", type, Initializer.ones());
        context.nameNext(name);
        if (!context.training() || inner.frozen("weight") && inner.frozen("bias")) {
            return Normalization.batchNormInference(x, gamma, beta, mean, variance, epsilon);
        }
        Node normalized = Normalization.batchNormTraining(x, gamma, beta, epsilon);
        double count = (double) x.shape().elements() / channels;
        Value unbiased = normalized.output(2).times(count / (count - 1));
        inner.nameNext("running_mean.update");
        Update.ema(mean, normalized.output(1), 1 - momentum);
        inner.nameNext("running_var.update");
        Update.ema(variance, unbiased, 1 - momentum);
        return normalized.output(0);
    }
}

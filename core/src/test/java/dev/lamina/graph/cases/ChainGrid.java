package dev.lamina.graph.cases;

import dev.lamina.graph.Convolution;
import dev.lamina.graph.Loss;
import dev.lamina.graph.Loss.LossReduction;
import dev.lamina.graph.MatMul;
import dev.lamina.graph.Normalization;
import dev.lamina.graph.Normalization.Lrn;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Pooling;
import dev.lamina.graph.Random;
import dev.lamina.graph.Reduction;
import dev.lamina.graph.Rounding;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.Value;
import dev.lamina.graph.Window;
import dev.lamina.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Small networks: conv, activation, pooling, conv, normalisation, residual, activation, linear layer and loss, with the gradients of all
 * parameters, so that layouts travel and neighbours fuse. The loss is a sum, so that gradients have a magnitude of about 1.
 */
final class ChainGrid {
    private static final int CLASSES = 5;
    private static final int[] IN = {1, 3, 8, 17};
    private static final int[] FIRST = {4, 16, 17};
    private static final int[] SECOND = {3, 8, 16, 17};
    private static final int[] KERNELS = {1, 3, 5};
    private static final int[] SIZES = {7, 8, 12};
    private static final int[] BATCHES = {1, 2, 5};
    /** Two covering sets. */
    private static final long[] SEEDS = {7, 8};

    private enum Activation { RELU, LEAKY_RELU, TANH, GELU, ELU }

    private enum Pool { NONE, MAX_2, MAX_3_CEIL, AVERAGE }

    private enum Norm { NONE, BATCH, INFERENCE, LRN }

    private enum Residual { NONE, IDENTITY, PROJECTION }

    private enum End { FLATTEN, GLOBAL_AVERAGE, DROPOUT }

    private ChainGrid() { }

    private record Row(long in, long first, long second, long kernel, long stride, long size, long n, boolean bias, Activation activation,
            Pool pool, Norm norm, Residual residual, End end, boolean tapped) {
        static Row of(int[] r) {
            return new Row(IN[r[0]], FIRST[r[1]], SECOND[r[2]], KERNELS[r[3]], 1 + r[4], SIZES[r[5]], BATCHES[r[6]], r[7] == 1,
                    Activation.values()[r[8]], Pool.values()[r[9]], Norm.values()[r[10]], Residual.values()[r[11]], End.values()[r[12]],
                    r[13] == 1);
        }

        static int[] levels() {
            return new int[] {IN.length, FIRST.length, SECOND.length, KERNELS.length, 2, SIZES.length, BATCHES.length, 2,
                Activation.values().length, Pool.values().length, Norm.values().length, Residual.values().length, End.values().length, 2};
        }

        boolean legal() {
            return residual != Residual.IDENTITY || first == second && stride == 1;
        }

        Window conv() {
            return Window.of(kernel).padding(kernel / 2);
        }

        long pooled() {
            return switch (pool) {
                case NONE -> size;
                case MAX_2, AVERAGE -> size / 2;
                case MAX_3_CEIL -> Math.ceilDiv(size - 3, 2) + 1;
            };
        }

        long map() {
            return (pooled() - 1) / stride + 1;
        }

        long features() {
            return end == End.GLOBAL_AVERAGE ? second : second * map() * map();
        }

        /** Of the forward sums, and those of the gradients by filters. */
        long reduction() {
            return in * kernel * kernel + first * 9 + features() + n * (size * size + 2 * map() * map()) + 9 * second;
        }

        @Override
        public String toString() {
            return "chain [%d,%d,%d,%d] conv %d of %d%s, %s, pool %s, conv %d stride %d, norm %s, residual %s, %s%s".formatted(n, in, size,
                    size, first, kernel, bias ? " with bias" : "", activation, pool, second, stride, norm, residual, end,
                    tapped ? ", tapped" : "").toLowerCase(Locale.ROOT);
        }
    }

    static void add(CaseList list) {
        int number = 0;
        for (long seed : SEEDS) {
            for (int[] levels : Pairs.cover(Row.levels(), seed, r -> Row.of(r).legal())) {
                Row row = Row.of(levels);
                list.add(row + " #" + number++, true, row.reduction(), operands(row), (_, _, v) -> new Chain(row, v).build());
            }
        }
    }

    /** Exact up to the first rounding op, so that the kinks before it are the same for all. */
    private static List<Operand> operands(Row row) {
        Draw weight = Draw.sixteenths(4);
        Draw positive = Draw.uniform(0.5, 2);
        return List.of(Operand.of(Draw.sixteenths(32), row.n, row.in, row.size, row.size),
                Operand.of(Draw.integers(DType.INT32, 0, CLASSES), row.n),
                Operand.of(weight, row.first, row.in, row.kernel, row.kernel), Operand.of(weight, row.first),
                Operand.of(weight, row.second, row.first, 3, 3), Operand.of(weight, row.second),
                Operand.of(positive, row.second), Operand.of(Draw.any(), row.second), Operand.of(Draw.any(), row.second),
                Operand.of(positive, row.second), Operand.of(weight, row.second, row.first, 1, 1),
                Operand.of(weight, CLASSES, row.features()), Operand.of(weight, CLASSES));
    }

    /** Builds a row's network; operands in the order above. */
    private record Chain(Row row, List<Value> v) {
        List<Value> build() {
            Value first = activate(convolve(v.get(0), 2, row.conv()));
            Value pooled = pool(first);
            Value normed = normalize(convolve(pooled, 4, Window.of(3).stride(row.stride).padding(1)));
            Value joined = activate(join(normed, pooled));
            Value logits = MatMul.linear(end(joined), v.get(11), v.get(12));
            Value loss = Loss.crossEntropy(logits, v.get(1), Loss.Options.defaults().reduction(LossReduction.SUM));
            List<Value> results = new ArrayList<>(List.of(loss));
            if (row.tapped) {
                results.addAll(List.of(logits, first, normed));
            }
            return results;
        }

        private Value convolve(Value x, int filter, Window window) {
            return row.bias ? Convolution.conv2d(x, v.get(filter), v.get(filter + 1), window, 1)
                    : Convolution.conv2d(x, v.get(filter), window, 1);
        }

        private Value activate(Value x) {
            return switch (row.activation) {
                case RELU -> Pointwise.relu(x);
                case LEAKY_RELU -> Pointwise.leakyRelu(x, 0.125);
                case TANH -> Pointwise.tanh(x);
                case GELU -> Pointwise.gelu(x);
                case ELU -> Pointwise.elu(x, 1);
            };
        }

        private Value pool(Value x) {
            return switch (row.pool) {
                case NONE -> x;
                case MAX_2 -> Pooling.maxPool(x, Window.of(2).stride(2));
                case MAX_3_CEIL -> Pooling.maxPool(x, Window.of(3).stride(2).rounding(Rounding.CEIL));
                case AVERAGE -> Pooling.avgPool(x, Window.of(2).stride(2));
            };
        }

        private Value normalize(Value x) {
            return switch (row.norm) {
                case NONE -> x;
                case BATCH -> Normalization.batchNormTraining(x, v.get(6), v.get(7), 1e-3).output(0);
                case INFERENCE -> Normalization.batchNormInference(x, v.get(6), v.get(7), v.get(8), v.get(9), 1e-3);
                case LRN -> Normalization.lrn(x, new Lrn(5, 0.5, 0.75, 1, true));
            };
        }

        private Value join(Value x, Value pooled) {
            return switch (row.residual) {
                case NONE -> x;
                case IDENTITY -> x.plus(pooled);
                case PROJECTION -> x.plus(Convolution.conv2d(pooled, v.get(10), Window.of(1).stride(row.stride), 1));
            };
        }

        private Value end(Value x) {
            return switch (row.end) {
                case FLATTEN -> Shaping.flatten(x);
                case GLOBAL_AVERAGE -> Reduction.mean(x, 2, 3);
                case DROPOUT -> Random.dropout(Shaping.flatten(x), 0.5);
            };
        }
    }
}

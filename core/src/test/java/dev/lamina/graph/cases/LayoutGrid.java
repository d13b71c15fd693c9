package dev.lamina.graph.cases;

import dev.lamina.graph.Convolution;
import dev.lamina.graph.MatMul;
import dev.lamina.graph.Normalization;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Pooling;
import dev.lamina.graph.Random;
import dev.lamina.graph.Reduction;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.Softmax;
import dev.lamina.graph.Source;
import dev.lamina.graph.Value;
import dev.lamina.graph.Window;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * Ops on a convolution's result, which a backend may keep in blocks of channels, and a convolution of their result where it is an image
 * again. Channel counts lie on and off blocks of 8 and 16.
 */
final class LayoutGrid {
    private static final int[] CHANNELS = {3, 16, 17};
    private static final Window SAME = Window.of(3).padding(1);

    private LayoutGrid() { }

    static void add(CaseList list) {
        for (int channels : CHANNELS) {
            Map<String, UnaryOperator<Value>> ops = new LinkedHashMap<>();
            shapes(ops, channels);
            folds(ops);
            neighbours(ops, channels);
            ops.forEach((name, op) -> {
                afterConvolution(list, name + " of " + channels + " channels", channels, op);
                betweenConvolutions(list, name + " of " + channels + " channels", channels, op);
            });
            joins(list, channels);
        }
    }

    private static List<Operand> operands(int channels) {
        return new ArrayList<>(List.of(Operand.of(Draw.sixteenths(32), 2, 4, 5, 6), Operand.of(Draw.sixteenths(8), channels, 4, 3, 3)));
    }

    private static void afterConvolution(CaseList list, String name, int channels, UnaryOperator<Value> op) {
        list.smooth("layout " + name, 36 + 60L * channels, operands(channels),
                v -> op.apply(Convolution.conv2d(v.get(0), v.get(1), SAME, 1)));
    }

    /** With a filter of ones in eighths, made for whatever channels the op gives. */
    private static void betweenConvolutions(CaseList list, String name, int channels, UnaryOperator<Value> op) {
        list.smooth("layout " + name + " and back", 36 + 80L * channels, operands(channels), v -> {
            Value y = op.apply(Convolution.conv2d(v.get(0), v.get(1), SAME, 1));
            if (y.shape().rank() != 4) {
                return Pointwise.tanh(y);
            }
            long[] dims = {5, y.shape().dim(1), 1, 1};
            double[] values = IntStream.range(0, (int) (5 * dims[1])).mapToDouble(i -> (i * 5 % 9 - 4) / 8.0).toArray();
            return Convolution.conv2d(y, Source.constant(y.graph(), Tensor.of(y.dtype(), values, dims)), Window.of(1), 1);
        });
    }

    private static void shapes(Map<String, UnaryOperator<Value>> ops, int channels) {
        for (int axis = 0; axis < 4; axis++) {
            int a = axis;
            ops.put("slice of axis " + a, x -> Shaping.slice(x, a, 1, x.shape().dim(a)));
            ops.put("pad of axis " + a, x -> Shaping.pad(x, only(a, 1), only(a, 2), 0.5));
            ops.put("reverse of axis " + a, x -> Shaping.reverse(x, a));
            ops.put("gather of axis " + a, x -> Shaping.gather(x, Source.constant(x.graph(), Tensor.of(new long[] {1, 0, 1})), a));
            ops.put("concat with itself on axis " + a, x -> Shaping.concat(a, x, x));
        }
        ops.put("strided slice", x -> Shaping.slice(x, List.of(0L, 0L, 1L, 0L), List.of(2L, (long) channels, 5L, 6L),
                List.of(1L, 2L, 2L, 3L)));
        ops.put("interior pad", x -> x.graph().add(new Shaping.Pad(only(2, 1), only(3, 1), List.of(0L, 0L, 1L, 2L), 0), x));
        for (int[] order : new int[][] {{0, 2, 3, 1}, {1, 0, 2, 3}, {0, 1, 3, 2}, {3, 2, 1, 0}}) {
            ops.put("transpose " + Arrays.toString(order), x -> Shaping.transpose(x, order));
        }
        ops.put("flatten", Shaping::flatten);
        ops.put("reshape of map", x -> Shaping.reshape(x, Shape.of(2, channels, 30)));
        ops.put("reshape of channels", x -> Shaping.reshape(x, Shape.of(2, 1, channels, 30)));
        ops.put("reshape to images", x -> Shaping.reshape(x, Shape.of(2, channels, 6, 5)));
    }

    private static List<Long> only(int axis, long width) {
        return IntStream.range(0, 4).mapToObj(a -> a == axis ? width : 0L).toList();
    }

    private static void folds(Map<String, UnaryOperator<Value>> ops) {
        for (int subset = 1; subset < 16; subset++) {
            int chosen = subset;
            int[] axes = IntStream.range(0, 4).filter(a -> (chosen >> a & 1) == 1).toArray();
            ops.put("mean over " + Arrays.toString(axes), x -> Reduction.reduce(Reduction.Fold.MEAN, x, true, axes));
        }
        ops.put("max over channels", x -> Reduction.reduce(Reduction.Fold.MAX, x, true, 1));
        ops.put("softmax of channels", x -> Softmax.softmax(x.times(0.25), 1));
        ops.put("logSoftmax of columns", x -> Softmax.logSoftmax(x.times(0.25), 3));
        ops.put("global average", Pooling::globalAvgPool);
    }

    private static void neighbours(Map<String, UnaryOperator<Value>> ops, int channels) {
        for (long[] dims : new long[][] {{}, {6}, {5, 1}, {channels, 1, 1}, {1, channels, 1, 1}, {2, 1, 1, 1}, {channels, 5, 6},
            {2, channels, 5, 6}}) {
            ops.put("times " + Arrays.toString(dims), x -> x.times(numbers(x, dims)).plus(numbers(x, dims)));
        }
        ops.put("relu and add", x -> Pointwise.relu(x).plus(x));
        ops.put("lrn", x -> Normalization.lrn(x, new Normalization.Lrn(5, 0.5, 0.75, 2, true)));
        ops.put("batchNorm", x -> Normalization.batchNormTraining(x, ones(x), ones(x).times(0.5), 1e-3).output(0));
        ops.put("maxPool", x -> Pooling.maxPool(x, Window.of(3).stride(2).padding(1)));
        ops.put("avgPool", x -> Pooling.avgPool(x, Window.of(2).stride(2)));
        ops.put("dropout", x -> Random.dropout(x, 0.5));
        ops.put("matmul of maps", x -> MatMul.matmul(x, x, false, true).times(1 / 16.0));
        ops.put("where positive", x -> Pointwise.where(Pointwise.isPositive(x), x, x.times(0.25)));
        ops.put("stopGradient added", x -> x.plus(Shaping.stopGradient(x)));
    }

    private static Value ones(Value x) {
        return Source.constant(x.graph(), Tensor.full(x.dtype(), Shape.of(x.shape().dim(1)), 1));
    }

    private static Value numbers(Value x, long... dims) {
        int n = Math.toIntExact(Shape.of(dims).elements());
        double[] values = IntStream.range(0, n).mapToDouble(i -> (i * 3 % 7 - 2) / 4.0).toArray();
        return Source.constant(x.graph(), Tensor.of(x.dtype(), values, n).reshape(dims));
    }

    /** Results of two convolutions with different channels, and a plain operand, joined and convolved again. */
    private static void joins(CaseList list, int channels) {
        for (int other : new int[] {8, 16, 5}) {
            List<Operand> operands = operands(channels);
            operands.add(Operand.of(Draw.sixteenths(8), other, 4, 1, 1));
            operands.add(Operand.of(Draw.sixteenths(8), 9, channels + 4 + other, 3, 3));
            list.add("layout concat of " + channels + ", 4 and " + other + " channels", true, 600, operands, (_, _, v) -> {
                Value a = Convolution.conv2d(v.get(0), v.get(1), SAME, 1);
                Value b = Convolution.conv2d(v.get(0), v.get(2), Window.of(1), 1);
                Value joined = Shaping.concat(1, a, v.get(0), b);
                return List.of(joined, Convolution.conv2d(joined, v.get(3), SAME, 1));
            });
        }
        List<Operand> operands = operands(channels);
        operands.add(Operand.of(Draw.sixteenths(8), channels, 4, 3, 3));
        for (int axis : new int[] {0, 2, 3}) {
            list.smooth("layout concat of two of " + channels + " channels on axis " + axis, 300, operands, v -> Pointwise.relu(
                    Shaping.concat(axis, Convolution.conv2d(v.get(0), v.get(1), SAME, 1),
                            Convolution.conv2d(v.get(0), v.get(2), SAME, 1))));
        }
    }
}

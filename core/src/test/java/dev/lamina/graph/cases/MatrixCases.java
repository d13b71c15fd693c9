package dev.lamina.graph.cases;

import dev.lamina.graph.Loss;
import dev.lamina.graph.Loss.LossReduction;
import dev.lamina.graph.MatMul;
import dev.lamina.graph.Reduction;
import dev.lamina.graph.Reduction.Fold;
import dev.lamina.graph.Softmax;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import java.util.Arrays;
import java.util.List;

/** Matrix products, softmax, losses and reductions. */
final class MatrixCases {
    private static final long[][] EXTENTS = {{1, 1, 1}, {3, 5, 2}, {1, 7, 4}, {6, 1, 5}, {17, 13, 9}, {0, 3, 2}, {2, 0, 3}};

    private MatrixCases() { }

    static void add(CaseList list) {
        products(list);
        softmax(list);
        losses(list);
        reductions(list);
    }

    private static long[] stored(boolean transposed, long rows, long columns, long... batch) {
        long[] dims = Arrays.copyOf(batch, batch.length + 2);
        dims[batch.length] = transposed ? columns : rows;
        dims[batch.length + 1] = transposed ? rows : columns;
        return dims;
    }

    private static void products(CaseList list) {
        for (boolean ta : new boolean[] {false, true}) {
            for (boolean tb : new boolean[] {false, true}) {
                String layout = (ta ? "T" : "N") + (tb ? "T" : "N");
                for (long[] e : EXTENTS) {
                    list.smooth("matmul " + layout + Arrays.toString(e), 30,
                            List.of(Operand.any(stored(ta, e[0], e[1])), Operand.any(stored(tb, e[1], e[2]))),
                            v -> MatMul.matmul(v.get(0), v.get(1), ta, tb));
                }
                list.smooth("matmul with bias " + layout, 30,
                        List.of(Operand.any(stored(ta, 3, 5)), Operand.any(stored(tb, 5, 2)), Operand.any(2)),
                        v -> v.get(0).graph().add(new MatMul(ta, tb), v.get(0), v.get(1), v.get(2)));
                list.smooth("matmul batched " + layout, 30,
                        List.of(Operand.any(stored(ta, 3, 4, 2, 3)), Operand.any(stored(tb, 4, 5, 2, 3)), Operand.any(5)),
                        v -> v.get(0).graph().add(new MatMul(ta, tb), v.get(0), v.get(1), v.get(2)));
            }
        }
        list.smooth("matmul of a value with itself", 30, List.of(Operand.any(4, 4)), v -> MatMul.matmul(v.get(0), v.get(0), true, false));
    }

    private static void softmax(CaseList list) {
        Object[][] shapes = {{Shape.of(3, 5), -1}, {Shape.of(3, 5), 0}, {Shape.of(1), 0}, {Shape.of(2, 7, 3), 1}, {Shape.of(0, 4), 1},
            {Shape.of(4, 1), 1}};
        for (Object[] row : shapes) {
            Shape shape = (Shape) row[0];
            int axis = (int) row[1];
            String at = " axis " + axis + " of " + shape;
            Operand x = Operand.any(shape.toArray());
            list.smooth("softmax" + at, 8, List.of(x), v -> Softmax.softmax(v.get(0), axis));
            list.smooth("logSoftmax" + at, 8, List.of(x), v -> Softmax.logSoftmax(v.get(0), axis));
        }
        Operand large = Operand.of(Draw.uniform(-1000, 1000), 3, 6);
        list.plain("softmax of large logits", List.of(large), v -> Softmax.softmax(v.get(0), 1));
        list.plain("logSoftmax of large logits", List.of(large), v -> Softmax.logSoftmax(v.get(0), 1));
    }

    private static void losses(CaseList list) {
        for (LossReduction reduction : LossReduction.values()) {
            for (double smoothing : new double[] {0, 0.1}) {
                for (boolean weighted : new boolean[] {false, true}) {
                    for (boolean ignored : new boolean[] {false, true}) {
                        Loss.Options options = Loss.Options.defaults().smoothing(smoothing).reduction(reduction);
                        String name = "crossEntropy " + reduction + (smoothing > 0 ? " smoothed" : "") + (weighted ? " weighted" : "")
                                + (ignored ? " ignoring" : "");
                        Operand z = Operand.any(7, 5);
                        Operand labels = Operand.of(Draw.labels(5, ignored ? Loss.IGNORE_INDEX : 4), 7);
                        if (weighted) {
                            list.smooth(name, 35, List.of(z, labels, Operand.of(Draw.uniform(0.5, 2), 5).fixed()),
                                    v -> Loss.crossEntropy(v.get(0), v.get(1), v.get(2), options));
                        } else {
                            list.smooth(name, 35, List.of(z, labels), v -> Loss.crossEntropy(v.get(0), v.get(1), options));
                        }
                    }
                }
            }
        }
        Loss.Options defaults = Loss.Options.defaults();
        list.smooth("crossEntropy of one class", 1, List.of(Operand.any(3, 1), Operand.of(Draw.integers(DType.INT32, 0, 1), 3)),
                v -> Loss.crossEntropy(v.get(0), v.get(1), defaults));
        list.smooth("crossEntropy of one sample", 3, List.of(Operand.any(1, 3), Operand.of(Draw.integers(DType.INT32, 0, 3), 1)),
                v -> Loss.crossEntropy(v.get(0), v.get(1), defaults));
        list.plain("crossEntropy of large logits", List.of(Operand.of(Draw.uniform(-1000, 1000), 4, 6),
                Operand.of(Draw.labels(6, 0), 4)), v -> Loss.crossEntropy(v.get(0), v.get(1), defaults));
        list.smooth("mse", 15, List.of(Operand.any(3, 5), Operand.any(3, 5)), v -> Loss.meanSquaredError(v.get(0), v.get(1)));
    }

    private static void reductions(CaseList list) {
        Object[][] rows = {{Shape.of(3, 5), new int[] {}}, {Shape.of(3, 5), new int[] {0}}, {Shape.of(3, 5), new int[] {-1}},
            {Shape.of(2, 3, 4, 5), new int[] {0, 2, 3}}, {Shape.of(2, 3, 4, 5), new int[] {1}}, {Shape.of(2, 1, 7), new int[] {0, 2}},
            {Shape.scalar(), new int[] {}}, {Shape.of(0, 3), new int[] {1}}, {Shape.of(129), new int[] {0}}};
        for (Object[] row : rows) {
            Shape shape = (Shape) row[0];
            int[] axes = (int[]) row[1];
            for (Fold fold : Fold.values()) {
                for (boolean keep : new boolean[] {false, true}) {
                    list.smooth(fold + (keep ? " kept " : " ") + Arrays.toString(axes) + " of " + shape, 129,
                            List.of(Operand.of(Draw.distinct(), shape.toArray())), v -> Reduction.reduce(fold, v.get(0), keep, axes));
                }
            }
        }
        list.smooth("sum of nothing", 1, List.of(Operand.any(3, 0)), v -> Reduction.sum(v.get(0), 1));
        list.plain("max with ties and its gradient", List.of(Operand.of(Draw.wholes(0, 3), 3, 6)), v -> Reduction.max(v.get(0), 1));
        for (DType dtype : List.of(DType.INT32, DType.INT64)) {
            for (Fold fold : List.of(Fold.SUM, Fold.MAX, Fold.MIN)) {
                list.plain(fold + " " + dtype, List.of(Operand.of(Draw.integers(dtype, -50, 50), 4, 5)),
                        v -> Reduction.reduce(fold, v.get(0), false, 0));
            }
        }
        for (int axis : new int[] {0, 1, -1}) {
            list.plain("argMax axis " + axis, List.of(Operand.any(3, 5, 2)), v -> Reduction.argMax(v.get(0), axis));
            list.plain("argMax with ties axis " + axis, List.of(Operand.of(Draw.wholes(0, 2), 3, 5, 4)),
                    v -> Reduction.argMax(v.get(0), axis));
        }
        list.plain("argMax int64 kept", List.of(Operand.of(Draw.integers(DType.INT64, -4, 4), 3, 5)),
                v -> v.get(0).graph().add(new Reduction.ArgMax(1, true), v.get(0)));
    }
}

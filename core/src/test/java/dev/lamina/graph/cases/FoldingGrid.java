package dev.lamina.graph.cases;

import dev.lamina.graph.Reduction;
import dev.lamina.graph.Reduction.Fold;
import dev.lamina.graph.Softmax;
import dev.lamina.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** Reductions over every subset of axes, softmax and argMax along every axis, of ranks 1 to 4. */
final class FoldingGrid {
    private static final List<Shape> SHAPES = List.of(Shape.of(1), Shape.of(19), Shape.of(3, 17), Shape.of(2, 3, 5), Shape.of(2, 16, 1),
            Shape.of(2, 3, 4, 17));

    private FoldingGrid() { }

    static void add(CaseList list) {
        for (Shape shape : SHAPES) {
            for (int subset = 1; subset < 1 << shape.rank(); subset++) {
                int chosen = subset;
                int[] axes = IntStream.range(0, shape.rank()).filter(a -> (chosen >> a & 1) == 1).toArray();
                for (Fold fold : Fold.values()) {
                    boolean keep = (subset + fold.ordinal()) % 2 == 0;
                    list.smooth("grid %s%s %s of %s".formatted(fold, keep ? " kept" : "", Arrays.toString(axes), shape)
                            .toLowerCase(Locale.ROOT), shape.elements(), List.of(Operand.of(Draw.distinct(), shape.toArray())),
                            v -> Reduction.reduce(fold, v.get(0), keep, axes));
                }
            }
            for (int axis = 0; axis < shape.rank(); axis++) {
                alongAxis(list, shape, axis);
            }
        }
    }

    private static void alongAxis(CaseList list, Shape shape, int axis) {
        String at = " axis " + axis + " of " + shape;
        Operand x = Operand.any(shape.toArray());
        list.smooth("grid softmax" + at, shape.dim(axis), List.of(x), v -> Softmax.softmax(v.get(0), axis));
        list.smooth("grid logSoftmax" + at, shape.dim(axis), List.of(x), v -> Softmax.logSoftmax(v.get(0), axis));
        list.plain("grid argMax" + at, List.of(Operand.of(Draw.wholes(0, 3), shape.toArray())), v -> Reduction.argMax(v.get(0), axis));
    }
}

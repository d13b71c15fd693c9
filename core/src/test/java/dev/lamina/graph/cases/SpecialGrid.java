package dev.lamina.graph.cases;

import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Pointwise.BinaryFunction;
import dev.lamina.graph.Pointwise.Comparison;
import dev.lamina.graph.Pointwise.UnaryFunction;
import dev.lamina.graph.Pooling;
import dev.lamina.graph.Reduction;
import dev.lamina.graph.Reduction.Fold;
import dev.lamina.graph.Window;
import dev.lamina.tensor.DType;
import java.util.List;
import java.util.Locale;

/** NaN, infinities and zeros of both signs, where an op says what becomes of them. */
final class SpecialGrid {
    private SpecialGrid() { }

    static void add(CaseList list) {
        Operand x = Operand.of(Draw.special(), 37);
        for (UnaryFunction f : UnaryFunction.values()) {
            if (f != UnaryFunction.NOT) {
                list.plain(name(f), List.of(x), v -> Pointwise.unary(f, v.get(0)));
            }
        }
        Operand row = Operand.of(Draw.special(), 9);
        Operand column = Operand.of(Draw.special(), 9, 1);
        for (BinaryFunction f : BinaryFunction.values()) {
            if (new Pointwise.Binary(f).whyNoGradient().isEmpty()) {
                list.plain(name(f), List.of(column, row), v -> Pointwise.binary(f, v.get(0), v.get(1)));
            }
        }
        for (Comparison c : Comparison.values()) {
            list.plain(name(c), List.of(column, row), v -> Pointwise.compare(c, v.get(0), v.get(1)));
        }
        for (Fold fold : Fold.values()) {
            for (int axis : new int[] {0, 1}) {
                list.plain(name(fold) + " axis " + axis, List.of(Operand.of(Draw.special(), 3, 37)),
                        v -> Reduction.reduce(fold, v.get(0), false, axis));
            }
        }
        list.plain("special argMax", List.of(Operand.of(Draw.special(), 4, 5)), v -> Reduction.argMax(v.get(0), 1));
        list.plain("special cast to bool", List.of(x), v -> Pointwise.cast(v.get(0), DType.BOOL));
        list.plain("special clip", List.of(x), v -> Pointwise.clip(v.get(0), -1, 1));
        list.plain("special where", List.of(Operand.of(Draw.bools(), 37), x, Operand.any(37)),
                v -> Pointwise.where(v.get(0), v.get(1), v.get(2)));
        list.add("special maxPool", false, 1, List.of(Operand.of(Draw.special(), 2, 3, 7, 5)), (_, _, v) ->
                Pooling.maxPoolWithIndices(v.get(0), Window.of(3).stride(2).padding(1)).outputs());
    }

    private static String name(Enum<?> function) {
        return "special " + function.name().toLowerCase(Locale.ROOT);
    }
}

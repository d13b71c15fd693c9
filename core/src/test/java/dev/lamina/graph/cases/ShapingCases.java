package dev.lamina.graph.cases;

import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Shaping;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import java.util.Arrays;
import java.util.List;

/** Ops that move elements. */
final class ShapingCases {
    private ShapingCases() { }

    static void add(CaseList list) {
        views(list);
        joins(list);
        slices(list);
        gathers(list);
    }

    private static void views(CaseList list) {
        list.smooth("reshape", 1, List.of(Operand.any(2, 3, 4)), v -> Shaping.reshape(v.get(0), Shape.of(6, 4)));
        list.smooth("reshape of an intermediate", 1, List.of(Operand.any(2, 3)),
                v -> Pointwise.exp(Shaping.reshape(Pointwise.square(v.get(0)), Shape.of(3, 2))));
        list.smooth("reshape of nothing", 1, List.of(Operand.any(0, 3)), v -> Shaping.reshape(v.get(0), Shape.of(5, 0)));
        list.smooth("reshape to scalar", 1, List.of(Operand.any(1, 1)), v -> Shaping.reshape(v.get(0), Shape.scalar()));
        list.smooth("flatten", 1, List.of(Operand.any(2, 3, 4)), v -> Shaping.flatten(v.get(0)));
        list.plain("stopGradient", List.of(Operand.any(3)), v -> Shaping.stopGradient(v.get(0)));
        int[][] orders = {{0}, {1, 0}, {0, 1}, {2, 0, 1}, {0, 3, 1, 2}, {3, 2, 1, 0}, {1, 0, 2, 3}};
        long[] dims = {3, 5, 2, 4};
        for (int[] order : orders) {
            Operand x = Operand.any(Arrays.copyOf(dims, order.length));
            list.smooth("transpose " + Arrays.toString(order), 1, List.of(x), v -> Shaping.transpose(v.get(0), order));
            list.plain("transpose uint8 " + Arrays.toString(order),
                    List.of(Operand.of(Draw.integers(DType.UINT8, 0, 256), x.shape().toArray())), v -> Shaping.transpose(v.get(0), order));
        }
        list.smooth("transpose of nothing", 1, List.of(Operand.any(0, 3)), v -> Shaping.transpose(v.get(0), 1, 0));
        long[][][] stretches = {{{}, {2, 3}}, {{3}, {2, 3}}, {{2, 1}, {2, 3}}, {{1, 3, 1}, {4, 2, 3, 5}}, {{1}, {0}}, {{0, 1}, {0, 4}}};
        for (long[][] s : stretches) {
            list.smooth("broadcastTo " + Arrays.toString(s[0]) + Arrays.toString(s[1]), 40, List.of(Operand.any(s[0])),
                    v -> Shaping.broadcastTo(v.get(0), Shape.of(s[1])));
        }
    }

    private static void joins(CaseList list) {
        for (int axis : new int[] {0, 1, -1}) {
            long[] b = {2, 3, 4};
            b[axis < 0 ? 2 : axis] = 5;
            list.smooth("concat axis " + axis, 1, List.of(Operand.any(2, 3, 4), Operand.any(b), Operand.any(2, 3, 4)),
                    v -> Shaping.concat(axis, v.get(0), v.get(1), v.get(2)));
        }
        list.smooth("concat of one", 1, List.of(Operand.any(3)), v -> Shaping.concat(0, v.get(0)));
        list.smooth("concat with itself", 1, List.of(Operand.any(2, 3)), v -> Shaping.concat(1, v.get(0), v.get(0)));
        list.smooth("concat with nothing", 1, List.of(Operand.any(2, 0), Operand.any(2, 3)), v -> Shaping.concat(1, v.get(0), v.get(1)));
        list.plain("concat bool", List.of(Operand.of(Draw.bools(), 2, 3), Operand.of(Draw.bools(), 1, 3)),
                v -> Shaping.concat(0, v.get(0), v.get(1)));
        for (int[] axes : new int[][] {{0}, {1}, {0, 2}, {-1}}) {
            list.smooth("reverse " + Arrays.toString(axes), 1, List.of(Operand.any(3, 4, 5)), v -> Shaping.reverse(v.get(0), axes));
        }
    }

    private static void slices(CaseList list) {
        long[][][] rows = {{{0, 0}, {5, 6}, {1, 1}}, {{1, 2}, {4, 5}, {1, 1}}, {{0, 1}, {5, 6}, {2, 3}}, {{2, 0}, {2, 6}, {1, 1}},
            {{4, 5}, {5, 6}, {3, 7}}, {{0, 0}, {4, 5}, {3, 2}}};
        for (long[][] r : rows) {
            list.smooth("slice " + Arrays.deepToString(r), 1, List.of(Operand.any(5, 6)),
                    v -> Shaping.slice(v.get(0), boxed(r[0]), boxed(r[1]), boxed(r[2])));
        }
        list.smooth("slice of one axis", 1, List.of(Operand.any(2, 5, 3)), v -> Shaping.slice(v.get(0), 1, 1, 4));
        long[][][] pads = {{{0, 0}, {0, 0}, {0, 0}}, {{1, 2}, {3, 0}, {0, 0}}, {{0, 1}, {0, 1}, {2, 1}}, {{2, 0}, {0, 0}, {0, 3}}};
        for (long[][] p : pads) {
            for (long[] dims : new long[][] {{3, 4}, {1, 1}, {0, 2}}) {
                list.smooth("pad " + Arrays.deepToString(p) + " of " + Arrays.toString(dims), 1, List.of(Operand.any(dims)),
                        v -> v.get(0).graph().add(new Shaping.Pad(boxed(p[0]), boxed(p[1]), boxed(p[2]), 1.5), v.get(0)));
            }
        }
        list.plain("pad int32", List.of(Operand.of(Draw.integers(DType.INT32, -5, 5), 3)),
                v -> Shaping.pad(v.get(0), List.of(1L), List.of(2L), 7));
    }

    private static void gathers(CaseList list) {
        long[][] indices = {{4}, {}, {2, 3}, {0}, {1, 1}};
        for (long[] i : indices) {
            for (int axis = 0; axis < 3; axis++) {
                int a = axis;
                list.smooth("gather axis " + a + " by " + Arrays.toString(i), 6,
                        List.of(Operand.any(3, 4, 5), Operand.of(Draw.integers(DType.INT64, -3, 3), i)),
                        v -> Shaping.gather(v.get(0), v.get(1), a));
            }
        }
        list.smooth("gather repeated int32", 20, List.of(Operand.any(2, 3), Operand.of(Draw.integers(DType.INT32, 0, 2), 20)),
                v -> Shaping.gather(v.get(0), v.get(1), 0));
        list.smooth("gatherGradient", 6, List.of(Operand.any(6, 3), Operand.of(Draw.integers(DType.INT64, 0, 4), 6)),
                v -> v.get(0).graph().add(new Shaping.GatherGradient(0, Shape.of(4, 3)), v.get(0), v.get(1)));
        list.plain("gather int64", List.of(Operand.of(Draw.integers(DType.INT64, -99, 99), 5, 2),
                Operand.of(Draw.integers(DType.INT32, 0, 5), 3)), v -> Shaping.gather(v.get(0), v.get(1), 0));
    }

    private static List<Long> boxed(long[] values) {
        return Arrays.stream(values).boxed().toList();
    }
}

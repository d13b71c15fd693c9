package dev.lamina.graph.cases;

import dev.lamina.graph.Node;
import dev.lamina.graph.Pooling;
import dev.lamina.graph.Rounding;
import dev.lamina.graph.Window;
import dev.lamina.tensor.Shape;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Max, average and adaptive pooling, unpooling and the ops of their gradients. */
final class PoolingCases {
    private static final Map<String, Window> WINDOWS = new TreeMap<>(Map.ofEntries(
            Map.entry("1x1", Window.of(1)),
            Map.entry("2/2", Window.of(2).stride(2)),
            Map.entry("3/2 overlapping", Window.of(3).stride(2)),
            Map.entry("3/1", Window.of(3)),
            Map.entry("3/1 padded", Window.of(3).padding(1)),
            Map.entry("2x3/2x1", Window.of(2, 3).stride(2, 1)),
            Map.entry("2/3 stride larger", Window.of(2).stride(3)),
            Map.entry("3/2 padded asymmetric", Window.of(3).stride(2).padding(1, 0, 0, 1)),
            Map.entry("3/2 ceil", Window.of(3).stride(2).rounding(Rounding.CEIL)),
            Map.entry("3/2 ceil padded", Window.of(3).stride(2).padding(1).rounding(Rounding.CEIL)),
            Map.entry("2/2 ceil padded last starts in padding", Window.of(2).stride(2).padding(1).rounding(Rounding.CEIL)),
            Map.entry("2/1 dilated", Window.of(2).dilation(2)),
            Map.entry("3/2 dilated padded", Window.of(3).dilation(2).stride(2).padding(1))));
    private static final List<Shape> SHAPES = List.of(Shape.of(2, 3, 7, 6), Shape.of(1, 1, 5, 5), Shape.of(0, 2, 6, 7));

    private PoolingCases() { }

    static void add(CaseList list) {
        WINDOWS.forEach((name, window) -> {
            for (Shape shape : SHAPES) {
                long[] dims = shape.toArray();
                String at = " " + name + " of " + shape;
                list.add("maxPool" + at, true, 9, List.of(Operand.of(Draw.distinct(), dims)), (_, _, v) -> {
                    Node node = Pooling.maxPoolWithIndices(v.get(0), window);
                    return node.outputs();
                });
                list.smooth("avgPool" + at, 9, List.of(Operand.any(dims)), v -> Pooling.avgPool(v.get(0), window));
                list.smooth("avgPool excluding pad" + at, 9, List.of(Operand.any(dims)),
                        v -> Pooling.avgPoolExcludingPad(v.get(0), window));
            }
            list.plain("maxPool with ties " + name, List.of(Operand.of(Draw.wholes(0, 3), 2, 3, 7, 6)), v ->
                    Pooling.maxPoolWithIndices(v.get(0), window).output(1));
            list.add("poolGather " + name, true, 9,
                    List.of(Operand.of(Draw.distinct(), 1, 2, 6, 7).fixed(), Operand.any(1, 2, 6, 7)),
                    (_, _, v) -> {
                        Node node = Pooling.maxPoolWithIndices(v.get(0), window);
                        return List.of(Pooling.poolGather(v.get(1), node.output(1)));
                    });
            list.add("maxUnpool " + name, false, 1, List.of(Operand.of(Draw.distinct(), 1, 2, 6, 7)), (_, _, v) -> {
                Node node = Pooling.maxPoolWithIndices(v.get(0), window);
                return List.of(Pooling.maxUnpool(node.output(0), node.output(1), 6, 7),
                        v.get(0).graph().add(new Pooling.MaxPoolGradient(6, 7), node.output(0), node.output(1)));
            });
        });
        list.smooth("maxPoolGradient", 9, List.of(Operand.any(1, 2, 2, 3), Operand.of(Draw.distinct(), 1, 2, 5, 7).fixed()), v ->
                v.get(0).graph().add(new Pooling.MaxPoolGradient(5, 7), v.get(0),
                        Pooling.maxPoolWithIndices(v.get(1), Window.of(3).stride(2)).output(1)));
        adaptive(list);
    }

    private static void adaptive(CaseList list) {
        long[][] outputs = {{1, 1}, {2, 3}, {5, 4}, {7, 9}, {1, 5}};
        for (long[] out : outputs) {
            for (Shape shape : List.of(Shape.of(2, 3, 7, 6), Shape.of(1, 1, 1, 1), Shape.of(1, 2, 5, 11), Shape.of(0, 2, 3, 3))) {
                list.smooth("adaptiveAvgPool " + out[0] + "x" + out[1] + " of " + shape, 42, List.of(Operand.any(shape.toArray())),
                        v -> Pooling.adaptiveAvgPool(v.get(0), out[0], out[1]));
            }
            list.smooth("adaptiveAvgPoolGradient " + out[0] + "x" + out[1], 42, List.of(Operand.any(1, 2, out[0], out[1])),
                    v -> v.get(0).graph().add(new Pooling.AdaptiveAvgPoolGradient(Shape.of(1, 2, 5, 6)), v.get(0)));
        }
        list.smooth("avgPoolGradient", 9, List.of(Operand.any(2, 1, 3, 3)), v -> v.get(0).graph().add(
                new Pooling.AvgPoolGradient(Window.of(3).stride(2).padding(1), false, Shape.of(2, 1, 5, 6)), v.get(0)));
    }
}

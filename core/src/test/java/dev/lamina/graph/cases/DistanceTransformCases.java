package dev.lamina.graph.cases;

import dev.lamina.graph.DtPool;
import dev.lamina.graph.Node;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Source;
import dev.lamina.graph.Value;
import dev.lamina.tensor.Shape;
import java.util.List;

/** Distance-transform pooling, bounded and not. */
final class DistanceTransformCases {
    private static final List<Shape> SHAPES = List.of(Shape.of(2, 3, 7, 6), Shape.of(1, 1, 5, 5), Shape.of(2, 2, 1, 9),
            Shape.of(1, 2, 8, 1), Shape.of(1, 3, 1, 1), Shape.of(0, 2, 6, 7), Shape.of(1, 2, 0, 3));
    private static final long[] RADII = {DtPool.UNBOUNDED, 0, 1, 3, 50};

    private DistanceTransformCases() { }

    static void add(CaseList list) {
        for (long radius : RADII) {
            String reach = radius == DtPool.UNBOUNDED ? "" : " within " + radius;
            for (Shape shape : SHAPES) {
                // Where nothing moves, the costs' gradient is 0, and so is that of a wrong one.
                boolean moves = radius != 0 && shape.dim(2) * shape.dim(3) > 1;
                list.add("dtPool" + reach + " of " + shape, moves, 9,
                        List.of(Operand.of(Draw.distinct(), shape.toArray()), Operand.of(Draw.uniform(0.02, 0.2), shape.dim(1), 4)),
                        (_, _, v) -> DtPool.dtPool(v.get(0), v.get(1), radius).outputs());
            }
            list.plain("dtPool" + reach + " with ties", List.of(Operand.of(Draw.wholes(0, 3), 2, 2, 6, 7),
                    Operand.of(Draw.wholes(1, 2), 2, 4)), v -> DtPool.dtPool(v.get(0), v.get(1), radius).output(1));
            list.add("dtPool" + reach + " where most scores are -inf", false, 1, List.of(Operand.of(Draw.wholes(-9, 9), 1, 2, 6, 7),
                    Operand.of(Draw.wholes(1, 2), 2, 4)), (_, _, v) -> {
                        Node node = DtPool.dtPool(Pointwise.log(Pointwise.relu(v.get(0).plus(-6))), v.get(1), radius);
                        Value reached = Pointwise.max(node.output(0), Source.scalarLike(node.output(0), -1000));
                        return List.of(reached, node.output(1));
                    });
        }
    }
}

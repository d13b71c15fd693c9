package dev.lamina.vision.parts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lamina.graph.DtPool;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.GraphException;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.nn.Context;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class PartPlacementTest {
    private static Tensor root(float... weights) {
        return Tensor.of(weights, 1, 1, 3, 4);
    }

    @Test
    void takesTheStrongestPlacesOneAfterAnother() {
        PartPlacement placed = PartPlacement.of(root(0, 0, 0, 5, 3, 3, 0, 4, 3, 3, -9, -9), 2, 2, 2, 1);
        // 25 + 16 at the right, then 4 x 9 at the left; what is negative has no energy, but stays in a filter.
        assertEquals(List.of(new Anchor(0, 2), new Anchor(1, 0)), placed.anchors());
        assertEquals(Tensor.of(new float[] {0, 5, 0, 4, 3, 3, 3, 3}, 2, 1, 2, 2).toString(), placed.weights().toString());
    }

    @Test
    void enlargesTheRootForPartsThatSeeMore() {
        PartPlacement placed = PartPlacement.of(Tensor.of(new float[] {0, 0, 0, 4}, 1, 1, 2, 2), 1, 2, 2, 2);
        assertEquals(List.of(new Anchor(2, 2)), placed.anchors());
        // Bilinear between centres: a quarter and three quarters of the way, the border repeated.
        assertEquals(2.25, placed.weights().get(0, 0, 0, 0));
        assertEquals(3, placed.weights().get(0, 0, 0, 1));
        assertEquals(4, placed.weights().get(0, 0, 1, 1));
    }

    @Test
    void saysWhatIsWrong() {
        assertEquals("part placement: the root's positive weights are used up by 1 parts of 2 x 2, 2 are wanted. Take fewer or smaller "
                + "ones.",
                assertThrows(GraphException.class, () -> PartPlacement.of(root(1, 1, -1, -1, 1, 1, -1, -1, -1, -1, -1, -1), 2, 2, 2, 1))
                        .getMessage());
        assertEquals("part placement: root [1, 1, 3, 4] enlarged by 1, parts 4 x 2; needs [1, C, h, w], parts not larger.",
                assertThrows(GraphException.class, () -> PartPlacement.of(root(new float[12]), 1, 4, 2, 1)).getMessage());
    }

    @Test
    void aComponentScoresEachCellAndNamesItsParameters() {
        Component component = Component.root(4, 3).withParts(2, 2, List.of(new Anchor(0, 0), new Anchor(5, 4)), 2, DtPool.UNBOUNDED);
        GraphBuilder builder = new GraphBuilder();
        Context context = new Context(builder, true);
        Value root = builder.input("root", TensorType.of(DType.FLOAT32, 1, 5, 9, 8));
        Value part = builder.input("part", TensorType.of(DType.FLOAT32, 1, 5, 18, 16));
        PartModel.Scores scores = PartModel.of(component, Component.root(2, 6)).apply(context, root, part);
        assertEquals(Shape.of(1, 1, 9, 8), scores.best().shape());
        assertEquals(Shape.of(1, 1, 9, 8), scores.component().shape());
        assertEquals(Shape.of(1, 2, 17, 15), scores.each().getFirst().places().orElseThrow().shape());
        assertEquals(List.of("component0.root.weight", "component0.bias", "component0.parts.weight", "component0.parts.cost",
                "component1.root.weight", "component1.bias"), context.parameters().names());
        assertEquals(Shape.of(2, 5, 2, 2), context.parameters().type("component0.parts.weight").shape());
    }

    @Test
    void aComponentSaysWhatDoesNotFit() {
        Context context = new Context(new GraphBuilder(), true);
        Value small = context.graph().input("small", TensorType.of(DType.FLOAT32, 1, 5, 3, 8));
        assertEquals("component \"c.root\": features have shape [1, 5, 3, 8], the filters are 4 x 3. Pad them with empty cells.",
                assertThrows(GraphException.class, () -> Component.root(4, 3).apply(context.in("c"), small, small)).getMessage());
        assertEquals("component: root 0 x 3, parts 0 x 0, scale 1; all need >= 1.",
                assertThrows(GraphException.class, () -> Component.root(0, 3)).getMessage());
        assertEquals("part model: there are no components, needs at least 1.",
                assertThrows(GraphException.class, PartModel::of).getMessage());
    }
}

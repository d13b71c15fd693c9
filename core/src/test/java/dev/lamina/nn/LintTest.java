package dev.lamina.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.tensor.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

class LintTest {
    private static final String WARNING = "mlp: two linear layers without activation between them equal one.";

    private static Graph graph(Layer layer) {
        Context context = new Context(new GraphBuilder(), true);
        return context.graph().output("y", Networks.apply(context, layer, 4, 8)).build();
    }

    @Test
    void twoLinearLayersInARow() {
        Layer stack = Sequential.of(Layers.linear("a", 3), Sequential.of(Layers.dropout(0.5), Layers.linear("b", 2)));
        assertEquals(List.of(WARNING), Lint.check(stack));
        assertEquals(List.of(WARNING), Lint.check(graph(stack)));
        assertEquals(List.of(WARNING), Lint.check(Sequential.mlp(new long[] {5}, 2, "none")));
        assertEquals(List.of("deep: two linear layers without activation between them equal one."),
                Lint.check(new Model("deep", Shape.of(1, 2, 4), 2, Sequential.mlp(new long[] {5}, 2, "none"))));
    }

    @Test
    void activationsBetweenThemAreFine() {
        Layer stack = Sequential.mlp(new long[] {5, 4}, 2, "relu");
        assertEquals(List.of(), Lint.check(stack));
        assertEquals(List.of(), Lint.check(graph(stack)));
        Layer own = (context, x) -> x.times(x);
        assertEquals(List.of(), Lint.check(Sequential.of(Layers.linear("a", 3), own, Layers.linear("b", 2))));
    }
}

package dev.lamina.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.tensor.DType;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Rebuilding: names, order and what became of values. */
class RewrittenTest {
    private static final TensorType TYPE = TensorType.of(DType.FLOAT32, 2, 3);

    private final GraphBuilder g = new GraphBuilder();

    private static Rewritten copy(Graph graph) {
        return Rewriter.rewrite(graph, Rewriter::copy);
    }

    private Graph stateful() {
        Value late = g.input("late", TYPE);
        Value v = g.variable("v", TYPE, true);
        Value x = g.input("x", TYPE);
        Value dropped = Random.dropout(x, 0.5);
        Value next = Update.assign(v, Pointwise.exp(v).plus(dropped));
        Update.assign(g.variable("w", TYPE, false), next.plus(late));
        g.output("reader", v.plus(1)).output("next", next);
        return g.build();
    }

    @Test
    void copyIsTheSameText() {
        Graph graph = stateful();
        Rewritten copy = copy(graph);
        assertEquals(graph.toString(), copy.graph().toString());
        assertEquals(graph.inputs().stream().map(Value::name).toList(), copy.graph().inputs().stream().map(Value::name).toList());
        assertEquals(graph.variables().stream().map(Value::name).toList(), copy.graph().variables().stream().map(Value::name).toList());
    }

    @Test
    void valuesAreOthersOfTheSameName() {
        Graph graph = stateful();
        Rewritten copy = copy(graph);
        for (Node node : graph.nodes()) {
            for (Value value : node.outputs()) {
                Value other = copy.of(value).orElseThrow();
                assertNotSame(value, other);
                assertEquals(value.toString(), other.toString());
                assertTrue(copy.graph().nodes().contains(other.node()));
            }
        }
    }

    @Test
    void builderOfTheCopyKnowsVariablesAndStreams() {
        Rewritten copy = copy(stateful());
        GraphBuilder builder = copy.graph().output("next").graph();
        assertSame(copy.graph().variables().getFirst(), builder.variable("v", TYPE, true));
        assertEquals(1, builder.nextStream());
    }

    @Test
    void newNodesTakeNoNameOfTheOriginal() {
        Value x = g.input("x", TYPE);
        Value first = g.name("a").add(new Pointwise.Unary(Pointwise.UnaryFunction.EXP), x);
        g.output("y", g.name("b").add(new Pointwise.Unary(Pointwise.UnaryFunction.EXP), first));
        Rewritten doubled = Rewriter.rewrite(g.build(), (to, node, operands) -> {
            if (node.op() instanceof Pointwise) {
                to.fresh("").name("b");
                return to.replace(node, node.op(), List.of(Pointwise.negate(operands.getFirst())));
            }
            return to.copy(node, operands);
        });
        assertEquals(List.of("x", "b_1", "a", "b_2", "b"), doubled.graph().nodes().stream().map(Node::name).toList());
    }

    @Test
    void whatNothingComputesIsAbsent() {
        Value x = g.input("x", TYPE);
        Value dead = Pointwise.exp(x);
        Value y = Pointwise.negate(dead);
        g.output("y", y);
        Rewritten cut = Rewriter.rewrite(g.build(), (to, node, operands) -> node == y.node() ? List.of(operands.getFirst().node().input(0))
                : to.copy(node, operands));
        assertEquals(Optional.empty(), cut.of(dead));
        assertSame(cut.of(x).orElseThrow(), cut.of(y).orElseThrow());
        assertSame(cut.of(x).orElseThrow(), cut.graph().output("y"));
    }

    @Test
    void compositionFollowsValues() {
        Graph graph = stateful();
        Rewritten first = copy(graph);
        Rewritten second = copy(first.graph());
        Rewritten both = first.then(second);
        assertSame(second.graph(), both.graph());
        Value value = graph.output("reader");
        assertSame(second.of(first.of(value).orElseThrow()).orElseThrow(), both.of(value).orElseThrow());
        assertEquals(first.values(), Rewritten.identity(graph).then(first).values());
        assertEquals(first.values(), first.then(Rewritten.identity(first.graph())).values());
    }
}

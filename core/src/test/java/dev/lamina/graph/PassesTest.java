package dev.lamina.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** What each pass leaves of a graph. That results stay the same is for the backends' tests. */
class PassesTest {
    private static final TensorType TYPE = TensorType.of(DType.FLOAT32, 2, 3);

    private final GraphBuilder g = new GraphBuilder();
    private final Value x = g.input("x", TYPE);

    private static List<String> ops(Graph graph) {
        return graph.nodes().stream().map(n -> n.op().name()).toList();
    }

    private Graph graph(Value... outputs) {
        for (int i = 0; i < outputs.length; i++) {
            g.output("y" + i, outputs[i]);
        }
        return g.build();
    }

    // --- common subexpressions ----------------------------------------------------------------------------------------------------------

    @Test
    void equalNodesBecomeTheFirst() {
        Value a = Pointwise.exp(x.plus(1));
        Value b = Pointwise.exp(x.plus(1));
        Graph graph = graph(a, b, Pointwise.multiply(a, b));
        Rewritten joined = Passes.commonSubexpressions(graph);
        assertEquals(List.of("input", "fill", "add", "exp", "multiply"), ops(joined.graph()));
        assertSame(joined.graph().output("y0"), joined.graph().output("y1"));
        assertEquals("exp", joined.of(b).orElseThrow().name());
        assertEquals(8, graph.nodes().size());
    }

    @Test
    void zerosOfDifferentSignAreTwo() {
        Graph graph = graph(Source.fill(g, TYPE, 0.0), Source.fill(g, TYPE, -0.0), x);
        assertEquals(3, Passes.commonSubexpressions(graph).graph().nodes().size());
    }

    @Test
    void smallConstantsOfEqualBytesAreOneAndLargeOnesAreNot() {
        Tensor small = Tensor.of(new float[] {1, 2, 3});
        Tensor large = Tensor.zeros(DType.FLOAT32, Shape.of(CommonSubexpressions.LARGEST_COMPARED / 4 + 1));
        Graph graph = graph(Source.constant(g, small), Source.constant(g, small.copy()), Source.constant(g, small.reshape(3, 1)),
                Source.constant(g, large), Source.constant(g, large), Source.constant(g, large.copy()));
        assertEquals(4, Passes.commonSubexpressions(graph).graph().nodes().size());
    }

    @Test
    void drawsOfTwoStreamsAreTwo() {
        Value a = Random.dropout(x, 0.5);
        Value b = Random.dropout(x, 0.5);
        Value again = g.add(a.node().op(), a.node().inputs().toArray(Value[]::new));
        Rewritten joined = Passes.commonSubexpressions(graph(a, b, again));
        assertNotSame(joined.of(a).orElseThrow(), joined.of(b).orElseThrow());
        assertSame(joined.of(a).orElseThrow(), joined.of(again).orElseThrow());
    }

    @Test
    void updatesStay() {
        Value v = g.variable("v", TYPE, true);
        Value w = g.variable("w", TYPE, true);
        Update.assign(v, x);
        Update.assign(w, x);
        assertEquals(2, ops(Passes.commonSubexpressions(graph(x.plus(v), x.plus(v))).graph()).stream().filter("assign"::equals).count());
    }

    // --- simplification -----------------------------------------------------------------------------------------------------------------

    private void leavesNothing(Value value, UnaryOperator<Value> change) {
        GraphBuilder builder = value.graph();
        String name = "out" + builder.nodes().size();
        Value changed = change.apply(value);
        assertNotSame(value, changed, "nothing was added");
        builder.output(name, changed);
        Rewritten simple = Passes.simplify(builder.build());
        assertSame(simple.of(value).orElseThrow(), simple.graph().output(name), changed.toString());
    }

    private static Value fill(Value like, double number) {
        return Source.fill(like.graph(), like.type(), number);
    }

    @Test
    void whatChangesNoBitGoes() {
        leavesNothing(x, Shaping::stopGradient);
        leavesNothing(x, v -> v.graph().add(new Pointwise.Cast(DType.FLOAT32), v));
        leavesNothing(x, v -> v.graph().add(new Shaping.Reshape(TYPE.shape()), v));
        leavesNothing(x, v -> Shaping.reshape(Shaping.stopGradient(Shaping.reshape(v, Shape.of(6))), TYPE.shape()));
        leavesNothing(x, v -> Shaping.transpose(v, 0, 1));
        leavesNothing(x, v -> Shaping.transpose(Shaping.transpose(v, 1, 0), 1, 0));
        leavesNothing(x, v -> v.graph().add(new Shaping.BroadcastTo(TYPE.shape()), v));
        leavesNothing(x, v -> Shaping.slice(v, 1, 0, 3));
        leavesNothing(x, v -> Shaping.pad(v, List.of(0L, 0L), List.of(0L, 0L), 7));
        leavesNothing(x, v -> Shaping.reverse(Shaping.reverse(v, 1), 1));
        leavesNothing(x, v -> v.graph().add(new Shaping.Reverse(List.of()), v));
        leavesNothing(x, v -> Shaping.concat(0, v));
        leavesNothing(x, v -> Pointwise.negate(Pointwise.negate(v)));
        leavesNothing(x, v -> v.times(1));
        leavesNothing(x, v -> fill(v, 1).times(v));
        leavesNothing(x, v -> v.dividedBy(fill(v, 1)));
        leavesNothing(x, v -> v.minus(fill(v, 0.0)));
        leavesNothing(x, v -> v.plus(-0.0));
        leavesNothing(x, v -> Shaping.broadcastTo(Source.scalarLike(v, 1), v.shape()).times(v));
        Value integer = g.input("n", TensorType.of(DType.INT64, 3));
        leavesNothing(integer, v -> v.plus(0));
        leavesNothing(integer, v -> v.times(1));
    }

    @Test
    void whatMakesZeroOfMinusZeroStays() {
        Graph graph = graph(x.plus(0.0), x.minus(fill(x, -0.0)), fill(x, 0.0).minus(x), fill(x, 1).dividedBy(x));
        Rewritten simple = Passes.simplify(graph);
        graph.outputs().keySet().forEach(name -> assertNotSame(simple.of(x).orElseThrow(), simple.graph().output(name)));
    }

    @Test
    void productThatStretchesStays() {
        Value y = x.times(Source.fill(g, TensorType.of(DType.FLOAT32, 4, 2, 3), 1));
        assertEquals(Shape.of(4, 2, 3), Passes.simplify(graph(y)).graph().output("y0").shape());
    }

    @Test
    void copyOfAVariableIsNotTheVariable() {
        Value v = g.variable("v", TYPE, true);
        Value copy = v.times(1);
        Value next = Update.assign(v, x);
        Rewritten simple = Passes.simplify(graph(copy.plus(next), copy));
        assertTrue(ops(simple.graph()).contains("multiply"));
    }

    /** What reads a copy of the old value may also wait for the new one; what reads the variable may not. */
    @Test
    void whatReadsAStretchedVariableGoesOnReadingTheCopy() {
        Value v = g.variable("v", TYPE, true);
        Value next = Update.assign(v, x);
        Value wide = Shaping.broadcastTo(v, Shape.of(4, 2, 3));
        Value y = Pointwise.add(wide, Shaping.broadcastTo(next, Shape.of(4, 2, 3)));
        Node sum = Passes.simplify(graph(y)).graph().output("y0").node();
        assertEquals(List.of("broadcastTo", "broadcastTo"), sum.inputs().stream().map(value -> value.node().op().name()).toList());
    }

    @Test
    void viewsOfAVariableGo() {
        Value v = g.variable("v", TYPE, true);
        Update.assign(v, Shaping.stopGradient(v).plus(x));
        assertEquals(List.of("input", "variable", "add", "assign"), ops(Passes.simplify(graph()).graph()));
    }

    @Test
    void transposesAndReshapesAreJoined() {
        Value y = g.input("t", TensorType.of(DType.FLOAT32, 2, 3, 4));
        Rewritten simple = Passes.simplify(graph(Shaping.transpose(Shaping.transpose(y, 1, 2, 0), 1, 2, 0),
                Shaping.reshape(Shaping.reshape(y, Shape.of(24)), Shape.of(4, 6))));
        assertEquals(List.of("input", "transpose", "reshape"), ops(simple.graph()));
        assertEquals(new Shaping.Transpose(List.of(2, 0, 1)), simple.graph().output("y0").node().op());
    }

    @Test
    void opsThatStretchReadWhatWasStretched() {
        Value row = g.input("row", TensorType.of(DType.FLOAT32, 3));
        Value wide = Shaping.broadcastTo(row, TYPE.shape());
        Value y = Pointwise.where(Pointwise.isPositive(x), wide, fill(x, 2));
        Graph simple = Passes.simplify(graph(y, Pointwise.add(wide, wide))).graph();
        Node where = simple.output("y0").node();
        assertEquals(List.of(TYPE.shape(), Shape.of(3), Shape.scalar()), where.inputs().stream().map(Value::shape).toList());
        assertEquals(List.of(Shape.of(3), TYPE.shape()), simple.output("y1").node().inputs().stream().map(Value::shape).toList());
    }

    @Test
    void simplifyingTwiceFindsNothingMore() {
        Value wide = Shaping.broadcastTo(Source.scalarLike(x, 3), TYPE.shape());
        Value y = Shaping.transpose(Shaping.stopGradient(Shaping.transpose(x.times(wide), 1, 0)), 1, 0);
        Graph once = Passes.simplify(graph(y)).graph();
        assertEquals(once.toString(), Passes.simplify(once).graph().toString());
    }

    // --- constant folding ---------------------------------------------------------------------------------------------------------------

    /** Gives every asked value its number, counted in elements from 0. */
    private static Map<String, Tensor> numbered(Graph graph) {
        Map<String, Tensor> results = new HashMap<>();
        graph.outputs().forEach((name, value) -> {
            Tensor tensor = Tensor.zeros(value.dtype(), value.shape());
            for (int i = 0; i < value.shape().elements(); i++) {
                tensor.reshape(value.shape().elements()).set(i, i);
            }
            results.put(name, tensor);
        });
        return results;
    }

    private static final Function<Graph, Map<String, Tensor>> NEVER = graph -> {
        throw new AssertionError("nothing should be evaluated:\n" + graph);
    };

    @Test
    void wholeSubgraphsBecomeOneConstant() {
        Value c = Source.constant(g, Tensor.of(new float[] {1, 2, 3}));
        Value y = x.times(Pointwise.exp(c.plus(1).times(c)));
        Graph folded = Passes.foldConstants(graph(y), graph -> {
            assertEquals(List.of("constant", "fill", "add", "multiply", "exp"), ops(graph));
            return numbered(graph);
        }).graph();
        assertEquals(List.of("input", "constant", "multiply"), ops(folded));
        assertEquals("exp", folded.nodes().get(1).name());
    }

    @Test
    void equalNumbersBecomeAFill() {
        Value y = x.times(Pointwise.sqrt(Source.scalarLike(x, 4)));
        Graph folded = Passes.foldConstants(graph(y), _ -> Map.of("0", Tensor.scalar(DType.FLOAT32, 2))).graph();
        assertEquals(List.of("input", "fill", "multiply"), ops(folded));
        assertEquals(new Source.Fill(TensorType.of(DType.FLOAT32), 2), folded.nodes().get(1).op());
    }

    @Test
    void numbersThatNoDoubleHoldsStayAConstant() {
        Value c = Source.scalar(g, DType.INT64, 1);
        long odd = (1L << 53) + 1;
        Graph folded = Passes.foldConstants(graph(c.plus(1)), _ -> Map.of("0", Tensor.of(new long[] {odd}).reshape())).graph();
        assertEquals(List.of("constant"), ops(folded));
    }

    @Test
    void stretchedNumbersStay() {
        Value wide = Shaping.broadcastTo(Source.scalarLike(x, 4), Shape.of(1000, 2, 3));
        Graph graph = graph(x.times(wide));
        assertEquals(graph, Passes.foldConstants(graph, NEVER).graph());
    }

    @Test
    void whatALargeResultReadsIsFolded() {
        Value wide = Shaping.broadcastTo(Pointwise.exp(Source.scalarLike(x, 4)), Shape.of(1000, 2, 3));
        Graph folded = Passes.foldConstants(graph(x.times(wide), Reduction.sum(Pointwise.exp(wide))), PassesTest::numbered).graph();
        assertEquals(List.of("input", "fill", "broadcastTo", "multiply", "fill"), ops(folded));
    }

    @Test
    void sourcesAndTheirViewsStay() {
        Value c = Source.constant(g, Tensor.of(new float[] {1, 2, 3}));
        Graph graph = graph(Shaping.reshape(c, Shape.of(3, 1)), c, Source.scalarLike(x, 1), x);
        assertEquals(graph, Passes.foldConstants(graph, NEVER).graph());
    }

    @Test
    void variablesInputsAndRandomNumbersAreNotConstant() {
        Graph graph = graph(x.plus(1), g.variable("v", TYPE, true).plus(1), Random.uniform(g, TYPE, 0, 1).plus(1));
        assertEquals(graph, Passes.foldConstants(graph, NEVER).graph());
    }

    @Test
    void onlyTheResultsThatAreReadAreFolded() {
        Value c = Source.constant(g, Tensor.of(new float[] {1, 2, 3, 4}, 1, 1, 2, 2));
        Node pool = Pooling.maxPoolWithIndices(c, Window.of(2));
        Graph folded = Passes.foldConstants(graph(pool.output(1), x), PassesTest::numbered).graph();
        assertEquals(List.of("input", "fill"), ops(folded));
    }
}

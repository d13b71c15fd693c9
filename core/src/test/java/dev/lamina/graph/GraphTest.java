package dev.lamina.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Freezing: order, dead nodes, names, text. */
class GraphTest {
    private static final TensorType TYPE = TensorType.of(DType.FLOAT32, 2, 3);

    private final GraphBuilder g = new GraphBuilder();

    private static int position(Graph graph, Value value) {
        int position = graph.nodes().indexOf(value.node());
        assertTrue(position >= 0, value + " is missing");
        return position;
    }

    @Test
    void updatesComeAfterReadersOfTheOldValue() {
        Value v = g.variable("v", TYPE, true);
        Value updated = Update.assign(v, Source.fill(g, TYPE, 1));
        Value late = Pointwise.exp(v);
        g.output("late", late);
        Graph graph = g.build();
        assertTrue(position(graph, updated) > position(graph, late));
    }

    @Test
    void updatesComeAfterReadersThroughViews() {
        Value v = g.variable("v", TYPE, true);
        Value view = Shaping.stopGradient(Shaping.reshape(v, Shape.of(6)));
        Value updated = Update.assign(v, Source.fill(g, TYPE, 1));
        Value late = Pointwise.exp(Shaping.reshape(view, Shape.of(3, 2)));
        g.output("late", late);
        Graph graph = g.build();
        assertTrue(position(graph, updated) > position(graph, late));
        assertSame(v, view.root());
    }

    @Test
    void updatesAreLiveWithoutOutput() {
        Value v = g.variable("v", TYPE, true);
        Update.assign(v, v.plus(1));
        assertEquals(List.of("variable", "fill", "add", "assign"), g.build().nodes().stream().map(n -> n.op().name()).toList());
    }

    @Test
    void variableIsUpdatedOnce() {
        Value v = g.variable("v", TYPE, true);
        Update.assign(v, v.plus(1));
        Update.assign(v, v.plus(2));
        assertEquals("assign \"assign_2\": variable \"v\" is updated by assign \"assign\" already; one update a run is allowed.",
                assertThrows(GraphException.class, g::build).getMessage());
    }

    @Test
    void oldAndNewValueInOneNodeIsRefused() {
        Value v = g.variable("v", TYPE, true);
        Value next = Update.assign(v, v.plus(1));
        g.output("both", v.plus(next));
        assertEquals("assign \"assign\": a node needs both the old value of \"v\" and its new one. Read the update's output instead.",
                assertThrows(GraphException.class, g::build).getMessage());
    }

    @Test
    void swapOfTwoVariablesIsRefused() {
        Value a = g.variable("a", TYPE, true);
        Value b = g.variable("b", TYPE, true);
        Update.assign(a, b);
        Update.assign(b, a);
        assertThrows(GraphException.class, g::build);
    }

    @Test
    void outputOfAnUpdatedVariableIsRefused() {
        Value v = g.variable("v", TYPE, true);
        Update.assign(v, v.plus(1));
        g.output("old", Shaping.reshape(v, Shape.of(6)));
        assertEquals("output \"old\": variable \"v\" is updated in the same run. Output the update's result, or read the variable from the "
                + "state.", assertThrows(GraphException.class, g::build).getMessage());
    }

    @Test
    void deadNodesAreDropped() {
        Value x = g.input("x", TYPE);
        g.input("unused", TYPE);
        Pointwise.exp(x);
        g.output("y", Pointwise.log(x));
        Graph graph = g.build();
        assertEquals(List.of("input", "log"), graph.nodes().stream().map(n -> n.op().name()).toList());
        assertEquals(List.of(x), graph.inputs());
    }

    @Test
    void builderGoesOnAfterBuild() {
        Value x = g.input("x", TYPE);
        g.output("y", Pointwise.log(x));
        Graph first = g.build();
        g.output("z", Pointwise.exp(x));
        assertEquals(2, first.nodes().size());
        assertEquals(3, g.build().nodes().size());
    }

    @Test
    void namesAreUnique() {
        Value x = g.input("x", TYPE);
        assertEquals("exp", Pointwise.exp(x).name());
        assertEquals("exp_2", Pointwise.exp(x).name());
        g.name("act");
        assertEquals("act", Pointwise.exp(x).name());
        g.name("act");
        assertEquals("act_2", Pointwise.leakyRelu(x, 0.1).name());
        g.name("exp_3");
        assertEquals("exp_3", Pointwise.exp(x).name());
        assertEquals("exp_4", Pointwise.exp(x).name());
    }

    @Test
    void helperNodesDoNotTakeTheName() {
        g.name("scaled");
        Value x = g.input("x", TYPE);
        g.name("scaled");
        assertEquals("scaled", x.times(2).name());
        g.name("drop");
        assertEquals("drop", Random.dropout(x, 0.5).name());
    }

    @Test
    void text() {
        Value x = g.input("x", TensorType.of(DType.FLOAT32, 1, 1, 4, 4));
        Node pool = Pooling.maxPoolWithIndices(x, Window.of(2));
        g.output("y", pool.output(0));
        assertEquals("""
                x: float32 [1, 1, 4, 4] = input[inputName=x, type=float32 [1, 1, 4, 4]]()
                maxPool: float32 [1, 1, 3, 3], maxPool:1: int32 [1, 1, 3, 3] = maxPool[window=Window[h=Axis[kernel=2, stride=1, \
                padBegin=0, padEnd=0, dilation=1, rounding=FLOOR], \
                w=Axis[kernel=2, stride=1, padBegin=0, padEnd=0, dilation=1, rounding=FLOOR]]](x)
                output y = maxPool
                """, g.build().toString());
    }

    @Test
    void dotQuotesLabels() {
        Value x = g.input("a\"b\\c", TYPE);
        g.output("o\"", Pointwise.exp(x));
        String dot = g.build().toDot();
        assertTrue(dot.startsWith("digraph lamina {"), dot);
        assertTrue(dot.contains("a\\\"b\\\\c\\ninput"), dot);
        assertTrue(dot.contains("n0 -> n1 [label=\"float32 [2, 3]\"];"), dot);
        assertTrue(dot.contains("\"output o\\\"\" [shape=ellipse];"), dot);
        assertTrue(dot.endsWith("}\n"), dot);
    }

    @Test
    void costsAddUp() {
        Value x = g.input("x", TensorType.of(DType.FLOAT32, 1, 3, 32, 32));
        Value w = g.variable("w", TensorType.of(DType.FLOAT32, 10, 3, 5, 5), true);
        g.output("y", Convolution.conv2d(x, w, Window.of(5).padding(2), 1));
        assertEquals(10L * 32 * 32 * 75, g.build().macs());
        assertEquals(2 * 10L * 32 * 32 * 75, g.build().flops());
    }
}

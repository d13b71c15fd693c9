package dev.lamina.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.CompileOptions.Pass;
import dev.lamina.backend.MemoryPlan;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Places of values: nobody writes over a value that is read later. */
class MemoryPlanTest {
    private static final CompileOptions DEFAULTS = CompileOptions.defaults();
    private static final TensorType TYPE = TensorType.of(DType.FLOAT32, 100);

    /** A graph of random nodes with views, several outputs, constants, variables and updates. */
    private static Graph random(long seed) {
        Random random = new Random(seed);
        GraphBuilder g = new GraphBuilder();
        List<Value> values = new ArrayList<>();
        values.add(g.input("x", TensorType.of(DType.FLOAT32, 1 + random.nextInt(40))));
        values.add(g.variable("v", TensorType.of(DType.FLOAT32, 1 + random.nextInt(40)), true));
        values.add(Source.fill(g, TensorType.of(DType.FLOAT32, random.nextInt(3)), 1));
        values.add(Source.constant(g, dev.lamina.tensor.Tensor.zeros(DType.FLOAT32, Shape.of(1 + random.nextInt(9)))));
        for (int i = 0; i < 25; i++) {
            Value a = values.get(random.nextInt(values.size()));
            Value b = values.get(random.nextInt(values.size()));
            values.add(switch (random.nextInt(9)) {
                case 0 -> Pointwise.exp(a);
                case 1 -> a.shape().equals(b.shape()) ? a.plus(b) : a.plus(a);
                case 2 -> Shaping.reshape(Shaping.reshape(a, Shape.of(1, a.shape().elements())), Shape.of(a.shape().elements()));
                case 3 -> Shaping.stopGradient(a);
                case 4 -> a.shape().elements() + b.shape().elements() > 200 ? Shaping.reverse(a, 0) : Shaping.concat(0, a, b);
                case 5 -> Reduction.sumKeepDims(a, 0);
                case 6 -> Pointwise.relu(a);
                case 7 -> Pointwise.where(Pointwise.isPositive(a), a, Pointwise.negate(a));
                default -> Pooling.maxPoolWithIndices(Shaping.reshape(a.plus(Source.fillLike(a, 1)),
                        Shape.of(1, a.shape().elements(), 1, 1)), Window.of(1)).output(0).shape().elements() == 0 ? a : Pointwise.tanh(a);
            });
        }
        if (random.nextBoolean()) {
            Value v = values.get(1);
            Update.assign(v, v.plus(1));
        }
        for (int k = 0; k < 3; k++) {
            Value out = values.get(2 + random.nextInt(values.size() - 2));
            if (!MemoryPlan.livesInState(out)) {
                g.output("o" + k, out);
            }
        }
        return g.build();
    }

    /** Executes symbolically: every read must find the value that was written there last. */
    private static void execute(Graph graph, MemoryPlan plan) {
        Map<Long, Value> bytes = new HashMap<>();
        graph.nodes().stream().filter(n -> n.op() instanceof Source.Input || n.op() instanceof Source.Constant)
                .forEach(n -> write(bytes, plan, n.output(0)));
        for (Node node : graph.nodes()) {
            node.inputs().forEach(v -> read(bytes, plan, v, node));
            if (!node.op().isView() && !(node.op() instanceof Source.Input) && !(node.op() instanceof Source.Constant)) {
                node.outputs().forEach(v -> write(bytes, plan, v));
                node.outputs().forEach(v -> read(bytes, plan, v, node));
            }
        }
        graph.outputs().values().forEach(v -> read(bytes, plan, v, null));
    }

    private static void write(Map<Long, Value> bytes, MemoryPlan plan, Value value) {
        if (!MemoryPlan.livesInState(value)) {
            long start = plan.offset(value);
            assertTrue(start >= 0 && start % MemoryPlan.ALIGNMENT == 0 && start + value.type().bytes() <= plan.bytes(), value.toString());
            for (long i = 0; i < value.type().bytes(); i += 4) {
                bytes.put(start + i, value);
            }
        }
    }

    private static void read(Map<Long, Value> bytes, MemoryPlan plan, Value value, Node reader) {
        if (!MemoryPlan.livesInState(value)) {
            assertEquals(plan.offset(value.root()), plan.offset(value));
            for (long i = 0; i < value.type().bytes(); i += 4) {
                assertEquals(value.root(), bytes.get(plan.offset(value) + i), () -> "read by " + reader);
            }
        } else {
            assertEquals(-1, plan.offset(value));
        }
    }

    @Property(tries = 500)
    void nobodyWritesOverALiveValue(@ForAll long seed) {
        Graph graph = random(seed);
        MemoryPlan reusing = MemoryPlan.of(graph, DEFAULTS);
        MemoryPlan copying = MemoryPlan.of(graph, DEFAULTS.without(Pass.IN_PLACE));
        MemoryPlan keeping = MemoryPlan.of(graph, DEFAULTS.keepingAll());
        execute(graph, reusing);
        execute(graph, copying);
        execute(graph, keeping);
        execute(graph, MemoryPlan.of(graph, DEFAULTS.without(Pass.MEMORY_REUSE)));
        assertTrue(reusing.bytes() <= keeping.bytes() && copying.bytes() <= keeping.bytes());
    }

    @Property(tries = 100)
    void keepAllGivesEveryValueItsOwnPlace(@ForAll long seed) {
        Graph graph = random(seed);
        MemoryPlan plan = MemoryPlan.of(graph, DEFAULTS.keepingAll());
        long sum = graph.nodes().stream().flatMap(n -> n.outputs().stream()).filter(v -> v.root() == v && !MemoryPlan.livesInState(v))
                .mapToLong(MemoryPlan::aligned).sum();
        assertEquals(sum, plan.bytes());
    }

    @Example
    void chainRunsInPlace() {
        GraphBuilder g = new GraphBuilder();
        Value x = g.input("x", TYPE);
        Value y = x;
        for (int i = 0; i < 10; i++) {
            y = Pointwise.exp(y);
        }
        g.output("y", y);
        Graph graph = g.build();
        assertEquals(2 * 448, MemoryPlan.of(graph, DEFAULTS).bytes());
        assertEquals(11 * 448, MemoryPlan.of(graph, DEFAULTS.keepingAll()).bytes());
        assertEquals(11 * 448, MemoryPlan.of(graph, DEFAULTS.without(Pass.MEMORY_REUSE)).bytes());
    }

    @Example
    void inPlaceOnlyWhereTheOperandDies() {
        GraphBuilder g = new GraphBuilder();
        Value a = Shaping.reverse(g.input("x", TYPE), 0);
        Value b = Pointwise.exp(a);
        Value c = Pointwise.relu(a);
        g.output("b", b).output("c", c);
        MemoryPlan plan = MemoryPlan.of(g.build(), DEFAULTS);
        assertNotEquals(plan.offset(a), plan.offset(b));
        assertEquals(plan.offset(a), plan.offset(c));
        MemoryPlan copying = MemoryPlan.of(g.build(), DEFAULTS.without(Pass.IN_PLACE));
        assertNotEquals(copying.offset(a), copying.offset(c));
    }

    @Example
    void inputsAndConstantsAreNotWrittenOver() {
        GraphBuilder g = new GraphBuilder();
        Value x = g.input("x", TYPE);
        Value c = Source.constant(g, dev.lamina.tensor.Tensor.zeros(DType.FLOAT32, TYPE.shape()));
        Value y = Pointwise.exp(c);
        g.output("y", y).output("z", Pointwise.exp(x));
        MemoryPlan plan = MemoryPlan.of(g.build(), DEFAULTS);
        assertNotEquals(plan.offset(c), plan.offset(y));
        assertNotEquals(plan.offset(c), plan.offset(x));
    }

    @Example
    void emptyArena() {
        GraphBuilder g = new GraphBuilder();
        Value v = g.variable("v", TYPE, true);
        Update.assign(v, v);
        MemoryPlan plan = MemoryPlan.of(g.build(), DEFAULTS);
        assertEquals(0, plan.bytes());
        assertNull(plan.peakNode());
    }
}

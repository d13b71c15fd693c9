package dev.lamina.cpu.onednn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.Tolerance;
import dev.lamina.backend.fusion.Fusion;
import dev.lamina.backend.fusion.Group;
import dev.lamina.backend.fusion.Group.Chain;
import dev.lamina.backend.fusion.Group.Single;
import dev.lamina.backend.fusion.GroupOrder;
import dev.lamina.graph.Convolution;
import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.Node;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Reduction;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Update;
import dev.lamina.graph.Value;
import dev.lamina.graph.Window;
import dev.lamina.parity.Parity;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The order of groups: operands first, updates after every reader of the old value, and no two groups that wait for each other. */
class GroupOrderTest {
    /** Every node is in one group, after its operands, and before updates of what it reads. */
    static void runsInOrder(Graph graph, List<Group> groups) {
        Set<Node> done = new HashSet<>();
        Set<Value> updated = new HashSet<>();
        for (Group group : groups) {
            Set<Node> together = new HashSet<>(group.nodes());
            assertEquals(group.nodes().size(), together.size());
            Set<Value> changed = new HashSet<>();
            for (Node node : group.nodes()) {
                for (Value input : node.inputs()) {
                    assertTrue(done.contains(input.node()) || together.contains(input.node()),
                            () -> node + " runs before " + input + "\n" + graph);
                    assertTrue(!updated.contains(input.root()), () -> node + " reads " + input + " after its update\n" + graph);
                }
                if (node.op() instanceof Update update) {
                    update.updated(node.inputs().size()).forEach(i -> changed.add(node.input(i)));
                }
            }
            for (Node node : group.nodes()) {
                assertTrue(done.add(node), () -> node + " is in two groups\n" + graph);
            }
            updated.addAll(changed);
        }
        assertEquals(new HashSet<>(graph.nodes()), done);
    }

    /** Two groups that each need a result of the other: one of them is taken apart, and its pointwise nodes stay vector kernels. */
    @Test
    void groupsThatWaitForEachOtherAreTakenApart() {
        GraphBuilder g = new GraphBuilder();
        Value x = g.input("x", TensorType.of(DType.FLOAT32, 4));
        Value a = Pointwise.exp(x);
        Value b = Pointwise.tanh(a);
        Value c = Pointwise.square(b);
        Value d = Pointwise.abs(c);
        Value e = Pointwise.negate(d);
        g.output("e", e);
        Graph graph = g.build();
        Map<Node, Group> groups = new HashMap<>();
        for (List<Value> together : List.of(List.of(a, c, e), List.of(b, d))) {
            Group chain = new Chain(together.stream().map(Value::node).toList());
            chain.nodes().forEach(node -> groups.put(node, chain));
        }
        groups.put(x.node(), new Single(x.node()));
        List<Group> ordered = GroupOrder.of(graph, groups, Compiler.FUSION);
        runsInOrder(graph, ordered);
        assertTrue(ordered.stream().filter(group -> group.nodes().getFirst().op() instanceof Pointwise).allMatch(Chain.class::isInstance),
                ordered::toString);
    }

    @Test
    void updatesWaitForReadersOfViewsAndOfOtherUpdates() {
        GraphBuilder g = new GraphBuilder();
        Value w = g.variable("w", TensorType.of(DType.FLOAT32, 17, 17, 3, 3), true);
        Value average = g.variable("average", w.type(), false);
        Value next = Update.assign(w, w.times(0.5));
        Value view = Shaping.reshape(w, Shape.of(17, 153));
        Update.ema(average, next, 0.9);
        g.output("norm", Reduction.sum(Pointwise.square(view)));
        g.output("y", Convolution.conv2d(g.input("x", TensorType.of(DType.FLOAT32, 1, 17, 4, 4)), average, Window.of(3), 1));
        g.output("next", next);
        Graph graph = g.build();
        List<Group> groups = Fusion.groups(graph, CompileOptions.defaults(), Compiler.FUSION);
        runsInOrder(graph, groups);
        CompileOptions defaults = CompileOptions.defaults();
        try (OneDnnBackend backend = OneDnn.open(2); Backend reference = Backends.open("reference")) {
            List<String> failures = new ArrayList<>();
            Parity.compare(OneDnn.run(reference, graph, defaults, 3), OneDnn.run(backend, graph, defaults, 3),
                    type -> Tolerance.of(type, 17 * 153), "three runs", failures);
            assertEquals(List.of(), failures);
        }
    }
}

package dev.lamina.io.onnx.export;

import dev.lamina.graph.Convolution;
import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphException;
import dev.lamina.graph.Node;
import dev.lamina.graph.Op;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.Source;
import dev.lamina.graph.Value;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongFunction;

/**
 * One graph for any batch size, from the graphs of two batch sizes. They must have the same nodes, ops and constants; an extent that is
 * equal in both is fixed, and one that is the same multiple of the batch size in both is free. Anything else is refused.
 */
final class BatchFree {
    private static final long ONE = 2;
    private static final long OTHER = 3;

    private final Graph graph;
    private final Set<Node> live;
    private final Map<String, Node> others = new HashMap<>();
    private final Set<Value> used = new HashSet<>();

    /** The part of the graphs that computes these outputs. */
    BatchFree(LongFunction<Graph> graphs, List<String> outputs) {
        graph = graphs.apply(ONE);
        Graph other = graphs.apply(OTHER);
        other.nodes().forEach(node -> others.put(node.name(), node));
        outputs.forEach(output -> used.add(graph.output(output)));
        outputs.forEach(output -> requireSame(output, graph.output(output), other.output(output)));
        live = live();
        nodes().forEach(this::checkForm);
    }

    private Set<Node> live() {
        Set<Node> found = new HashSet<>();
        used.forEach(value -> found.add(value.node()));
        for (Node node : graph.nodes().reversed()) {
            if (found.contains(node)) {
                node.inputs().forEach(value -> found.add(value.node()));
                used.addAll(node.inputs());
            }
        }
        return found;
    }

    private static void requireSame(String what, Value one, Value other) {
        if (!one.name().equals(other.name())) {
            throw new GraphException("onnx: " + what + " is " + one.name() + " for a batch of " + ONE + " and " + other.name() + " for "
                    + OTHER + "; graphs that differ by more than extents cannot be one model.");
        }
    }

    private void checkForm(Node node) {
        Node other = others.get(node.name());
        if (other == null || other.op().getClass() != node.op().getClass() || other.inputs().size() != node.inputs().size()) {
            throw refused(node, "the graph for a batch of " + OTHER + " has " + (other == null ? "no such node" : other.toString()
                    + " of " + other.inputs().size() + " operands"));
        }
        for (int i = 0; i < node.inputs().size(); i++) {
            requireSame("operand " + i + " of " + node, node.input(i), other.input(i));
        }
    }

    /**
     * Fails unless a node computes the same for any batch.
     *
     * @throws GraphException if its attributes or shapes depend on the batch otherwise than by extents
     */
    void check(Node node) {
        Op other = others.get(node.name()).op();
        if (!sameBatchAside(node.op(), other)) {
            throw refused(node, "it is " + node.op() + ", and " + other + " for a batch of " + OTHER);
        }
        node.outputs().forEach(this::extents);
    }

    private static GraphException refused(Node node, String difference) {
        return new GraphException("onnx: " + node + ": " + difference + "; graphs that differ by more than extents cannot be one model.");
    }

    /** Whether ops are equal but for shapes, which {@link #extents} judges. */
    private static boolean sameBatchAside(Op one, Op other) {
        return switch (one) {
            case Source.Input(String name, var type) -> other instanceof Source.Input(String name2, var type2) && name.equals(name2)
                    && type.dtype() == type2.dtype();
            case Source.Fill(var type, double value) -> other instanceof Source.Fill(var type2, double value2)
                    && Double.compare(value, value2) == 0 && type.dtype() == type2.dtype();
            case Source.Constant(Tensor tensor) -> other instanceof Source.Constant(Tensor tensor2) && same(tensor, tensor2);
            case Shaping.Reshape _, Shaping.BroadcastTo _ -> true;
            case Shaping.Slice slice -> other instanceof Shaping.Slice slice2 && slice.starts().equals(slice2.starts())
                    && slice.steps().equals(slice2.steps());
            case Convolution.Conv2dDataGradient gradient -> other instanceof Convolution.Conv2dDataGradient gradient2
                    && gradient.window().equals(gradient2.window()) && gradient.groups() == gradient2.groups();
            default -> one.equals(other);
        };
    }

    private static boolean same(Tensor a, Tensor b) {
        return a == b || a.dtype() == b.dtype() && a.shape().equals(b.shape())
                && a.contiguous().memory().mismatch(b.contiguous().memory()) == -1;
    }

    /** Nodes in an order in which they can run, those that no output needs left out. */
    List<Node> nodes() {
        return graph.nodes().stream().filter(live::contains).toList();
    }

    /** The output of this name. */
    Value output(String name) {
        return graph.output(name);
    }

    /** Whether a node or an output needs a value. */
    boolean isUsed(Value value) {
        return used.contains(value);
    }

    /** The same node in the graph of the other batch size. */
    Node other(Node node) {
        return others.get(node.name());
    }

    /** Extents of a value. */
    List<Extent> extents(Value value) {
        Shape one = value.shape();
        Shape other = others.get(value.node().name()).output(value.output()).shape();
        if (one.rank() != other.rank()) {
            throw refused(value.node(), "its result has shape " + one + ", and " + other + " for a batch of " + OTHER);
        }
        List<Extent> extents = new ArrayList<>();
        for (int axis = 0; axis < one.rank(); axis++) {
            long a = one.dim(axis);
            long b = other.dim(axis);
            if (a != b && (a % ONE != 0 || b % OTHER != 0 || a / ONE != b / OTHER)) {
                throw refused(value.node(), "axis " + axis + " of its result has extent " + a + ", and " + b + " for a batch of " + OTHER
                        + ", which is no multiple of the batch");
            }
            extents.add(a == b ? new Extent(a, 0) : new Extent(0, a / ONE));
        }
        return extents;
    }
}

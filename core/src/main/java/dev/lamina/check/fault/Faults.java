package dev.lamina.check.fault;

import dev.lamina.backend.CompileOptions.Poison;
import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphException;
import dev.lamina.graph.Node;
import dev.lamina.graph.Rewriter;
import dev.lamina.graph.Rewritten;
import dev.lamina.graph.Source;
import dev.lamina.graph.Update;
import dev.lamina.graph.Value;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Plants defects. A graph is rewritten so that it computes what a backend with the defect would, so the same fault can be planted on every
 * backend, under all options.
 *
 * <p>Nodes that are added, and variables that live from run to run, have names that start with {@code fault/}. Such variables must start
 * as zeros, and keep their values between runs.
 */
public final class Faults {
    private Faults() { }

    /**
     * The graph with a defect. Inputs, variables and outputs are those of the original, plus hidden variables for {@link FaultKind#STALE}
     * and {@link FaultKind#NOT_REPEATABLE}. The result's values lead to what stands in each value's place: at the fault's node that is the
     * corrupted value, and all nodes after it, and outputs, read that one. Values before it are what they were, bit for bit.
     *
     * @param poison what memory is filled with before a run: what elements hold that {@link FaultKind#UNWRITTEN_TAIL} leaves; NONE: zeros
     * @throws GraphException if the graph has no such node, or the kind does not fit there
     */
    public static Rewritten inject(Graph graph, Fault fault, Poison poison) {
        Node node = node(graph, fault);
        List<Value> read = read(graph, node);
        Defect defect = Defects.of(fault.kind(), graph);
        if (!defect.fits(node, read)) {
            throw new GraphException(node.name() + " (" + node.op().name() + "): fault \"" + fault.kind().label() + "\" needs "
                    + defect.needs() + ". " + fitting(applicable(graph, node)));
        }
        Set<String> variables = Set.copyOf(graph.variables().stream().map(v -> ((Source.Variable) v.node().op()).variableName()).toList());
        Rewritten first = plant(graph, node, defect, new Site.Setting(read, poison, variables, List.of()));
        // What only the node's own result rested on is dead now; runs are given these all the same, so they stay.
        List<Value> lost = Stream.concat(graph.inputs().stream(), graph.variables().stream())
                .filter(source -> first.of(source).isEmpty()).toList();
        return lost.isEmpty() ? first : plant(graph, node, defect, new Site.Setting(read, poison, variables, lost));
    }

    private static Rewritten plant(Graph graph, Node faulty, Defect defect, Site.Setting setting) {
        Map<Value, Value> before = new HashMap<>();
        return Rewriter.rewrite(graph, (to, node, operands) -> {
            if (node == faulty) {
                Site site = new Site(to, node, operands, setting, before);
                List<Value> results = defect.plant(site);
                return node.op() instanceof Update ? results : site.anchored(results);
            }
            List<Value> results = to.copy(node, operands);
            node.outputs().forEach(value -> before.put(value, results.get(value.output())));
            return results;
        });
    }

    /** The kinds that fit a node whose results are all read, and change them in general. Empty for sources and results of no element. */
    public static List<FaultKind> applicable(Node node) {
        return Arrays.stream(FaultKind.values()).filter(kind -> Defects.of(kind).fits(node, node.outputs())).toList();
    }

    /**
     * The kinds that fit a node of a graph: those of {@link #applicable(Node)} that change a result that something reads, and swaps with
     * other gradients of the graph.
     */
    public static List<FaultKind> applicable(Graph graph, Node node) {
        List<Value> read = read(graph, node);
        return Arrays.stream(FaultKind.values()).filter(kind -> Defects.of(kind, graph).fits(node, read)).toList();
    }

    private static String fitting(List<FaultKind> kinds) {
        return kinds.isEmpty() ? "No kind fits." : "Kinds that fit: " + String.join(", ", kinds.stream().map(FaultKind::label).toList())
                + ".";
    }

    private static Node node(Graph graph, Fault fault) {
        Node node = graph.nodes().stream().filter(n -> n.name().equals(fault.node())).findFirst().orElseThrow(() -> {
            List<String> names = graph.nodes().stream().filter(n -> !(n.op() instanceof Source)).map(Node::name).toList();
            return new GraphException("fault \"" + fault + "\": the graph has no node \"" + fault.node() + "\". Near names: "
                    + String.join(", ", NearNames.of(fault.node(), names)) + ".");
        });
        if (node.op() instanceof Source) {
            throw new GraphException(node.name() + " (" + node.op().name() + "): fault \"" + fault.kind().label()
                    + "\" needs a node that computes something. Choose one that reads \"" + node.name() + "\".");
        }
        return node;
    }

    /** The results that matter: read by a node, or an output; of an update all, as they stay in the state. */
    private static List<Value> read(Graph graph, Node node) {
        if (node.op() instanceof Update) {
            return node.outputs();
        }
        Set<Value> read = new HashSet<>(graph.outputs().values());
        graph.nodes().forEach(n -> read.addAll(n.inputs()));
        return node.outputs().stream().filter(read::contains).toList();
    }
}

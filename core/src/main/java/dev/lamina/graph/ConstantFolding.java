package dev.lamina.graph;

import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Finds what depends on constants and fills only, and puts the results in its place. */
final class ConstantFolding {
    /** Bytes that a result may have whatever it was computed from. */
    static final long SMALL = 4096;
    /** A result may have this many times the bytes of the constants that it was computed from, and {@link #SMALL} more. */
    static final long GROWTH = 2;

    private final Graph graph;
    /** Nodes whose results are the same in every run, and the constants that they are computed from. */
    private final Map<Node, Set<Value>> origins = new HashMap<>();
    /** Such nodes that stay nevertheless. */
    private final Set<Node> kept = new HashSet<>();
    /** What is evaluated. */
    private final Set<Value> results = new LinkedHashSet<>();

    private ConstantFolding(Graph graph) {
        this.graph = graph;
    }

    static Rewritten fold(Graph graph, Function<Graph, Map<String, Tensor>> evaluate) {
        ConstantFolding folding = new ConstantFolding(graph);
        folding.findConstants();
        folding.choose();
        return folding.results.isEmpty() ? Rewritten.identity(graph) : folding.replace(evaluate);
    }

    private void findConstants() {
        for (Node node : graph.nodes()) {
            boolean computes = switch (node.op()) {
                case Source _, Random _, Update _ -> false;
                case Convolution _, Pooling _, DtPool _, MatMul _, Pointwise _, Normalization _, Softmax _, Loss _, Reduction _,
                    Shaping _ -> true;
            };
            if (node.op() instanceof Source.Constant) {
                origins.put(node, Set.of(node.output(0)));
            } else if (node.op() instanceof Source.Fill) {
                origins.put(node, Set.of());
            } else if (computes && node.inputs().stream().allMatch(v -> origins.containsKey(v.node()))) {
                Set<Value> all = new HashSet<>();
                node.inputs().forEach(v -> all.addAll(origins.get(v.node())));
                origins.put(node, all);
            }
        }
    }

    /** From the readers to the constants: a needed result that fits is evaluated, of one that does not the operands are needed. */
    private void choose() {
        Set<Value> needed = new HashSet<>(graph.outputs().values());
        for (Node node : graph.nodes().reversed()) {
            if (!origins.containsKey(node)) {
                needed.addAll(node.inputs());
                continue;
            }
            List<Value> read = node.outputs().stream().filter(needed::contains).toList();
            if (read.isEmpty()) {
                continue;
            }
            // A view costs nothing.
            boolean folds = !(node.op() instanceof Source) && !node.op().isView() && read.stream().allMatch(this::fits);
            if (folds) {
                results.addAll(read);
            } else {
                kept.add(node);
                needed.addAll(node.inputs());
            }
        }
    }

    private boolean fits(Value value) {
        long before = origins.get(value.node()).stream().mapToLong(v -> v.type().bytes()).sum();
        return value.type().bytes() - SMALL <= GROWTH * before;
    }

    private Rewritten replace(Function<Graph, Map<String, Tensor>> evaluate) {
        List<Value> wanted = List.copyOf(results);
        Map<String, Tensor> tensors = evaluate.apply(Rewriter.extract(graph, wanted));
        Map<Value, Source> folded = new HashMap<>();
        for (int i = 0; i < wanted.size(); i++) {
            folded.put(wanted.get(i), source(tensors.get(String.valueOf(i))));
        }
        return Rewriter.rewrite(graph, (to, node, operands) -> origins.containsKey(node) && !kept.contains(node)
                ? constants(to, node, folded) : to.copy(node, operands));
    }

    private static List<Value> constants(Rewriter to, Node node, Map<Value, Source> folded) {
        if (node.outputs().size() == 1 && folded.containsKey(node.output(0))) {
            return to.replace(node, folded.get(node.output(0)), List.of());
        }
        return node.outputs().stream().map(v -> folded.containsKey(v) ? to.fresh(v.name() + "/").add(folded.get(v)) : null).toList();
    }

    /** A fill if all elements are one number that a fill can hold, else a constant. */
    private static Source source(Tensor tensor) {
        DType dtype = tensor.dtype();
        if (tensor.elements() > 0) {
            double first = tensor.get(new long[tensor.shape().rank()]);
            MemorySegment one = Tensor.full(dtype, Shape.scalar(), first).memory();
            MemorySegment all = tensor.contiguous().memory();
            // All elements are equal if each equals the one after it.
            long rest = all.byteSize() - one.byteSize();
            if (all.asSlice(0, one.byteSize()).mismatch(one) < 0 && all.asSlice(0, rest).mismatch(all.asSlice(one.byteSize())) < 0) {
                return new Source.Fill(new TensorType(dtype, tensor.shape()), first);
            }
        }
        return new Source.Constant(tensor);
    }
}

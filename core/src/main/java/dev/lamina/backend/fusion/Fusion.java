package dev.lamina.backend.fusion;

import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.CompileOptions.Pass;
import dev.lamina.backend.fusion.Group.Activated;
import dev.lamina.backend.fusion.Group.Chain;
import dev.lamina.backend.fusion.Group.FilterAndBias;
import dev.lamina.backend.fusion.Group.Normalized;
import dev.lamina.backend.fusion.Group.RectifiedNormGradient;
import dev.lamina.backend.fusion.Group.RectifiedPoolGradient;
import dev.lamina.backend.fusion.Group.Single;
import dev.lamina.graph.Convolution.Conv2d;
import dev.lamina.graph.Convolution.Conv2dFilterGradient;
import dev.lamina.graph.Graph;
import dev.lamina.graph.MatMul;
import dev.lamina.graph.Node;
import dev.lamina.graph.Normalization.BatchNormGradient;
import dev.lamina.graph.Normalization.BatchNormInference;
import dev.lamina.graph.Normalization.BatchNormTraining;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Pointwise.BinaryFunction;
import dev.lamina.graph.Pointwise.ReluGradient;
import dev.lamina.graph.Pointwise.ReluRule;
import dev.lamina.graph.Pointwise.UnaryFunction;
import dev.lamina.graph.Pooling.MaxPoolGradient;
import dev.lamina.graph.Reduction.Fold;
import dev.lamina.graph.Reduction.Reduce;
import dev.lamina.graph.Source;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Decides which nodes are computed together, by the {@link FusionRules} of a backend. Every node is in one group; a group reads no value
 * that depends on itself.
 */
public final class Fusion {
    private final Graph graph;
    private final FusionRules rules;
    private final boolean fuse;
    private final Map<Value, List<Node>> readers = new HashMap<>();
    private final Set<Value> outputs = new HashSet<>();
    private final Map<Node, Integer> position = new HashMap<>();
    private final Map<Node, Group> group = new LinkedHashMap<>();

    private Fusion(Graph graph, CompileOptions options, FusionRules rules) {
        this.graph = graph;
        this.rules = rules;
        this.fuse = options.passes().contains(Pass.FUSION) && !options.keepAll();
        graph.outputs().values().forEach(value -> outputs.add(value.root()));
        for (Node node : graph.nodes()) {
            position.put(node, position.size());
            node.inputs().forEach(input -> readers.computeIfAbsent(input, _ -> new ArrayList<>()).add(node));
        }
    }

    /** The groups of a graph, in an order in which they can run. Each is a chain or a single node if the options forbid fusion. */
    public static List<Group> groups(Graph graph, CompileOptions options, FusionRules rules) {
        Fusion fusion = new Fusion(graph, options, rules);
        if (fusion.fuse) {
            graph.nodes().forEach(fusion::fuseWithNeighbours);
        }
        new Chains(graph, fusion.group, fusion.position, rules, fusion.fuse).add();
        graph.nodes().forEach(node -> fusion.group.putIfAbsent(node, new Single(node)));
        return GroupOrder.of(graph, fusion.group, rules);
    }

    private void fuseWithNeighbours(Node node) {
        if (group.containsKey(node)) {
            return;
        }
        switch (node.op()) {
            case Conv2d _, MatMul _ when rules.products().test(node) -> claim(activated(node));
            case BatchNormTraining _, BatchNormInference _ when rules.normalizations().test(node) -> claim(normalized(node));
            case BatchNormGradient _ when rules.normalizations().test(node) -> rectified(node);
            case MaxPoolGradient _ when rules.poolGradients().test(node) -> pooled(node);
            case Conv2dFilterGradient _ when rules.filterGradients().test(node) -> biased(node);
            default -> { }
        }
    }

    private void claim(Group made) {
        if (made.nodes().size() > 1) {
            made.nodes().forEach(node -> group.put(node, made));
        }
    }

    private Activated activated(Node product) {
        Optional<Node> sum = sum(product.output(0));
        Value last = sum.orElse(product).output(0);
        return new Activated(product, sum, relu(last));
    }

    private Normalized normalized(Node norm) {
        Optional<Node> sum = sum(norm.output(0));
        return new Normalized(norm, sum, relu(sum.orElse(norm).output(0)));
    }

    /** The rectifier that alone reads a value. */
    private Optional<Node> relu(Value value) {
        return onlyReader(value).filter(n -> n.op() instanceof Pointwise.Unary unary && unary.function() == UnaryFunction.RELU);
    }

    /** The sum with an equally shaped, earlier value that alone reads a value. */
    private Optional<Node> sum(Value value) {
        return onlyReader(value).filter(n -> n.op() instanceof Pointwise.Binary binary && binary.function() == BinaryFunction.ADD)
                .filter(n -> n.input(0).type().equals(n.input(1).type()) && n.input(0) != n.input(1))
                .filter(n -> {
                    Value other = n.input(0) == value ? n.input(1) : n.input(0);
                    // Only then can the sum run where the product does.
                    return position.get(other.node()) < position.get(value.node()) && !(other.node().op() instanceof Source.Fill);
                });
    }

    private Optional<Node> onlyReader(Value value) {
        List<Node> all = readers.getOrDefault(value, List.of());
        return all.size() == 1 && !outputs.contains(value) && !group.containsKey(all.getFirst()) ? Optional.of(all.getFirst())
                : Optional.empty();
    }

    private void rectified(Node norm) {
        Node relu = norm.input(0).node();
        // A rectifier after a sum of gradients is cheaper in the sum's own pass.
        boolean afterSum = isReluGradient(relu) && relu.input(0).node().op() instanceof Pointwise;
        if (isReluGradient(relu) && !afterSum && !group.containsKey(relu) && !outputs.contains(relu.output(0))) {
            claim(new RectifiedNormGradient(relu, norm));
        }
    }

    private void pooled(Node pool) {
        onlyReader(pool.output(0)).filter(relu -> isReluGradient(relu) && relu.input(0) == pool.output(0)
                && position.get(relu.input(1).node()) < position.get(pool))
                .ifPresent(relu -> claim(new RectifiedPoolGradient(pool, relu)));
    }

    private static boolean isReluGradient(Node node) {
        return node.op() instanceof ReluGradient gradient && gradient.rule() == ReluRule.GRADIENT
                && node.output(0).dtype() == DType.FLOAT32;
    }

    private void biased(Node filter) {
        readers.getOrDefault(filter.input(1), List.of()).stream()
                .filter(n -> n.op() instanceof Reduce reduce && reduce.fold() == Fold.SUM && !reduce.keepDims()
                        && reduce.axes().equals(List.of(0, 2, 3)) && !group.containsKey(n))
                .findFirst().ifPresent(bias -> claim(new FilterAndBias(filter, bias)));
    }

    /** Grows chains of pointwise nodes of one shape. */
    private record Chains(Graph graph, Map<Node, Group> group, Map<Node, Integer> position, FusionRules rules,
            boolean fuse) {

        void add() {
            Map<Node, List<Node>> chains = new HashMap<>();
            for (Node node : graph.nodes()) {
                if (group.containsKey(node) || !rules.chains().test(node)) {
                    continue;
                }
                List<Node> chain = fuse ? best(node, chains) : null;
                if (chain == null) {
                    chain = new ArrayList<>();
                }
                chain.add(node);
                chains.put(node, chain);
            }
            new HashSet<>(chains.values()).forEach(chain -> {
                Chain made = new Chain(List.copyOf(chain));
                chain.forEach(node -> group.put(node, made));
            });
        }

        /** The chain of an operand that the node may join, or null. */
        private List<Node> best(Node node, Map<Node, List<Node>> chains) {
            for (Value input : node.inputs()) {
                List<Node> chain = chains.get(input.node());
                if (chain != null && chain.size() < rules.longestChain()
                        && input.shape().equals(node.output(0).shape()) && independent(node, chain, chains)) {
                    return chain;
                }
            }
            return null;
        }

        /** True if no operand of the node depends on the chain through a node outside. */
        private boolean independent(Node node, List<Node> chain, Map<Node, List<Node>> chains) {
            Set<Node> members = new HashSet<>(chain);
            int first = position.get(chain.getFirst());
            List<Node> open = new ArrayList<>();
            node.inputs().stream().map(Value::node).filter(n -> !members.contains(n)).forEach(open::add);
            Set<Node> seen = new HashSet<>(open);
            while (!open.isEmpty()) {
                for (Node part : together(open.removeLast(), chains)) {
                    if (position.get(part) < first) {
                        continue;
                    }
                    for (Value input : part.inputs()) {
                        if (members.contains(input.node())) {
                            return false;
                        }
                        if (seen.add(input.node())) {
                            open.add(input.node());
                        }
                    }
                }
            }
            return true;
        }

        /** What is computed with a node is needed with it. */
        private List<Node> together(Node node, Map<Node, List<Node>> chains) {
            return group.containsKey(node) ? group.get(node).nodes() : chains.getOrDefault(node, List.of(node));
        }
    }
}

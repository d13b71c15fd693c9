package dev.lamina.graph;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reverse-mode differentiation as a graph transformation: adds the nodes that compute the gradient of a scalar by given values. Where a
 * value is used more than once its gradients are summed. Nothing is recorded at run time.
 */
public final class Gradients {
    private Gradients() { }

    /**
     * The gradients of a scalar loss.
     *
     * @param loss a floating value with one element
     * @param by values of the same graph, e.g. its trainable variables
     * @return one value per entry of {@code by}, of its type
     * @throws GraphException if the loss is no floating scalar, or does not depend differentiably on an entry
     */
    public static List<Value> of(Value loss, List<Value> by) {
        Value[] found = compute(loss, by);
        for (int i = 0; i < found.length; i++) {
            if (found[i] == null) {
                throw new GraphException(unreached(loss, by.get(i)));
            }
        }
        return List.of(found);
    }

    /** Like {@link #of}, but gives zeros where the loss does not depend on an entry. */
    public static List<Value> orZeros(Value loss, List<Value> by) {
        Value[] found = compute(loss, by);
        for (int i = 0; i < found.length; i++) {
            found[i] = found[i] == null ? Source.zerosLike(by.get(i)) : found[i];
        }
        return List.of(found);
    }

    /**
     * Like {@link #of}, but leaves out entries that a step function cuts off on purpose, {@link Pointwise.StepGradient#BLOCK}: what is
     * below it keeps its values, and no optimizer, with weight decay or not, should touch it.
     *
     * @return gradient by entry, in the order of {@code by}
     * @throws GraphException as {@link #of}, for other reasons why there is no gradient
     */
    public static Map<Value, Value> unlessBlocked(Value loss, List<Value> by) {
        Value[] found = compute(loss, by);
        Map<Value, Value> gradients = new LinkedHashMap<>();
        for (int i = 0; i < found.length; i++) {
            if (found[i] != null) {
                gradients.put(by.get(i), found[i]);
            } else if (!blocked(loss, by.get(i))) {
                throw new GraphException(unreached(loss, by.get(i)));
            }
        }
        return gradients;
    }

    /** Whether a step with BLOCK lies on a path from a value to the loss. */
    private static boolean blocked(Value loss, Value value) {
        List<Node> forward = forward(loss);
        Set<Value> from = dependents(forward, List.of(value));
        Set<Node> ancestors = new HashSet<>(List.of(loss.node()));
        for (Node node : forward.reversed()) {
            if (ancestors.contains(node)) {
                node.inputs().forEach(v -> ancestors.add(v.node()));
            }
        }
        return ancestors.stream().anyMatch(n -> n.op() instanceof Pointwise.Binarize && n.op().whyNoGradient().isPresent()
                && n.inputs().stream().anyMatch(from::contains));
    }

    private static List<Node> forward(Value loss) {
        return List.copyOf(loss.graph().nodes().subList(0, loss.node().id() + 1));
    }

    /** Gradients, null where there is none. */
    private static Value[] compute(Value loss, List<Value> by) {
        if (loss.shape().elements() != 1 || !loss.dtype().isFloating()) {
            throw new GraphException("gradients: loss \"" + loss.name() + "\" is " + loss.type()
                    + ", needs a floating-point value with one element. Reduce it first.");
        }
        List<Node> forward = forward(loss);
        Set<Value> wanted = dependents(forward, by);
        Map<Value, Value> gradients = new HashMap<>();
        gradients.put(loss, Source.fillLike(loss, 1));
        for (Node node : forward.reversed()) {
            Value[] arrived = node.outputs().stream().map(gradients::get).toArray(Value[]::new);
            boolean reached = Arrays.stream(arrived).anyMatch(g -> g != null);
            if (reached && node.inputs().stream().anyMatch(wanted::contains) && node.op().whyNoGradient().isEmpty()) {
                propagate(new Backward(node, arrived, wanted), gradients);
            }
        }
        return by.stream().map(gradients::get).toArray(Value[]::new);
    }

    private static void propagate(Backward back, Map<Value, Value> gradients) {
        Node node = back.node();
        node.graph().prefix("grad/" + node.name() + "/");
        try {
            add(node, back, node.op().gradient(back), gradients);
        } finally {
            node.graph().prefix("");
        }
    }

    private static void add(Node node, Backward back, Value[] local, Map<Value, Value> gradients) {
        if (local.length != node.inputs().size()) {
            throw new IllegalStateException(node + ": gradient rule gave " + local.length + " values for " + node.inputs().size()
                    + " operands.");
        }
        for (int i = 0; i < local.length; i++) {
            Value input = node.input(i);
            if (local[i] == null || !back.wants(i)) {
                continue;
            }
            if (!local[i].type().equals(input.type())) {
                throw new IllegalStateException(node + ": gradient of operand " + i + " is " + local[i].type() + ", operand is "
                        + input.type() + ".");
            }
            gradients.merge(input, local[i], Pointwise::add);
        }
    }

    /** Values on a path from an entry of {@code by}, the entries included. */
    private static Set<Value> dependents(List<Node> forward, List<Value> by) {
        Set<Value> dependents = new HashSet<>(by);
        for (Node node : forward) {
            if (node.inputs().stream().anyMatch(dependents::contains)) {
                node.outputs().stream().filter(v -> v.dtype().isFloating()).forEach(dependents::add);
            }
        }
        return dependents;
    }

    private static String unreached(Value loss, Value value) {
        List<Node> forward = forward(loss);
        String fact = "gradients: loss \"" + loss.name() + "\" does not depend differentiably on \"" + value.name() + "\".";
        Set<Value> from = dependents(forward, List.of(value));
        for (Node node : forward) {
            Optional<String> reason = node.op().whyNoGradient();
            if (reason.isPresent() && node.inputs().stream().anyMatch(from::contains)) {
                return fact + " " + node + " stops it: " + reason.get();
            }
        }
        return fact + " Use Gradients.orZeros if that is intended.";
    }
}

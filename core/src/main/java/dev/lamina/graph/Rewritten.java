package dev.lamina.graph;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A transformed graph, and where the values of the original went. Inputs, variables, updates and outputs have the names and types they had.
 * A node that has the name of an original node computes what that one did. Immutable and thread-safe.
 *
 * @param graph the new graph; its values are others than the original's, even where nothing changed
 * @param values original value to the value of the new graph that holds the same; without an entry for those that nothing computes any more
 */
public record Rewritten(Graph graph, Map<Value, Value> values) {
    /** A copy of the map is kept. */
    public Rewritten {
        values = Map.copyOf(values);
    }

    /** A graph that stays as it is: every value is its own. */
    public static Rewritten identity(Graph graph) {
        return new Rewritten(graph, graph.nodes().stream().flatMap(n -> n.outputs().stream())
                .collect(Collectors.toMap(Function.identity(), Function.identity())));
    }

    /** The value of the new graph that holds what this value of the original held; empty if nothing computes it any more. */
    public Optional<Value> of(Value original) {
        return Optional.ofNullable(values.get(original));
    }

    /** This transformation, followed by one of its result: from the values of this one's original to those of the other's graph. */
    public Rewritten then(Rewritten next) {
        Map<Value, Value> joined = new HashMap<>();
        values.forEach((original, value) -> next.of(value).ifPresent(last -> joined.put(original, last)));
        return new Rewritten(next.graph, joined);
    }
}

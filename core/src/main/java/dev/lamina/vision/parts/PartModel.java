package dev.lamina.vision.parts;

import dev.lamina.graph.GraphException;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Reduction;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.Value;
import dev.lamina.nn.Context;
import java.util.ArrayList;
import java.util.List;

/**
 * Components that compete: the score of a cell is that of its best component, to which alone gradients flow; of equal ones the first.
 * Component i's parameters are named {@code component<i>....}. Immutable.
 *
 * @param components at least one
 */
public record PartModel(List<Component> components) {
    /**
     * Copies the list.
     *
     * @throws GraphException if it is empty
     */
    public PartModel {
        components = List.copyOf(components);
        if (components.isEmpty()) {
            throw new GraphException("part model: there are no components, needs at least 1.");
        }
    }

    /** A model of these components. */
    public static PartModel of(Component... components) {
        return new PartModel(List.of(components));
    }

    /**
     * What the model says of each cell.
     *
     * @param best {@code [N, 1, H, W]}, of the best component
     * @param component int64 {@code [N, 1, H, W]}, which that is
     * @param each of each component, in order
     */
    public record Scores(Value best, Value component, List<Component.Scores> each) {
        /** Copies the list. */
        public Scores {
            each = List.copyOf(each);
        }
    }

    /**
     * Adds the model.
     *
     * @param rootFeatures {@code [N, C, H, W]}
     * @param partFeatures {@code [N, C, k H, k W]}; those of the root where the scale is 1
     */
    public Scores apply(Context context, Value rootFeatures, Value partFeatures) {
        List<Component.Scores> each = new ArrayList<>();
        for (int i = 0; i < components.size(); i++) {
            each.add(components.get(i).apply(context.in("component" + i), rootFeatures, partFeatures));
        }
        Value best = each.getFirst().scores();
        for (Component.Scores other : each.subList(1, each.size())) {
            best = Pointwise.max(best, other.scores());
        }
        Value stacked = Shaping.concat(1, each.stream().map(Component.Scores::scores).toArray(Value[]::new));
        Value component = Reduction.argMax(stacked, 1);
        return new Scores(best, component.shape().rank() == 4 ? component : Shaping.reshape(component, best.shape()), each);
    }
}

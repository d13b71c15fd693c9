package dev.lamina.samples.inspect;

import dev.lamina.inspect.MapsPicture;
import dev.lamina.inspect.learned.Occlusion;
import java.util.List;
import java.util.Set;

/**
 * What to look at and how. Immutable.
 *
 * @param methods what
 * @param layers names of layers of maps
 * @param top strongest units a feature map
 * @param maps feature maps of a layer whose patches are drawn: those with the strongest units
 * @param shown how activation maps are
 * @param occlusion the square and its stride
 * @param seed of noise and of random weights
 * @param batch images at a time
 */
public record InspectPlan(Set<InspectMethod> methods, List<String> layers, int top, int maps, MapsPicture.Options shown,
        Occlusion occlusion, long seed, int batch) {
    /** Copies the collections. */
    public InspectPlan {
        methods = Set.copyOf(methods);
        layers = List.copyOf(layers);
    }

    /** Whether a method was asked for. */
    public boolean has(InspectMethod method) {
        return methods.contains(method);
    }
}

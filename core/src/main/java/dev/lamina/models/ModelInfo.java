package dev.lamina.models;

import dev.lamina.tensor.Shape;
import java.util.List;

/**
 * What there is to know of a model before it is made.
 *
 * @param name its name
 * @param source where it was published
 * @param input {@code [C, H, W]} of the images it was published for
 * @param classes classes it was published for
 * @param smallInput images that all its layers take and a plain computer computes soon
 * @param choices its options
 */
public record ModelInfo(String name, String source, Shape input, int classes, Shape smallInput, List<ModelChoice> choices) {
    /** Copies the list. */
    public ModelInfo {
        choices = List.copyOf(choices);
    }
}

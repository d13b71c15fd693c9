package dev.lamina.samples.inspect;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What can be looked at. */
public enum InspectMethod {
    /** The filters of the layers. */
    FILTERS,
    /** The maps of the layers for each image. */
    ACTIVATIONS,
    /** What the maps answer to most among the samples of a data set. */
    PATCHES,
    /** The signal of strong units down to the image by the rules of Zeiler and Fergus. */
    DECONVNET,
    /** That signal by guided backpropagation. */
    GUIDED,
    /** How much each pixel changes the logit of a class. */
    SALIENCY,
    /** What the network says while a square covers a part of the image. */
    OCCLUSION;

    /** As users write it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** All labels, for messages. */
    public static String labels() {
        return Arrays.stream(values()).map(InspectMethod::label).collect(Collectors.joining(", "));
    }

    /**
     * The method of a label.
     *
     * @throws IllegalArgumentException if there is none; the message lists all
     */
    public static InspectMethod of(String label) {
        return Arrays.stream(values()).filter(m -> m.label().equalsIgnoreCase(label)).findFirst().orElseThrow(
                () -> new IllegalArgumentException("inspect: method \"" + label + "\" is unknown; known are " + labels() + "."));
    }
}

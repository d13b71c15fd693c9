package dev.lamina.models;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What a model is to have otherwise than as published, by name; {@link ModelInfo#choices} lists what each model knows. Immutable and
 * thread-safe.
 *
 * @param values e.g. {@code width} to {@code 0.25}
 */
public record ModelOptions(Map<String, String> values) {
    /** The factor on the filters and hidden units of every layer but the last; most models have it. */
    public static final String WIDTH = "width";

    private static final ModelOptions DEFAULTS = new ModelOptions(Map.of());

    /** Copies the map. */
    public ModelOptions {
        values = Map.copyOf(values);
    }

    /** The model as published. */
    public static ModelOptions defaults() {
        return DEFAULTS;
    }

    /** These options with a factor on the filters and hidden units of every layer but the last. */
    public ModelOptions width(double factor) {
        return with(WIDTH, Double.toString(factor));
    }

    /** These options with one more, or another value. */
    public ModelOptions with(String name, String value) {
        Map<String, String> all = new TreeMap<>(values);
        all.put(name, value);
        return new ModelOptions(all);
    }

    /** {@code name=value} in order of names, joined by commas. */
    @Override
    public String toString() {
        return new TreeMap<>(values).entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).collect(Collectors.joining(","));
    }
}

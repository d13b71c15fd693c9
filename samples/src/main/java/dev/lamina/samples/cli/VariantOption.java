package dev.lamina.samples.cli;

import dev.lamina.models.ModelOptions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Option;

/** The options that make a model otherwise than as published, and how a run's settings hold them. */
final class VariantOption {
    private static final String PREFIX = "model.";

    @Option(names = "--width", paramLabel = "X", description = "factor on the filters and hidden units of every layer but the last (1)")
    private Double width;

    @Option(names = "--model-option", paramLabel = "NAME=VALUE",
            description = "another option of the model, e.g. shortcut=B; `lamina models` lists them; may be repeated")
    private Map<String, String> others = new LinkedHashMap<>();

    /** Whether any was given. */
    boolean given() {
        return width != null || !others.isEmpty();
    }

    /** What a run must remember. */
    Map<String, String> settings() {
        Map<String, String> settings = new TreeMap<>();
        others.forEach((name, value) -> settings.put(PREFIX + name, value));
        if (width != null) {
            if (settings.put(PREFIX + ModelOptions.WIDTH, width.toString()) != null) {
                throw new IllegalArgumentException("model: width is given twice, by --width and --model-option. Leave one out.");
            }
        }
        return settings;
    }

    /** The options that settings hold; other settings are left alone. */
    static ModelOptions of(Map<String, String> settings) {
        Map<String, String> values = new TreeMap<>();
        settings.forEach((name, value) -> {
            if (name.startsWith(PREFIX)) {
                values.put(name.substring(PREFIX.length()), value);
            }
        });
        return new ModelOptions(values);
    }
}

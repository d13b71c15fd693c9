package dev.lamina.samples.runs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lamina.train.EpochMetrics;
import dev.lamina.train.TrainConfig;
import java.util.LinkedHashMap;
import java.util.Map;

/** Records as names and values, in the order of their components, whatever components they have. Stateless. */
final class Settings {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Settings() { }

    /** A run's settings; those of its options follow the others. */
    static Map<String, String> of(TrainConfig config) {
        Map<String, String> settings = new LinkedHashMap<>();
        JSON.valueToTree(config).properties().forEach(e -> put(settings, e.getKey(), e.getValue()));
        return settings;
    }

    private static void put(Map<String, String> settings, String name, JsonNode value) {
        if (value.isObject()) {
            value.properties().forEach(e -> put(settings, e.getKey(), e.getValue()));
        } else {
            settings.put(Text.words(name), value.isTextual() ? value.textValue() : value.toString());
        }
    }

    /** An epoch's numbers by the names of their components; others than numbers are left aside. */
    static Map<String, Double> of(EpochMetrics metrics) {
        Map<String, Double> numbers = new LinkedHashMap<>();
        JSON.valueToTree(metrics).properties().forEach(e -> {
            if (e.getValue().isNumber()) {
                numbers.put(e.getKey(), e.getValue().doubleValue());
            }
        });
        return numbers;
    }
}

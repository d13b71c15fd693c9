package dev.lamina.models;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The options of one model, checked, those that were not given at their initial values. */
final class Chosen {
    private static final double WIDEST = 1 << 10;

    private final String model;
    private final Map<String, String> values = new TreeMap<>();

    Chosen(ModelInfo info, ModelOptions options) {
        model = info.name();
        info.choices().forEach(choice -> values.put(choice.name(), choice.initial()));
        new TreeMap<>(options.values()).forEach((name, value) -> {
            ModelChoice choice = info.choices().stream().filter(c -> c.name().equals(name)).findFirst().orElseThrow(
                    () -> unknown(name, info.choices()));
            if (!choice.values().isEmpty() && !choice.values().contains(value)) {
                throw error(name, value, "one of " + String.join(", ", choice.values()));
            }
            values.put(name, value);
        });
    }

    private IllegalArgumentException unknown(String name, List<ModelChoice> choices) {
        return new IllegalArgumentException(model + ": option \"" + name + "\" is unknown; " + (choices.isEmpty() ? "it has none."
                : "known are " + choices.stream().map(ModelChoice::name).collect(Collectors.joining(", ")) + "."));
    }

    private IllegalArgumentException error(String name, String value, String needs) {
        return new IllegalArgumentException(model + ": option " + name + " = " + value + ", needs " + needs + ".");
    }

    /** The model's name, for messages. */
    String model() {
        return model;
    }

    String text(String name) {
        return values.get(name);
    }

    boolean is(String name, String value) {
        return text(name).equals(value);
    }

    private double number(String name, double low, double high, String needs) {
        double value;
        try {
            value = Double.parseDouble(text(name));
        } catch (NumberFormatException e) {
            throw error(name, text(name), needs);
        }
        if (!(value >= low && value <= high)) {
            throw error(name, text(name), needs);
        }
        return value;
    }

    double dropout() {
        return number("dropout", 0, Math.nextDown(1.0), "0 <= dropout < 1");
    }

    /** Whole numbers, at least 1, separated by commas or x; maybe none. */
    long[] sizes(String name) {
        if (text(name).isEmpty()) {
            return new long[0];
        }
        String[] parts = text(name).split("[,x]", -1);
        long[] sizes = new long[parts.length];
        for (int i = 0; i < sizes.length; i++) {
            try {
                sizes[i] = Long.parseLong(parts[i].strip());
            } catch (NumberFormatException e) {
                sizes[i] = 0;
            }
            if (sizes[i] < 1) {
                throw error(name, text(name), "whole numbers >= 1, separated by commas");
            }
        }
        return sizes;
    }

    /** The factor on widths. */
    double width() {
        return number(ModelOptions.WIDTH, Double.MIN_VALUE, WIDEST, "a number > 0, at most " + (long) WIDEST);
    }

    /** A number of filters or units times the width, rounded, at least 1. */
    long wide(long count) {
        return wide(count, 1);
    }

    /** A number of filters times the width, rounded to a multiple, at least that. */
    long wide(long count, long multiple) {
        return multiple * Math.max(1, Math.round(count * width() / multiple));
    }
}

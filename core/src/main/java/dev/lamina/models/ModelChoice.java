package dev.lamina.models;

import java.util.List;

/**
 * An option of a model.
 *
 * @param name what it is called
 * @param initial its value where none is given
 * @param values all values; empty where it is a number or a list of numbers
 * @param meaning what it does
 */
public record ModelChoice(String name, String initial, List<String> values, String meaning) {
    /** Copies the list. */
    public ModelChoice {
        values = List.copyOf(values);
    }

    /** An option with a few values, the first of which is taken where none is given. */
    static ModelChoice among(String name, String meaning, String... values) {
        return new ModelChoice(name, values[0], List.of(values), meaning);
    }

    /** An option that is a number. */
    static ModelChoice number(String name, String initial, String meaning) {
        return new ModelChoice(name, initial, List.of(), meaning);
    }

    /** The factor on filters and hidden units. */
    static ModelChoice width() {
        return number(ModelOptions.WIDTH, "1", "factor on the filters and hidden units of every layer but the last");
    }

    /** The share of units that dropout sets to 0 in training. */
    static ModelChoice dropout(String initial) {
        return number("dropout", initial, "share of units set to 0 in training; 0 for none");
    }
}

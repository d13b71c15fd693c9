package dev.lamina.features;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Options of one featuriser as text, each of which must be taken. Not thread-safe. */
public final class OptionText {
    private final String kind;
    private final Map<String, String> values = new LinkedHashMap<>();
    private final Map<String, String> left;
    private final StringBuilder known = new StringBuilder();

    /**
     * Options written {@code name=value,name=value}; a value may not hold a comma.
     *
     * @throws IllegalArgumentException if one is not of this form or named twice
     */
    OptionText(String kind, String text) {
        this.kind = kind;
        for (String pair : text.isBlank() ? new String[0] : text.split(",")) {
            int at = pair.indexOf('=');
            if (at < 1 || values.putIfAbsent(pair.substring(0, at).strip(), pair.substring(at + 1).strip()) != null) {
                throw new IllegalArgumentException(kind + ": option \"" + pair + "\" is " + (at < 1 ? "not of the form name=value."
                        : "there twice."));
            }
        }
        left = new LinkedHashMap<>(values);
    }

    /** A whole number. */
    public int number(String name, int fallback) {
        return take(name, fallback, Integer::parseInt, "a whole number");
    }

    /** A seed or another long. */
    public long large(String name, long fallback) {
        return take(name, fallback, Long::parseLong, "a whole number");
    }

    /** A number. */
    public double real(String name, double fallback) {
        return take(name, fallback, Double::parseDouble, "a number");
    }

    /** True or false. */
    public boolean flag(String name, boolean fallback) {
        return take(name, fallback, text -> switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException(text);
        }, "true or false");
    }

    /** A text. */
    public String string(String name, String fallback) {
        return take(name, fallback, Function.identity(), "a text");
    }

    /** One of an enum's names, in any case. */
    public <T extends Enum<T>> T choice(String name, Class<T> type, T fallback) {
        String names = Arrays.stream(type.getEnumConstants()).map(OptionText::name).collect(Collectors.joining(", "));
        return take(name, fallback, text -> Enum.valueOf(type, text.toUpperCase(Locale.ROOT)), "one of " + names);
    }

    /** An enum's constant as options write it. */
    public static String name(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private <T> T take(String name, T fallback, Function<String, T> read, String what) {
        known.append(known.isEmpty() ? "" : ", ").append(name);
        String text = left.remove(name);
        if (text == null) {
            return fallback;
        }
        try {
            return read.apply(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(kind + ": " + name + " = " + text + ", needs " + what + ".", e);
        }
    }

    /**
     * Ends the reading.
     *
     * @throws IllegalArgumentException if an option was not asked for; the message lists those that were
     */
    <T> T end(T result) {
        if (!left.isEmpty()) {
            String unknown = left.keySet().iterator().next();
            throw new IllegalArgumentException(kind + ": option \"" + unknown + "\" is unknown; "
                    + (known.isEmpty() ? "there are none." : "known are " + known + "."));
        }
        return result;
    }
}

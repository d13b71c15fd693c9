package dev.lamina.data.augment;

import java.math.BigDecimal;
import java.util.List;
import java.util.regex.Pattern;

/**
 * One part of an augmentation's text, {@code name} or {@code name:number,number}, and its numbers with their rules.
 *
 * @param text the part
 * @param name before the colon
 * @param numbers after it, empty without a colon
 */
record StepText(String text, String name, List<String> numbers) {
    private static final Pattern NUMBER = Pattern.compile("-?\\d{1,9}(\\.\\d{1,20})?");

    static StepText of(String part) {
        int colon = part.indexOf(':');
        return colon < 0 ? new StepText(part, part, List.of())
                : new StepText(part, part.substring(0, colon), List.of(part.substring(colon + 1).split(",", -1)));
    }

    /** Refuses numbers that are too many or too few. */
    StepText count(int fewest, int most) {
        if (numbers.size() < fewest || numbers.size() > most) {
            throw error("has " + numbers.size() + " numbers, needs " + (fewest == most ? fewest : fewest + " to " + most));
        }
        return this;
    }

    /** A number in a closed range; the default where it is left out. */
    double number(int position, String meaning, double least, double most, double otherwise) {
        if (position >= numbers.size()) {
            return otherwise;
        }
        String number = numbers.get(position);
        if (!NUMBER.matcher(number).matches()) {
            throw error("\"" + Augmentation.brief(number) + "\" is no number such as 4 or 0.25");
        }
        double value = Double.parseDouble(number);
        if (value < least || value > most) {
            throw error(meaning + " is " + number + ", needs " + plain(least) + " to " + plain(most));
        }
        return value;
    }

    /** A whole number in a closed range. */
    int whole(int position, String meaning, int least, int most, int otherwise) {
        double value = number(position, meaning, least, most, otherwise);
        if (value != Math.rint(value)) {
            throw error(meaning + " is " + numbers.get(position) + ", needs a whole number");
        }
        return (int) value;
    }

    /** A number as this reads it, without an exponent. */
    static String plain(double value) {
        return new BigDecimal(Double.toString(value)).stripTrailingZeros().toPlainString();
    }

    IllegalArgumentException error(String fact) {
        return new IllegalArgumentException("augment \"" + Augmentation.brief(text) + "\": " + fact + ".");
    }
}

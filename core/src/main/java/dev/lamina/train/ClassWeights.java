package dev.lamina.train;

import dev.lamina.data.Dataset;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Weights of classes in the training loss, from text. Stateless and thread-safe. */
public final class ClassWeights {
    private static final Pattern NUMBER = Pattern.compile("-?\\d{1,9}(\\.\\d{1,20})?");

    private ClassWeights() { }

    /**
     * The weights of a text: {@code balanced}, {@code n / (K n_k)} of n samples of K classes, n_k of them in class k, so that all classes
     * weigh alike; or one number a class between commas; {@code none} or an empty text for no weights.
     *
     * @param train the samples that are counted
     * @throws IllegalArgumentException if a number is missing or not positive, or a class without samples is to be balanced
     */
    public static List<Double> parse(String text, Dataset train) {
        int classes = train.classNames().size();
        if (text.isEmpty() || text.equals("none")) {
            return List.of();
        }
        List<Double> weights = new ArrayList<>();
        if (text.equals("balanced")) {
            long[] counts = new long[classes];
            for (int i = 0; i < train.size(); i++) {
                counts[train.label(i)]++;
            }
            for (int k = 0; k < classes; k++) {
                if (counts[k] == 0) {
                    throw new IllegalArgumentException("class-weights \"balanced\": class \"" + train.classNames().get(k)
                            + "\" has no training sample. Leave it out, or give numbers.");
                }
                weights.add((double) train.size() / (classes * counts[k]));
            }
            return List.copyOf(weights);
        }
        String[] numbers = text.split(",", -1);
        for (String number : numbers) {
            if (!NUMBER.matcher(number).matches()) {
                String shown = number.length() > 30 ? number.substring(0, 30) + "..." : number;
                throw new IllegalArgumentException("class-weights: \"" + shown
                        + "\" is no number such as 0.5. Give balanced, or one number a class between commas.");
            }
            double weight = Double.parseDouble(number);
            if (weight <= 0) {
                throw new IllegalArgumentException("class-weights: " + number + ", needs numbers > 0.");
            }
            weights.add(weight);
        }
        if (weights.size() != classes) {
            throw new IllegalArgumentException("class-weights: " + weights.size() + " numbers, data \"" + train.name() + "\" has " + classes
                    + " classes; needs one a class.");
        }
        return List.copyOf(weights);
    }
}

package dev.lamina.samples.compare;

import java.util.List;
import java.util.regex.Pattern;

/**
 * One way from pixels to classes.
 *
 * @param name short, for tables and {@code --only}; unique
 * @param features the featuriser's text ({@link dev.lamina.features.Featurizers}), or raw pixels for networks that learn their own
 * @param head what is trained on the vectors
 * @param recipe how it is trained
 * @param weight about how long it takes against the others, for the time left
 */
public record Method(String name, String features, Head head, Recipe recipe, double weight) {
    /** What is trained. */
    public enum Head {
        /** One matrix and biases, from zero. */
        LINEAR("linear"),
        /** A hidden layer of 256 rectifiers. */
        MLP("mlp 256"),
        /** {@link Networks#convolutional}. */
        CNN("cnn");

        private final String text;

        Head(String text) {
            this.text = text;
        }

        /** Name for people. */
        public String text() {
            return text;
        }
    }

    /** All methods, from pixels to learnt features; featurisers with choices of their own take the seed. */
    public static List<Method> all(long seed) {
        String words = "words=200,seed=" + seed;
        return List.of(
                linear("raw", "raw", 6),
                linear("raw+xy", "rawxy", 8),
                linear("standardise", "standardize", 6),
                linear("pca 64", "pca:k=64,seed=" + seed, 6),
                linear("lda", "lda", 4),
                linear("filter bank", "filterbank", 16),
                linear("bag of words", "bow:hellinger=true," + words, 20),
                linear("spatial pyramid", "spm:levels=2,norm=signed_root," + words, 45),
                new Method("mlp", "raw", Head.MLP, Recipe.MLP, 15),
                new Method("cnn", "raw", Head.CNN, Recipe.CNN, 40));
    }

    private static Method linear(String name, String features, double weight) {
        return new Method(name, features, Head.LINEAR, Recipe.LINEAR, weight);
    }

    /**
     * The methods in whose name a pattern is found.
     *
     * @throws IllegalArgumentException if it is found in none
     */
    public static List<Method> matching(Pattern only, long seed) {
        List<Method> chosen = all(seed).stream().filter(m -> only.matcher(m.name).find()).toList();
        if (chosen.isEmpty()) {
            throw new IllegalArgumentException("compare-features: --only " + only + " matches none of "
                    + String.join(", ", all(seed).stream().map(Method::name).toList()) + ".");
        }
        return chosen;
    }
}

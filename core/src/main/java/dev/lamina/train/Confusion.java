package dev.lamina.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** How often each class was taken for each other: rows are true classes, columns predicted ones. Immutable and thread-safe. */
public final class Confusion {
    private final long[][] counts;

    private Confusion(long[][] counts) {
        this.counts = counts;
    }

    /**
     * Samples of one class that were taken for another.
     *
     * @param label the true class
     * @param predicted the other
     * @param count samples
     * @param share of the samples of the true class, 0 to 1
     */
    public record Pair(int label, int predicted, long count, double share) { }

    /**
     * Counts predictions.
     *
     * @param classes number of classes, at least 1
     * @throws IllegalArgumentException if a label or a prediction is not in {@code [0, classes)}
     */
    public static Confusion of(int classes, List<Prediction> predictions) {
        long[][] counts = new long[classes][classes];
        for (Prediction p : predictions) {
            if (p.label() < 0 || p.label() >= classes || p.predicted() < 0 || p.predicted() >= classes) {
                throw new IllegalArgumentException("confusion: sample " + p.index() + " has label " + p.label() + " and prediction "
                        + p.predicted() + ", classes are 0.." + (classes - 1) + ".");
            }
            counts[p.label()][p.predicted()]++;
        }
        return new Confusion(counts);
    }

    /** Number of classes. */
    public int classes() {
        return counts.length;
    }

    /** Samples of a class that were predicted as a class. */
    public long count(int label, int predicted) {
        return counts[label][predicted];
    }

    /** A copy, {@code [label][predicted]}. */
    public long[][] counts() {
        return Arrays.stream(counts).map(long[]::clone).toArray(long[][]::new);
    }

    /** Samples of a class. */
    public long support(int label) {
        return Arrays.stream(counts[label]).sum();
    }

    /** Samples that were predicted as a class. */
    public long predicted(int predicted) {
        return Arrays.stream(counts).mapToLong(row -> row[predicted]).sum();
    }

    /** All samples. */
    public long samples() {
        return Arrays.stream(counts).flatMapToLong(Arrays::stream).sum();
    }

    /** The pairs of different classes with the most samples, greatest first, at ties in order of the classes; none without samples. */
    public List<Pair> mostConfused(int most) {
        List<Pair> pairs = new ArrayList<>();
        for (int t = 0; t < counts.length; t++) {
            long support = support(t);
            for (int p = 0; p < counts.length; p++) {
                if (p != t && counts[t][p] > 0) {
                    pairs.add(new Pair(t, p, counts[t][p], (double) counts[t][p] / support));
                }
            }
        }
        return pairs.stream().sorted(Comparator.comparingLong(Pair::count).reversed()).limit(most).toList();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Confusion that && Arrays.deepEquals(counts, that.counts);
    }

    @Override
    public int hashCode() {
        return Arrays.deepHashCode(counts);
    }

    @Override
    public String toString() {
        return Arrays.deepToString(counts);
    }
}

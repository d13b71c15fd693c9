package dev.lamina.samples.bench;

import java.util.Arrays;
import java.util.List;

/** Median and range of repetitions. */
record Statistics(double median, double min, double max) {
    static Statistics of(List<Double> values) {
        double[] sorted = sorted(values.stream().mapToDouble(Double::doubleValue).toArray());
        return new Statistics(median(sorted), sorted[0], sorted[sorted.length - 1]);
    }

    static double median(double[] values) {
        double[] sorted = sorted(values);
        int half = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }

    private static double[] sorted(double[] values) {
        if (values.length == 0) {
            throw new IllegalArgumentException("bench: no repetition was measured.");
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted;
    }
}

package dev.lamina.train;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What a classifier does on labelled samples. Immutable and thread-safe.
 *
 * <p>With TP, FP and FN of a class: precision {@code TP / (TP + FP)}, recall {@code TP / (TP + FN)}, F1 {@code 2 TP / (2 TP + FP + FN)}.
 * Where such a denominator is 0, as the precision of a class that is never predicted, the figure is 0; it counts as 0 in the averages.
 *
 * @param classNames names in label order
 * @param samples number of samples, at least 1
 * @param loss mean cross-entropy
 * @param top1 share of samples whose class was predicted, 0 to 1
 * @param top5 share of samples whose class is among the five greatest scores; 1 if there are no more than five classes
 * @param calibrationError expected calibration error, 0 to 1: samples are put into {@value #BINS} bins
 *     {@code ((m - 1) / 15, m / 15]} by the probability of their predicted class; the mean of |accuracy - mean probability| over the bins,
 *     weighted by their samples (Guo et al. 2017, "On Calibration of Modern Neural Networks")
 * @param confusion counts of true and predicted classes
 * @param scores one entry a class, in label order
 * @param macro plain means over all classes, those without samples included
 * @param weighted means over the classes weighted by their samples
 */
public record ClassificationReport(List<String> classNames, long samples, double loss, double top1, double top5, double calibrationError,
        Confusion confusion, List<Scores> scores, Scores macro, Scores weighted) {
    /** Bins of {@link #calibrationError}. */
    public static final int BINS = 15;

    private static final int TOP = 5;

    /** Copies the lists. */
    public ClassificationReport {
        classNames = List.copyOf(classNames);
        scores = List.copyOf(scores);
    }

    /**
     * Figures of a class, or means of them.
     *
     * @param precision share of the samples predicted as this class that are of it
     * @param recall share of this class's samples that were predicted as it
     * @param f1 harmonic mean of the two
     * @param support samples of this class
     */
    public record Scores(double precision, double recall, double f1, long support) { }

    /**
     * The report of some predictions.
     *
     * @throws IllegalArgumentException if there are none, or one is of no class that has a name
     */
    public static ClassificationReport of(List<String> classNames, List<Prediction> predictions) {
        if (predictions.isEmpty() || classNames.isEmpty()) {
            throw new IllegalArgumentException("report: " + predictions.size() + " predictions, " + classNames.size()
                    + " classes, needs one of both at least.");
        }
        Confusion confusion = Confusion.of(classNames.size(), predictions);
        List<Scores> scores = new ArrayList<>();
        for (int k = 0; k < classNames.size(); k++) {
            scores.add(scores(confusion, k));
        }
        long samples = predictions.size();
        double size = samples;
        double plain = classNames.size();
        return new ClassificationReport(classNames, samples, predictions.stream().mapToDouble(Prediction::loss).sum() / size,
                predictions.stream().filter(Prediction::correct).count() / size,
                classNames.size() <= TOP ? 1 : predictions.stream().filter(p -> p.rank() < TOP).count() / size,
                calibrationError(predictions), confusion, scores, mean(scores, samples, _ -> 1 / plain),
                mean(scores, samples, s -> s.support() / size));
    }

    /** The wrong predictions whose class was given the smallest probability, that one first; at ties the smaller index. */
    public static List<Prediction> worstMistakes(List<Prediction> predictions, int most) {
        return predictions.stream().filter(p -> !p.correct())
                .sorted(Comparator.comparingDouble(Prediction::loss).reversed().thenComparingInt(Prediction::index)).limit(most).toList();
    }

    private static Scores scores(Confusion confusion, int label) {
        long hits = confusion.count(label, label);
        long support = confusion.support(label);
        long predicted = confusion.predicted(label);
        return new Scores(ratio(hits, predicted), ratio(hits, support), ratio(2 * hits, support + predicted), support);
    }

    private static double ratio(long part, long whole) {
        return whole == 0 ? 0 : (double) part / whole;
    }

    private static Scores mean(List<Scores> scores, long samples, ToDoubleFunction<Scores> weight) {
        double precision = 0;
        double recall = 0;
        double f1 = 0;
        for (Scores s : scores) {
            double w = weight.applyAsDouble(s);
            precision += w * s.precision();
            recall += w * s.recall();
            f1 += w * s.f1();
        }
        return new Scores(precision, recall, f1, samples);
    }

    private static double calibrationError(List<Prediction> predictions) {
        double[] confidence = new double[BINS];
        long[] hits = new long[BINS];
        for (Prediction p : predictions) {
            int bin = Math.clamp((int) Math.ceil(p.probability() * BINS) - 1, 0, BINS - 1);
            confidence[bin] += p.probability();
            hits[bin] += p.correct() ? 1 : 0;
        }
        double error = 0;
        for (int m = 0; m < BINS; m++) {
            error += Math.abs(hits[m] - confidence[m]);
        }
        return error / predictions.size();
    }
}

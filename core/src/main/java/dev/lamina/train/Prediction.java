package dev.lamina.train;

/**
 * What a model says of one sample whose class is known. Immutable and thread-safe.
 *
 * @param index of the sample in its data set
 * @param label its class
 * @param predicted class of the greatest score; at ties the smaller number
 * @param probability of the predicted class, 0 to 1
 * @param labelProbability of the sample's class, 0 to 1
 * @param loss cross-entropy {@code -ln(labelProbability)}, computed without the probability's underflow
 * @param rank classes with a greater score than the label, those of equal score and a smaller number included; 0 if the label was predicted
 */
public record Prediction(int index, int label, int predicted, double probability, double labelProbability, double loss, int rank) {
    /**
     * What logits say. Of several views of one sample the softmax is taken of each, and the mean of these counts: as scores, as
     * probabilities and for the loss.
     *
     * @param views logits {@code [V][K]} of V >= 1 views
     * @throws IllegalArgumentException if the label is not in {@code [0, K)}
     * @throws TrainingException if a logit is not finite
     */
    public static Prediction of(int index, int label, double[]... views) {
        int classes = views[0].length;
        if (label < 0 || label >= classes) {
            throw new IllegalArgumentException("prediction: label " + label + " of sample " + index + ", classes are 0.." + (classes - 1)
                    + ".");
        }
        double[] mean = new double[classes];
        double[] labelLogs = new double[views.length];
        for (int v = 0; v < views.length; v++) {
            requireFinite(index, views[v]);
            double logSum = logSumExp(views[v]);
            for (int k = 0; k < classes; k++) {
                mean[k] += Math.exp(views[v][k] - logSum) / views.length;
            }
            labelLogs[v] = views[v][label] - logSum;
        }
        double[] scores = views.length == 1 ? views[0] : mean;
        int predicted = best(scores);
        return new Prediction(index, label, predicted, mean[predicted], mean[label],
                Math.max(0, Math.log(views.length) - logSumExp(labelLogs)), rank(scores, label));
    }

    /** Whether the sample's class was predicted. */
    public boolean correct() {
        return predicted == label;
    }

    private static void requireFinite(int index, double[] logits) {
        for (int k = 0; k < logits.length; k++) {
            if (!Double.isFinite(logits[k])) {
                throw new TrainingException("prediction: logit of class " + k + " is " + logits[k] + " for sample " + index
                        + " (must be finite). The weights are damaged, or training diverged.");
            }
        }
    }

    private static double logSumExp(double[] x) {
        double largest = x[best(x)];
        double sum = 0;
        for (double value : x) {
            sum += Math.exp(value - largest);
        }
        return largest + Math.log(sum);
    }

    private static int best(double[] scores) {
        int best = 0;
        for (int k = 1; k < scores.length; k++) {
            if (scores[k] > scores[best]) {
                best = k;
            }
        }
        return best;
    }

    private static int rank(double[] scores, int label) {
        int rank = 0;
        for (int k = 0; k < scores.length; k++) {
            if (scores[k] > scores[label] || scores[k] == scores[label] && k < label) {
                rank++;
            }
        }
        return rank;
    }
}

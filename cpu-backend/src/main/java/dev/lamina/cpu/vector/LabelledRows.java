package dev.lamina.cpu.vector;

import static dev.lamina.cpu.vector.Raw.ALL;

import dev.lamina.graph.Loss;
import dev.lamina.tensor.DType;

/** The labels and weights of a cross-entropy, read where they lie. */
record LabelledRows(SoftmaxKernels.Samples samples) {
    long label(long n) {
        long at = samples.labels().address() + n * samples.labelType().bytes();
        return samples.labelType() == DType.INT64 ? ALL.get(Rows.LONG, at) : ALL.get(Rows.INT, at);
    }

    boolean ignored(long label) {
        return label == samples.options().ignoreIndex();
    }

    double weight(long k) {
        return samples.weights() == null ? 1 : ALL.get(Rows.FLOAT, samples.weights().address() + k * Float.BYTES);
    }

    /** {@code ε / K}. */
    double smooth() {
        return samples.options().labelSmoothing() / samples.classes();
    }

    /** {@code 1 - ε}: what the label's class has beside that. */
    double sharp() {
        return 1 - samples.options().labelSmoothing();
    }

    void check() {
        for (long n = 0; n < samples.rows(); n++) {
            long label = label(n);
            if (!ignored(label) && (label < 0 || label >= samples.classes())) {
                throw new IllegalArgumentException(samples.node() + ": label " + label + " at index " + n + ", classes are 0.."
                        + (samples.classes() - 1) + "." + (label == samples.classes() ? " Are labels 1-based?" : ""));
            }
        }
    }

    /** What the sum of losses is divided by. */
    double divisor() {
        if (samples.options().reduction() != Loss.LossReduction.MEAN) {
            return 1;
        }
        double sum = 0;
        for (long n = 0; n < samples.rows(); n++) {
            long label = label(n);
            sum += ignored(label) ? 0 : weight(label);
        }
        return sum;
    }

    double sumOfWeights() {
        double sum = 0;
        for (long k = 0; k < samples.classes(); k++) {
            sum += weight(k);
        }
        return sum;
    }
}

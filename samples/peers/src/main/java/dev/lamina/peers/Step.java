package dev.lamina.peers;

import java.util.List;

/** A layer of a network, which every peer builds in its own way. */
sealed interface Step {
    /** A square convolution; {@code in} and {@code out} are channels. */
    record Conv(int in, int out, int kernel, int stride, int padding, int groups, boolean bias) implements Step {
    }

    /** Batch normalisation with ε 1e-5 and momentum 0.1. */
    record BatchNorm(int channels) implements Step {
    }

    /** {@code max(0, x)}. */
    record Relu() implements Step {
    }

    /** Max pooling of squares. */
    record MaxPool(int kernel, int stride) implements Step {
    }

    /** Local response normalisation whose α is divided by the size, which is what all peers mean by it. */
    record Lrn(int size, double alpha, double beta, double k) implements Step {
    }

    /** Dropout in training. */
    record Dropout(double p) implements Step {
    }

    /** The mean of every map. */
    record GlobalAveragePool() implements Step {
    }

    /** {@code [N, everything else]}. */
    record Flatten() implements Step {
    }

    /** {@code x Wᵀ + b}. */
    record Linear(int in, int out) implements Step {
    }

    /** {@code body(x)} plus x, of which every stride-th row and column is taken and to which channels of zeros are added. */
    record Residual(List<Step> body, int stride, int extraChannels) implements Step {
    }
}

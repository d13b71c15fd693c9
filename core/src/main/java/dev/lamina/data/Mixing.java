package dev.lamina.data;

import dev.lamina.tensor.Philox;

/**
 * How the samples of a training batch are mixed with each other: each with the next one of its batch, the last with the first.
 *
 * <p>MIXUP (Zhang and others, 2018): pixels {@code λ a + (1 - λ) b}, computed in float32 and rounded to the nearest level, halves up; λ is
 * the larger of {@code Beta(α, α)} and its complement, so that a sample's own label has the larger share. CUTMIX (Yun and others, 2019): a
 * box of the other sample, its sides the sample's times {@code sqrt(1 - λ)}, its centre anywhere, cut at the borders; the share of the own
 * label is the part of the pixels that are left. λ and the box are drawn for each sample from its stream under the key for mixing, so they
 * depend on (seed, epoch, index); the partner depends on the order of the epoch and the batch size. Immutable and thread-safe.
 *
 * @param kind what is done
 * @param alpha both parameters of the Beta distribution, in (0, 100]
 */
public record Mixing(Kind kind, double alpha) {
    /** What is done. */
    public enum Kind {
        /** Weighted mean of two samples. */
        MIXUP,
        /** A box of another sample. */
        CUTMIX
    }

    /**
     * Checked settings.
     *
     * @throws IllegalArgumentException if {@code alpha} is out of range
     */
    public Mixing {
        if (!(alpha > 0 && alpha <= 100)) {
            throw new IllegalArgumentException("mixing: alpha = " + alpha + ", needs 0 < alpha <= 100.");
        }
    }

    /** A variate of Beta(α, α) as the ratio of two gamma variates, in logarithms: small α would give 0/0. */
    double share(Philox.Stream random) {
        double own = logGamma(random);
        double other = logGamma(random);
        return 1 / (1 + Math.exp(other - own));
    }

    /** Marsaglia and Tsang, "A simple method for generating gamma variables", 2000; below 1 by the power of a uniform number. */
    private double logGamma(Philox.Stream random) {
        double shape = alpha < 1 ? alpha + 1 : alpha;
        double shift = alpha < 1 ? Math.log(positive(random)) / alpha : 0;
        double d = shape - 1.0 / 3;
        double c = 1 / Math.sqrt(9 * d);
        while (true) {
            double x = random.nextNormal();
            double v = Math.pow(1 + c * x, 3);
            if (v > 0 && Math.log(positive(random)) < x * x / 2 + d - d * v + d * Math.log(v)) {
                return Math.log(d * v) + shift;
            }
        }
    }

    private static double positive(Philox.Stream random) {
        return random.nextUniform() + 0x1p-24;
    }
}

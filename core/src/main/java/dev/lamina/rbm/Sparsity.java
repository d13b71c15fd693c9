package dev.lamina.rbm;

/**
 * A wish for the mean activity of every hidden unit (Hinton 2010, section 11): with the running mean activity
 * {@code q ← decay q + (1 - decay) mean_batch}, {@code cost (target - q)} is added to the unit's input gradient, that is to its bias and,
 * times the mean of the data, to its weights.
 *
 * @param target wanted mean activity, above 0, for binary units below 1
 * @param cost strength, at least 0; 0 switches it off
 * @param decay of the running mean, in [0, 1)
 */
public record Sparsity(double target, double cost, double decay) {
    /** Checks the ranges. */
    public Sparsity {
        Ranges.require(target > 0 && Double.isFinite(target), "sparsity target = %s, needs a finite number > 0.", target);
        Ranges.require(cost >= 0 && Double.isFinite(cost), "sparsity cost = %s, needs a finite number >= 0; 0 switches it off.", cost);
        Ranges.require(decay >= 0 && decay < 1, "sparsity decay = %s, needs 0 <= decay < 1.", decay);
    }

    /** No wish. */
    public static Sparsity none() {
        return new Sparsity(0.1, 0, 0.9);
    }

    /** A wish with decay 0.9. */
    public static Sparsity of(double target, double cost) {
        return new Sparsity(target, cost, 0.9);
    }

    boolean used() {
        return cost > 0;
    }
}

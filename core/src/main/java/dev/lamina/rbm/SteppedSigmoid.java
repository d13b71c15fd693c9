package dev.lamina.rbm;

import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Source;
import dev.lamina.graph.Value;

/**
 * Where the rectifier comes from (Nair and Hinton 2010): copies of a binary unit that share weights, with biases shifted by -0.5, -1.5,
 * ..., are on together {@code Σ_i σ(x - i + 0.5)} times, which is nearly softplus(x), which is nearly max(0, x). Stateless and thread-safe.
 */
public final class SteppedSigmoid {
    /** Exponents at which the sum of the free energy needs no further terms. */
    private static final double NEGLIGIBLE = 40;

    private SteppedSigmoid() { }

    /**
     * How far the functions are apart on a grid.
     *
     * @param copies units in the sum
     * @param steppedAgainstSoftplus largest difference between the sum and softplus
     * @param at where that is
     * @param softplusAgainstRelu largest difference between softplus and the rectifier, ln 2 at 0
     * @param steppedAgainstRelu largest difference between the sum and the rectifier
     */
    public record Comparison(int copies, double steppedAgainstSoftplus, double at, double softplusAgainstRelu,
            double steppedAgainstRelu) { }

    /** {@code 1 / (1 + e^-x)} without overflow. */
    public static double sigmoid(double x) {
        double e = Math.exp(-Math.abs(x));
        return x >= 0 ? 1 / (1 + e) : e / (1 + e);
    }

    /** {@code log(1 + e^x)} without overflow. */
    public static double softplus(double x) {
        return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
    }

    /** {@code Σ_{i=1..copies} σ(x - i + 0.5)}: how many of the copies are on, in the mean. */
    public static double stepped(int copies, double x) {
        double sum = 0;
        for (int i = copies; i >= 1; i--) {
            sum += sigmoid(x - i + 0.5);
        }
        return sum;
    }

    /**
     * Compares the three functions at {@code -range, -range + 1/1000, ..., range}.
     *
     * @param copies units in the sum, at least 1
     * @param range above 0
     */
    public static Comparison compare(int copies, double range) {
        Ranges.require(copies >= 1, "stepped sigmoid: copies = %s, needs >= 1.", copies);
        Ranges.require(range > 0, "stepped sigmoid: range = %s, needs > 0.", range);
        double[] largest = new double[3];
        double at = 0;
        int steps = (int) Math.round(range * 1000);
        for (int i = -steps; i <= steps; i++) {
            double x = i / 1000.0;
            double stepped = stepped(copies, x);
            double softplus = softplus(x);
            if (Math.abs(stepped - softplus) > largest[0]) {
                largest[0] = Math.abs(stepped - softplus);
                at = x;
            }
            largest[1] = Math.max(largest[1], softplus - Math.max(0, x));
            largest[2] = Math.max(largest[2], Math.abs(stepped - Math.max(0, x)));
        }
        return new Comparison(copies, largest[0], at, largest[1], largest[2]);
    }

    /** {@code g(x) = Σ_{i=1..∞} softplus(x - i + 0.5)}, minus the free energy of one unit of infinitely many copies; to rounding. */
    public static double freeEnergy(double x) {
        double sum = 0;
        for (long i = (long) Math.ceil(Math.max(0, x) + NEGLIGIBLE); i >= 1; i--) {
            sum += softplus(x - i + 0.5);
        }
        return sum;
    }

    /**
     * Adds g(x) in closed form, within 1e-6 of the sum (float64). By Euler and Maclaurin's midpoint formula
     * {@code g(x) = -Li₂(-e^x) - σ(x)/24 + 7 σ''(x)/5760 - 31 σ''''(x)/967680}; the first two terms alone are off by up to 1.2e-4.
     *
     * <p>With {@code u = log(1 + e^-|x|)} in (0, ln 2],
     * {@code -Li₂(-e^-|x|) = u + u²/4 + u³/36 - u⁵/3600 + u⁷/211680 - u⁹/10886400 + ...} (Bernoulli's numbers), and
     * {@code -Li₂(-e^x) = π²/6 + x²/2 + Li₂(-e^-x)} for x > 0.
     */
    public static Value freeEnergy(Value x) {
        Value u = Pointwise.softplus(Pointwise.negate(Pointwise.abs(x)));
        Value square = Pointwise.square(u);
        Value series = square.times(-1.0 / 10886400).plus(1.0 / 211680);
        series = series.times(square).plus(-1.0 / 3600);
        series = series.times(square).plus(1.0 / 36);
        series = series.times(square).plus(1).times(u).plus(square.times(0.25));
        Value reflected = Pointwise.square(x).times(0.5).plus(Math.PI * Math.PI / 6).minus(series);
        Value dilogarithm = Pointwise.where(Pointwise.isPositive(x), reflected, series);
        Value s = Pointwise.sigmoid(x);
        Value slope = s.times(Source.scalarLike(s, 1).minus(s));
        Value second = slope.times(s.times(-2).plus(1));
        Value fourth = second.times(slope.times(-12).plus(1));
        return dilogarithm.plus(s.times(-1.0 / 24)).plus(second.times(7.0 / 5760)).plus(fourth.times(-31.0 / 967680));
    }
}

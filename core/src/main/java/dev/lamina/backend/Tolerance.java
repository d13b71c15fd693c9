package dev.lamina.backend;

import dev.lamina.tensor.DType;
import dev.lamina.tensor.Tensor;

/**
 * How far two computations of one tensor may be apart when both are right: {@code limit = ε (16 + 4 √K) max(scale, floor)}.
 *
 * <p>ε is the type's distance from 1 to the next number, K how many terms a result sums, scale the largest finite magnitude of the
 * expected tensor. Derivation, for K terms of magnitude s and unit roundoff {@code u = ε/2}: addition k rounds a partial sum by at most u
 * of it, by {@code u/√3} in the root of the mean square, and roundings are independent.
 * <ul>
 * <li>Terms of mixed signs: partial sums walk randomly, about {@code s √k}, the result about {@code s √K}. The error is
 * {@code (u/√3) s √(Σ k) = u s K / √6}: relative to the result {@code 0.2 ε √K}.
 * <li>Terms of one sign: partial sums are {@code s k}, the result {@code s K}. The error is {@code (u/√3) s √(Σ k²) = u s K^1.5 / 3}:
 * relative to the result {@code 0.17 ε √K}.
 * </ul>
 * So both grow as √K; sums in blocks and wider accumulators do better. The factor 4 is twenty of these deviations: one for each of two
 * sides that round, for the largest of up to 10^9 elements (6 deviations), and for what a value passes on from the sums before it. The 16
 * are roundings outside of sums: products, storing between ops, and functions such as exp that are right to a few units in the last place.
 *
 * <p>Where a result cancels (a gradient that is zero in exact arithmetic), its own magnitude says nothing; {@link #atLeast} then gives the
 * magnitude of the terms. Other types than floating ones allow no difference.
 *
 * <p>Operands of matrix products and convolutions may be rounded to a narrower type first, with distance ε' from 1 to the next number.
 * Each of the two rounds by {@code ε'/√12} in the root of the mean square, a product by {@code ε'/√6}; of K products of mixed signs the
 * error is {@code 0.41 ε' s √K}, {@code 0.41 ε'} of the result, whatever K is, and less for terms of one sign. Six deviations of ten such
 * roundings behind each other (products, and results that are stored narrow) are {@code 8 ε'}.
 *
 * @param dtype element type of the less precise side
 * @param reduction K, at least 1; for a chain of ops the sum of its reductions, as independent errors add in squares
 * @param floor scale that is assumed at least
 * @param operandEpsilon ε', 0 if operands are not rounded
 */
public record Tolerance(DType dtype, long reduction, double floor, double operandEpsilon) {
    /** Distance from 1 to the next number in TF32, which stores 10 bits after the point. */
    public static final double TF32_EPSILON = 0x1p-10;

    private static final double ROUNDINGS = 16;
    private static final double DEVIATIONS = 4;
    private static final double OPERAND_ROUNDINGS = 8;

    /** A tolerance where operands are not rounded. */
    public Tolerance(DType dtype, long reduction, double floor) {
        this(dtype, reduction, floor, 0);
    }

    /** Checks the numbers. */
    public Tolerance {
        if (!(operandEpsilon >= 0 && operandEpsilon < 1)) {
            throw new IllegalArgumentException("tolerance: operandEpsilon = " + operandEpsilon + ", needs 0 <= operandEpsilon < 1.");
        }
        if (reduction < 1) {
            throw new IllegalArgumentException("tolerance: reduction = " + reduction + ", needs >= 1.");
        }
        if (!(floor >= 0 && floor < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("tolerance: floor = " + floor + ", needs a finite number >= 0.");
        }
    }

    /** The tolerance of results of a type that sum so many terms, relative to the largest of them. */
    public static Tolerance of(DType dtype, long reduction) {
        return new Tolerance(dtype, reduction, 0);
    }

    /** This tolerance where terms have at least this magnitude, whatever they cancel to. */
    public Tolerance atLeast(double scale) {
        return new Tolerance(dtype, reduction, scale, operandEpsilon);
    }

    /** This tolerance where operands of products are rounded to numbers so far apart, see {@link #TF32_EPSILON}. */
    public Tolerance withOperands(double epsilon) {
        return new Tolerance(dtype, reduction, floor, epsilon);
    }

    /** The limit for a result of scale 1; 0 if the type is not floating. */
    public double relative() {
        return dtype.isFloating()
                ? dtype.epsilon() * (ROUNDINGS + DEVIATIONS * Math.sqrt(reduction)) + OPERAND_ROUNDINGS * operandEpsilon : 0;
    }

    /** The largest difference allowed in a tensor whose largest magnitude is this. */
    public double limit(double scale) {
        return relative() * Math.max(scale, floor);
    }

    /**
     * Compares all elements.
     *
     * @throws IllegalArgumentException if shapes differ, or one tensor is floating and the other is not
     */
    public Comparison compare(Tensor expected, Tensor actual) {
        return Comparison.of(expected, actual, this);
    }
}

package dev.lamina.graph.cases;

import dev.lamina.tensor.DType;
import dev.lamina.tensor.Philox;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;

/**
 * How an operand's elements are drawn. Every floating number is one that float32 holds, so that all precisions get the same operand.
 *
 * @param dtype element type; null for the floating type that the case is run in
 */
public record Draw(DType dtype, Generator generator) {

    /** Draws n numbers. */
    @FunctionalInterface
    public interface Generator {
        double[] draw(Philox.Stream random, int n);
    }

    private interface One {
        double draw(Philox.Stream random);
    }

    private static Draw each(DType dtype, One one) {
        return new Draw(dtype, (random, n) -> {
            double[] values = new double[n];
            for (int i = 0; i < n; i++) {
                values[i] = one.draw(random);
            }
            return values;
        });
    }

    /** Numbers in [low, high), at least 0.01 away from each kink. */
    public static Draw uniform(double low, double high, double... kinks) {
        return each(null, random -> {
            while (true) {
                double value = low + (high - low) * random.nextUniform();
                boolean near = false;
                for (double kink : kinks) {
                    near |= Math.abs(value - kink) < 0.01;
                }
                if (!near) {
                    return (float) value;
                }
            }
        });
    }

    /** Numbers in [-2, 2) of any sign. */
    public static Draw any() {
        return uniform(-2, 2);
    }

    /** Different numbers in (-2, 2), none near another or 0: no ties, whatever is compared. */
    public static Draw distinct() {
        return new Draw(null, (random, n) -> {
            int[] order = random.permutation(n);
            double[] values = new double[n];
            for (int i = 0; i < n; i++) {
                values[i] = (float) (-2 + 4 * (order[i] + 0.37) / n);
            }
            return values;
        });
    }

    /** Different numbers, the first half in (-5, -1), the second in (1, 5): no two of few values along the first axis are near. */
    public static Draw halves() {
        return new Draw(null, (random, n) -> {
            double[] values = distinct().generator.draw(random, n);
            for (int i = 0; i < n; i++) {
                values[i] = (float) (values[i] + (i < n / 2 ? -3 : 3));
            }
            return values;
        });
    }

    /** NaN, infinities, zeros of both signs and a few numbers, in turn from a place drawn. */
    public static Draw special() {
        double[] list = {Double.NaN, 1, Double.NEGATIVE_INFINITY, -0.0, 0, Double.POSITIVE_INFINITY, -1, 0.5, -2.5};
        return new Draw(null, (random, n) -> {
            int start = random.nextInt(list.length);
            double[] values = new double[n];
            for (int i = 0; i < n; i++) {
                values[i] = list[(start + i) % list.length];
            }
            return values;
        });
    }

    /** Multiples of 1/16 plus an offset; numbers of two operands with offsets 0 and 1/32 are never near each other. */
    public static Draw grid(double offset) {
        return each(null, random -> (random.nextInt(65) - 32) / 16.0 + offset);
    }

    /**
     * Multiples of 1/16 of at most this many sixteenths. Their products and sums are exact in float32 whatever the order, as long as
     * results stay below 2^24 of the product's steps: two backends then see the same ties and the same signs at kinks.
     */
    public static Draw sixteenths(int most) {
        return each(null, random -> (random.nextInt(2 * most + 1) - most) / 16.0);
    }

    /** Integers in [low, high) of a type. */
    public static Draw integers(DType dtype, int low, int high) {
        return each(dtype, random -> low + random.nextInt(high - low));
    }

    /** Integers in [low, high) as floating numbers, with many ties. */
    public static Draw wholes(int low, int high) {
        return each(null, random -> low + random.nextInt(high - low));
    }

    /** Truth values. */
    public static Draw bools() {
        return integers(DType.BOOL, 0, 2);
    }

    /** Labels in [0, classes), every third of them replaced. */
    public static Draw labels(int classes, int everyThird) {
        return new Draw(DType.INT64, (random, n) -> {
            double[] values = new double[n];
            for (int i = 0; i < n; i++) {
                values[i] = i % 3 == 2 ? everyThird : random.nextInt(classes);
            }
            return values;
        });
    }

    /** A tensor of the shape. */
    public Tensor tensor(Philox.Stream random, DType floating, Shape shape) {
        double[] values = generator.draw(random, Math.toIntExact(shape.elements()));
        return Tensor.of(type(floating), values, values.length).reshape(shape.toArray());
    }

    /** The element type when the case is run in a floating type. */
    public DType type(DType floating) {
        return dtype == null ? floating : dtype;
    }
}

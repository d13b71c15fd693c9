package dev.lamina.io.onnx.ops;

import dev.lamina.tensor.DType;
import dev.lamina.tensor.Tensor;
import java.util.Arrays;

/**
 * Resampling along one axis as ONNX's Resize defines it. Every output is a weighted sum of the inputs around a position; positions outside
 * take the input at the end.
 *
 * @param input elements along the axis
 * @param output elements of the result
 * @param scale their ratio as it was asked for
 * @param transformation how an output's number becomes a position
 * @param start where the crop starts, in parts of the axis ({@code tf_crop_and_resize})
 * @param end where it ends
 */
record Interpolation(long input, long output, double scale, String transformation, double start, double end) {

    /** Whether every output is the input of its number. */
    boolean isIdentity() {
        return input == output && scale == 1 && (!crops() || start == 0 && end == 1);
    }

    boolean crops() {
        return transformation.equals("tf_crop_and_resize");
    }

    /** Where the i-th output lies among the inputs; an unknown transformation gives NaN. */
    double position(long i) {
        double exact = scale * input;
        double pixel = (i + 0.5) / scale - 0.5;
        return switch (transformation) {
            case "asymmetric" -> i / scale;
            case "align_corners" -> exact == 1 ? 0 : i * (input - 1) / (exact - 1);
            case "half_pixel" -> pixel;
            case "half_pixel_symmetric" -> pixel + input / 2.0 * (1 - output / exact);
            case "pytorch_half_pixel" -> output == 1 ? -0.5 : pixel;
            case "tf_half_pixel_for_nn" -> (i + 0.5) / scale;
            case "tf_crop_and_resize" -> start * (input - 1)
                    + (output == 1 ? (end - start) * (input - 1) / 2 : i * (end - start) * (input - 1) / (output - 1));
            default -> Double.NaN;
        };
    }

    /** Whether each output's position lies outside the inputs. */
    boolean[] outside() {
        boolean[] outside = new boolean[Math.toIntExact(output)];
        for (int i = 0; i < outside.length; i++) {
            outside[i] = position(i) < 0 || position(i) > input - 1;
        }
        return outside;
    }

    /**
     * The input that each output takes.
     *
     * @param mode {@code round_prefer_floor}, {@code round_prefer_ceil}, {@code floor} or {@code ceil}
     */
    long[] nearest(String mode) {
        long[] at = new long[Math.toIntExact(output)];
        for (int i = 0; i < at.length; i++) {
            double x = position(i);
            double rounded = switch (mode) {
                case "floor" -> Math.floor(x);
                case "ceil" -> Math.ceil(x);
                case "round_prefer_floor" -> Math.ceil(x - 0.5);
                default -> Math.floor(x + 0.5);
            };
            at[i] = clamp((long) rounded);
        }
        return at;
    }

    private long clamp(long at) {
        return Math.clamp(at, 0, input - 1);
    }

    /** A function of the distance from a position, 0 from its radius on. */
    interface Kernel {
        double weight(double distance);

        int radius();
    }

    /** Straight lines between neighbours. */
    static Kernel linear() {
        return new Kernel() {
            @Override
            public double weight(double distance) {
                return Math.max(0, 1 - Math.abs(distance));
            }

            @Override
            public int radius() {
                return 1;
            }
        };
    }

    /** Cubic convolution (Keys 1981). */
    static Kernel cubic(double a) {
        return new Kernel() {
            @Override
            public double weight(double distance) {
                double x = Math.abs(distance);
                return x <= 1 ? ((a + 2) * x - (a + 3)) * x * x + 1 : x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0;
            }

            @Override
            public int radius() {
                return 2;
            }
        };
    }

    /**
     * The weights, {@code [input, output]}: a row vector of inputs times them is that of outputs.
     *
     * @param antialias whether the kernel is widened where the result has fewer elements
     * @param excludeOutside whether neighbours outside count for nothing
     */
    Tensor matrix(DType dtype, Kernel kernel, boolean antialias, boolean excludeOutside) {
        double narrow = antialias ? Math.min(scale, 1) : 1;
        int first = (int) Math.floor(-kernel.radius() / narrow) + 1;
        double[] weights = new double[2 - 2 * first];
        int columns = Math.toIntExact(output);
        double[] matrix = new double[Math.multiplyExact(Math.toIntExact(input), columns)];
        for (int i = 0; i < columns; i++) {
            double x = position(i);
            long left = (long) Math.ceil(x) - 1;
            for (int k = 0; k < weights.length; k++) {
                long at = left + first + k;
                boolean counts = !excludeOutside || at >= 0 && at < input;
                weights[k] = counts ? kernel.weight((at - x) * narrow) : 0;
            }
            double sum = Arrays.stream(weights).sum();
            for (int k = 0; k < weights.length; k++) {
                matrix[Math.toIntExact(clamp(left + first + k) * columns + i)] += weights[k] / sum;
            }
        }
        return Tensor.of(dtype, matrix, input, output);
    }
}

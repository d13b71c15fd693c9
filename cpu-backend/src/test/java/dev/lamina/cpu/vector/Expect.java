package dev.lamina.cpu.vector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.tensor.Tensor;
import java.util.Random;

/** Comparisons and numbers that the kernels' tests share. */
final class Expect {
    /** Lengths on and off every block boundary. */
    static final int[] SIZES = {0, 1, 3, 15, 16, 17, 63, 64, 65, 1023, 4098, 20_011};
    private static final float[] SPECIAL = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 0f, -0f, Float.MIN_VALUE,
        -Float.MIN_VALUE, 1e-40f, -1e-40f, Float.MIN_NORMAL, Float.MAX_VALUE, -Float.MAX_VALUE, 1, -1, 0.5f, -0.5f, 1.5f, 2.5f, -2.5f,
        8388607.5f, -8388609f, 3e9f, -3e9f, 1e19f, -1e30f, 20, -20, 90, -90, 104, -104, 255.5f, 256, -1.5f};

    private Expect() { }

    /** Special values and normal numbers of several scales in an order that differs for each seed. */
    static Tensor anything(int n, long seed, long... dims) {
        Random random = new Random(seed);
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = random.nextInt(3) == 0 ? SPECIAL[random.nextInt(SPECIAL.length)]
                    : (float) (random.nextGaussian() * Math.pow(10, random.nextInt(5) - 2));
        }
        return dims.length == 0 ? Tensor.of(values) : Tensor.of(values, dims);
    }

    /** Standard normal numbers. */
    static Tensor normal(int n, long seed, long... dims) {
        Random random = new Random(seed);
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return dims.length == 0 ? Tensor.of(values) : Tensor.of(values, dims);
    }

    /** Same class and sign, and within some units in the last place plus an absolute distance. */
    static void close(Tensor expected, Tensor actual, double ulps, double absolute, String what) {
        float[] e = expected.toFloats();
        float[] a = actual.toFloats();
        assertEquals(expected.shape().elements(), actual.shape().elements(), what);
        for (int i = 0; i < e.length; i++) {
            close(e[i], a[i], ulps, absolute, what, i);
        }
    }

    static void close(float e, float a, double ulps, double absolute, String what, int i) {
        boolean exact = Float.isNaN(e) || Float.isInfinite(e) || e == 0 && absolute == 0;
        boolean fits = exact ? Float.compare(e, a) == 0
                : Math.abs((double) a - e) <= ulps * Math.ulp(e) + absolute && (a == 0 || Math.signum(a) == Math.signum(e) || absolute > 0);
        assertTrue(fits, () -> what + "[" + i + "]: expected " + e + ", got " + a);
    }

    /** Equal bits, all NaNs being one. */
    static void same(Tensor expected, Tensor actual, String what) {
        close(expected, actual, 0, 0, what);
    }
}

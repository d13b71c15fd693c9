package dev.lamina.cpu.vector;

import dev.lamina.tensor.Tensor;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

/** Exponentials and logarithms against double precision, over all exponents and around the places where forms change. */
class ExponentialTilesTest {
    private static final int N = 1 << 18;

    /** A loop over a tile. */
    private interface Loop {
        void run(long a, long y, int n);
    }

    private static void check(String name, Loop loop, DoubleUnaryOperator exact) {
        float[] values = new float[N];
        Random random = new Random(1);
        for (int i = 0; i < N; i++) {
            values[i] = switch (i % 4) {
                case 0 -> Float.intBitsToFloat(random.nextInt());
                case 1 -> (float) (random.nextGaussian() * 30);
                case 2 -> (float) (1 + random.nextGaussian() * 0.3);
                default -> (float) (random.nextGaussian() * 0.5);
            };
        }
        Memory in = Memory.of(Tensor.of(values));
        Memory out = Memory.floats(N);
        loop.run(in.address(), out.address(), N);
        float[] got = out.floats();
        for (int i = 0; i < N; i++) {
            Expect.close((float) exact.applyAsDouble(values[i]), got[i], 2, 0, name + "(" + values[i] + ")", i);
        }
    }

    @Test
    void withinTwoUnitsInTheLastPlace() {
        check("exp", ExponentialTiles::exp, Math::exp);
        check("expm1", ExponentialTiles::expm1, Math::expm1);
        check("log", ExponentialTiles::log, Math::log);
        check("log1p", ExponentialTiles::log1p, Math::log1p);
    }
}

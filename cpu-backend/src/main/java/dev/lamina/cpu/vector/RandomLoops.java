package dev.lamina.cpu.vector;

import static dev.lamina.cpu.vector.Raw.ALL;
import static dev.lamina.cpu.vector.Raw.FLOATS;
import static dev.lamina.cpu.vector.Raw.LANES;
import static dev.lamina.cpu.vector.Raw.ORDER;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import dev.lamina.tensor.Philox;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** What becomes of random integers below 2^24. Lengths are arbitrary. */
final class RandomLoops {
    private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;

    private RandomLoops() { }

    /** {@code low + span k 2^-24}, rounded once, as the reference does. */
    static void uniform(long bits, long y, double low, double span, int n) {
        for (int i = 0; i < n; i++) {
            ALL.set(Rows.FLOAT, y + 4L * i, (float) (low + span * (ALL.get(Rows.INT, bits + 4L * i) * 0x1p-24)));
        }
    }

    /** Box and Muller in double, by the function that the reference calls. */
    static void normal(long bits, long y, double mean, double deviation, int n) {
        for (int i = 0; i < n; i++) {
            long pair = bits + 4L * (i & ~1);
            double value = Philox.normal(ALL.get(Rows.INT, pair) << 8, ALL.get(Rows.INT, pair + Integer.BYTES) << 8, (i & 1) == 1);
            ALL.set(Rows.FLOAT, y + 4L * i, (float) (mean + deviation * value));
        }
    }

    /** 1 where {@code k < threshold}. */
    static void bernoulli(long bits, long y, int threshold, int n) {
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            IntVector k = IntVector.fromMemorySegment(INTS, ALL, bits + 4L * i, ORDER);
            FloatVector draw = FloatVector.zero(FLOATS).blend(1, k.compare(VectorOperators.LT, threshold).cast(FLOATS));
            draw.intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
        for (; i < n; i++) {
            ALL.set(Rows.FLOAT, y + 4L * i, ALL.get(Rows.INT, bits + 4L * i) < threshold ? 1f : 0f);
        }
    }

    /** {@code x scale} where {@code k >= threshold}, else 0. */
    static void dropout(long bits, long x, long y, int threshold, float scale, int n) {
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            IntVector k = IntVector.fromMemorySegment(INTS, ALL, bits + 4L * i, ORDER);
            FloatVector kept = fromMemorySegment(FLOATS, ALL, x + 4L * i, ORDER).mul(scale);
            kept.blend(0, k.compare(VectorOperators.LT, threshold).cast(FLOATS)).intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
        for (; i < n; i++) {
            float kept = ALL.get(Rows.FLOAT, x + 4L * i) * scale;
            ALL.set(Rows.FLOAT, y + 4L * i, ALL.get(Rows.INT, bits + 4L * i) < threshold ? 0 : kept);
        }
    }
}

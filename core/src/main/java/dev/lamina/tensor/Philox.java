package dev.lamina.tensor;

/**
 * Philox4x32-10, the counter-based generator of Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3" (SC 2011).
 *
 * <p>A block of four 32-bit words is a pure function of a 128-bit counter and a 64-bit key, so every backend produces the same bits in any
 * order and on any number of threads. Lamina's convention, binding for all backends: the key is the seed (low word first); the counter of
 * the block that holds elements {@code 4b .. 4b+3} of a node is {@code (low 32 bits of b, high 32 bits of b, stream, low 32 bits of step)}.
 * Element {@code i} takes word {@code i mod 4} of block {@code i / 4}. Stateless and thread-safe.
 */
public final class Philox {
    private static final int M0 = 0xD2511F53;
    private static final int M1 = 0xCD9E8D57;
    private static final int W0 = 0x9E3779B9;
    private static final int W1 = 0xBB67AE85;
    private static final int ROUNDS = 10;

    private Philox() { }

    /** The block for a raw counter and key, written to {@code out[0..3]}. */
    public static void block(int c0, int c1, int c2, int c3, int k0, int k1, int[] out) {
        for (int round = 0; round < ROUNDS; round++) {
            long p0 = Integer.toUnsignedLong(M0) * Integer.toUnsignedLong(c0);
            long p1 = Integer.toUnsignedLong(M1) * Integer.toUnsignedLong(c2);
            int n0 = (int) (p1 >>> 32) ^ c1 ^ k0;
            int n2 = (int) (p0 >>> 32) ^ c3 ^ k1;
            c1 = (int) p1;
            c3 = (int) p0;
            c0 = n0;
            c2 = n2;
            k0 += W0;
            k1 += W1;
        }
        out[0] = c0;
        out[1] = c1;
        out[2] = c2;
        out[3] = c3;
    }

    /** Four words of a node's stream: block {@code index} under Lamina's counter convention. */
    public static void block(long seed, long step, int stream, long index, int[] out) {
        block((int) index, (int) (index >>> 32), stream, (int) step, (int) seed, (int) (seed >>> 32), out);
    }

    /**
     * A uniform number in [0, 1) from one word: its upper 24 bits over 2^24. Exact in float32, and on purpose the same for float64, so that
     * a mask drawn in double precision equals the one drawn in single precision.
     */
    public static double uniform(int word) {
        return (word >>> 8) * 0x1p-24;
    }

    /**
     * A standard normal number by Box and Muller from a pair of words, computed in double. {@code second} picks the sine partner. The
     * uniform under the logarithm is {@code (upper 24 bits + 1) / 2^24}, so it lies in (0, 1].
     */
    public static double normal(int word0, int word1, boolean second) {
        double radius = Math.sqrt(-2 * Math.log(((word0 >>> 8) + 1) * 0x1p-24));
        double angle = 2 * Math.PI * uniform(word1);
        return radius * (second ? Math.sin(angle) : Math.cos(angle));
    }

    /** A sequential reader of one stream for host code such as initialisers and shuffles. Not thread-safe. */
    public static final class Stream {
        private final long seed;
        private final long step;
        private final int stream;
        private final int[] words = new int[4];
        private long position;

        /** The stream {@code (seed, step, stream)} from its first word. */
        public Stream(long seed, long step, int stream) {
            this.seed = seed;
            this.step = step;
            this.stream = stream;
        }

        /** The next 32 random bits. */
        public int nextInt() {
            int lane = (int) (position & 3);
            if (lane == 0) {
                block(seed, step, stream, position >>> 2, words);
            }
            position++;
            return words[lane];
        }

        /** The next uniform number in [0, 1), a multiple of 2^-24. */
        public double nextUniform() {
            return uniform(nextInt());
        }

        /** The next standard normal number; consumes two words. */
        public double nextNormal() {
            int first = nextInt();
            return normal(first, nextInt(), false);
        }

        /**
         * A uniform integer in {@code [0, bound)}, without bias (rejection).
         *
         * @throws IllegalArgumentException if {@code bound < 1}
         */
        public int nextInt(int bound) {
            if (bound < 1) {
                throw new IllegalArgumentException("philox: bound = " + bound + ", needs >= 1.");
            }
            long limit = (1L << 32) / bound * bound;
            while (true) {
                long draw = Integer.toUnsignedLong(nextInt());
                if (draw < limit) {
                    return (int) (draw % bound);
                }
            }
        }

        /** A uniformly random permutation of {@code 0 .. n-1} (Fisher and Yates). */
        public int[] permutation(int n) {
            int[] order = new int[n];
            for (int i = 0; i < n; i++) {
                int j = nextInt(i + 1);
                order[i] = order[j];
                order[j] = i;
            }
            return order;
        }
    }
}

package dev.lamina.cpu.vector;

import static dev.lamina.cpu.vector.Raw.ALL;
import static dev.lamina.cpu.vector.Raw.ORDER;

import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/** Philox4x32-10 on many blocks at once, a block a lane; 32-bit words stand in 64-bit lanes so that products are whole. */
final class PhiloxTile {
    private static final VectorSpecies<Long> LONGS = LongVector.SPECIES_PREFERRED;
    private static final VectorShuffle<Long> FIRST_HALF = VectorShuffle.makeZip(LONGS, 0);
    private static final VectorShuffle<Long> SECOND_HALF = VectorShuffle.makeZip(LONGS, 1);
    private static final long M0 = 0xD2511F53L;
    private static final long M1 = 0xCD9E8D57L;
    private static final long W0 = 0x9E3779B9L;
    private static final long W1 = 0xBB67AE85L;
    private static final long LOW = 0xffffffffL;
    private static final int ROUNDS = 10;

    private PhiloxTile() { }

    /**
     * Writes the upper 24 bits of each word of {@code blocks} consecutive blocks as int32, in order, as {@code Philox.block} gives them.
     * Writes up to a vector of blocks more than asked.
     */
    static void draw(long seed, long step, int stream, long firstBlock, int blocks, long to) {
        LongVector lane = LongVector.zero(LONGS).addIndex(1);
        for (int b = 0; b < blocks; b += LONGS.length()) {
            LongVector index = lane.add(firstBlock + b);
            LongVector c0 = index.and(LOW);
            LongVector c1 = index.lanewise(VectorOperators.LSHR, 32);
            LongVector c2 = LongVector.broadcast(LONGS, stream & LOW);
            LongVector c3 = LongVector.broadcast(LONGS, step & LOW);
            long k0 = seed & LOW;
            long k1 = seed >>> 32;
            for (int round = 0; round < ROUNDS; round++) {
                LongVector p0 = c0.mul(M0);
                LongVector p1 = c2.mul(M1);
                c0 = p1.lanewise(VectorOperators.LSHR, 32).lanewise(VectorOperators.XOR, c1).lanewise(VectorOperators.XOR, k0);
                c2 = p0.lanewise(VectorOperators.LSHR, 32).lanewise(VectorOperators.XOR, c3).lanewise(VectorOperators.XOR, k1);
                c1 = p1.and(LOW);
                c3 = p0.and(LOW);
                k0 = k0 + W0 & LOW;
                k1 = k1 + W1 & LOW;
            }
            LongVector second = c1.lanewise(VectorOperators.LSHR, 8).lanewise(VectorOperators.LSHL, 32);
            LongVector fourth = c3.lanewise(VectorOperators.LSHR, 8).lanewise(VectorOperators.LSHL, 32);
            LongVector front = c0.lanewise(VectorOperators.LSHR, 8).or(second);
            LongVector back = c2.lanewise(VectorOperators.LSHR, 8).or(fourth);
            front.rearrange(FIRST_HALF, back).intoMemorySegment(ALL, to + 16L * b, ORDER);
            front.rearrange(SECOND_HALF, back).intoMemorySegment(ALL, to + 16L * b + LONGS.vectorByteSize(), ORDER);
        }
    }
}

package dev.lamina.cpu.vector;

import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lamina.graph.Random;
import dev.lamina.graph.TensorType;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Random numbers equal those of the reference, bit for bit where they are not scaled. */
class RandomKernelsTest {
    private static final ThreadTeam TWO = new ThreadTeam(2);
    private static final Team[] TEAMS = {Team.single(), TWO};

    @AfterEach
    void free() {
        Memory.free();
    }

    @AfterAll
    static void close() {
        TWO.close();
    }

    static List<Random> samples(int n) {
        TensorType type = new TensorType(DType.FLOAT32, Shape.of(n));
        return List.of(new Random.Uniform(type, 0, 1, 3), new Random.Uniform(type, -0.3, 0.7, -5), new Random.Normal(type, 0, 1, 4),
                new Random.Normal(type, 2, 0.1, 1 << 30), new Random.Bernoulli(type, 0.3, 1), new Random.Bernoulli(type, 0, 1),
                new Random.Bernoulli(type, 1, 1));
    }

    @Test
    void samplesEqualTheReferenceBitForBit() {
        for (long seed : new long[] {0, 42, -1, 0x123456789abcdefL}) {
            for (long step : new long[] {0, 7, 1L << 31, (1L << 32) + 5}) {
                for (int n : new int[] {0, 1, 3, 4, 17, 1023, 1024, 1025, 20_011}) {
                    if (n > 2000 && seed != 42) {
                        continue;
                    }
                    for (Random op : samples(n)) {
                        Tensor expected = Reference.one(op, scalar(seed), scalar(step));
                        for (Team team : TEAMS) {
                            Memory out = Memory.floats(n);
                            RandomKernels.random(team, op, n, null, Memory.of(scalar(seed)).pointer(), Memory.of(scalar(step)).pointer(),
                                    out.pointer()).run();
                            Expect.same(expected, out.tensor(), op + " seed " + seed + " step " + step);
                        }
                    }
                }
            }
        }
    }

    static Tensor scalar(long value) {
        Tensor tensor = Tensor.zeros(DType.INT64, Shape.scalar());
        tensor.setLong(value);
        return tensor;
    }

    @Test
    void dropoutKeepsTheReferencesElements() {
        for (double p : new double[] {0, 0.1, 0.5, 0.999}) {
            for (int n : Expect.SIZES) {
                Random op = new Random.Dropout(p, 9);
                Tensor x = Expect.anything(n, n);
                Tensor expected = Reference.one(op, x, scalar(11), scalar(3));
                for (Team team : TEAMS) {
                    Memory in = Memory.of(x);
                    Memory out = Memory.floats(n);
                    Pointer seed = Memory.of(scalar(11)).pointer();
                    Pointer step = Memory.of(scalar(3)).pointer();
                    RandomKernels.random(team, op, n, in.pointer(), seed, step, out.pointer()).run();
                    Expect.close(expected, out.tensor(), 2, 0, "dropout " + p + " of " + n);
                    RandomKernels.random(team, op, n, in.pointer(), seed, step, in.pointer()).run();
                    Expect.same(out.tensor(), in.tensor(), "in place");
                }
            }
        }
    }

    /** Blocks beyond 2^32 count in the second word of the counter. */
    @Test
    void blockNumbersAreSixtyFourBitsWide() {
        Memory bits = new Memory(DType.INT32, Shape.of(64));
        long first = (1L << 32) - 2;
        PhiloxTile.draw(5, 6, 7, first, 8, bits.address());
        int[] words = new int[4];
        for (int b = 0; b < 8; b++) {
            dev.lamina.tensor.Philox.block(5, 6, 7, first + b, words);
            for (int k = 0; k < 4; k++) {
                org.junit.jupiter.api.Assertions.assertEquals(words[k] >>> 8, (int) bits.tensor().getLong(4 * b + k));
            }
        }
    }

    @Test
    void dropoutNeedsAnOperand() {
        assertThrows(IllegalArgumentException.class,
                () -> RandomKernels.random(TWO, new Random.Dropout(0.5, 1), 3, null, new Pointer(), new Pointer(), new Pointer()));
    }
}

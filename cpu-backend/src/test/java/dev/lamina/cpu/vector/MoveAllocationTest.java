package dev.lamina.cpu.vector;

import dev.lamina.graph.Random;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Tensor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Moves of elements and random numbers allocate nothing on the Java heap. */
@Tag("allocation")
class MoveAllocationTest {
    private static final ThreadTeam TWO = new ThreadTeam(2);

    @AfterEach
    void free() {
        Memory.free();
    }

    @AfterAll
    static void close() {
        TWO.close();
    }

    @Test
    void movesAllocateNothing() {
        Tensor x = MoveKernelsTest.numbers(DType.FLOAT32, 160, 130);
        Pointer from = Memory.of(x).pointer();
        Pointer to = Memory.floats(130, 160).pointer();
        HeapUse.none(TWO, MoveKernels.copy(TWO, 4, new long[] {130, 160}, from, 0, new long[] {1, 130}, to, 0, new long[] {160, 1}),
                "transpose");
        HeapUse.none(TWO, MoveKernels.copy(TWO, 4, 160 * 130, from, to), "copy");
        HeapUse.none(TWO, MoveKernels.fill(TWO, DType.FLOAT32, 1, 160 * 130, to), "fill");
        MoveKernels.Selection selection = MoveKernelsTest.selection(x, 0, MoveKernelsTest.indices(DType.INT64, 140, 160));
        HeapUse.none(TWO, MoveKernels.gather(TWO, 4, selection, from, to), "gather");
        HeapUse.none(TWO, MoveKernels.gatherGradient(TWO, selection, from, to), "gatherGradient");
    }

    @Test
    void randomNumbersAllocateNothing() {
        int n = 16_403;
        Pointer in = Memory.of(Expect.normal(n, 1)).pointer();
        Pointer seed = Memory.of(RandomKernelsTest.scalar(1)).pointer();
        Pointer step = Memory.of(RandomKernelsTest.scalar(2)).pointer();
        for (Random op : RandomKernelsTest.samples(n)) {
            HeapUse.none(TWO, RandomKernels.random(TWO, op, n, null, seed, step, in), op.toString());
        }
        HeapUse.none(TWO, RandomKernels.random(TWO, new Random.Dropout(0.5, 1), n, in, seed, step, in), "dropout");
    }
}

package dev.lamina.cpu.vector;

import dev.lamina.graph.Loss;
import dev.lamina.graph.Reduction.Fold;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Reductions, softmax and cross-entropy allocate nothing on the Java heap. */
@Tag("allocation")
class FoldAllocationTest {
    private static final ThreadTeam TWO = new ThreadTeam(2);

    @AfterEach
    void free() {
        Memory.free();
    }

    @AfterAll
    static void close() {
        TWO.close();
    }

    @ParameterizedTest
    @EnumSource(Fold.class)
    void reductionsAllocateNothing(Fold fold) {
        int n = 210 * 90;
        Pointer x = Memory.of(Expect.normal(n, 1)).pointer();
        Pointer y = Memory.floats(n).pointer();
        HeapUse.none(TWO, ReductionKernels.all(TWO, fold, n, x, y), "all");
        HeapUse.none(TWO, ReductionKernels.reduce(TWO, fold, 210, 90, 1, x, y), "rows");
        HeapUse.none(TWO, ReductionKernels.columns(TWO, fold, 210, 90, x, y), "columns");
        Memory positions = new Memory(DType.INT64, Shape.of(210));
        HeapUse.none(TWO, ReductionKernels.argMax(TWO, 210, 90, 1, x, positions.pointer()), "argMax");
    }

    @Test
    void softmaxAndLossAllocateNothing() {
        Pointer logits = Memory.of(Expect.normal(700 * 10, 1, 700, 10)).pointer();
        Pointer labels = Memory.of(SoftmaxKernelsTest.labels(DType.INT64, 700, 10, true)).pointer();
        Pointer out = Memory.floats(700, 10).pointer();
        HeapUse.none(TWO, SoftmaxKernels.softmax(TWO, false, 700, 10, 1, logits, out), "softmax");
        HeapUse.none(TWO, SoftmaxKernels.softmax(TWO, true, 70, 10, 10, logits, out), "logSoftmax");
        SoftmaxKernels.Samples samples = new SoftmaxKernels.Samples("x", Loss.Options.defaults().smoothing(0.1), 700, 10, logits, labels,
                DType.INT64, null);
        HeapUse.none(TWO, SoftmaxKernels.crossEntropy(TWO, samples, out), "loss");
        Pointer one = Memory.of(Tensor.scalar(DType.FLOAT32, 1)).pointer();
        HeapUse.none(TWO, SoftmaxKernels.crossEntropyGradient(TWO, samples, one, out), "gradient");
    }
}

package dev.lamina.cpu.vector;

import dev.lamina.graph.Pointwise;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Pointwise programs allocate nothing on the Java heap. */
@Tag("allocation")
class PointwiseAllocationTest {
    private static final ThreadTeam TWO = new ThreadTeam(2);
    private static final int N = 16_403;

    @AfterEach
    void free() {
        Memory.free();
    }

    @AfterAll
    static void close() {
        TWO.close();
    }

    private static DType type(Pointwise op) {
        boolean numbers = op instanceof Pointwise.Where || Program.supports(op, DType.FLOAT32, DType.FLOAT32);
        return numbers ? DType.FLOAT32 : DType.BOOL;
    }

    private static DType[] types(Pointwise op) {
        return IntStream.range(0, PointwiseOps.operands(op)).mapToObj(i -> PointwiseOps.operand(op, i, type(op))).toArray(DType[]::new);
    }

    static List<Pointwise> supported() {
        return PointwiseOps.all().stream().filter(op -> Program.supports(op, types(op))).toList();
    }

    @ParameterizedTest
    @MethodSource("supported")
    void allocateNothing(Pointwise op) {
        DType[] types = types(op);
        Memory[] in = Arrays.stream(types).map(t -> Memory.of(Expect.normal(N, 3).cast(t))).toArray(Memory[]::new);
        Memory out = new Memory(PointwiseOps.result(op, type(op)), Shape.of(N));
        HeapUse.none(TWO, PointwiseKernels.chain(TWO, PointwiseKernelsTest.single(op, types, out.dtype),
                Iteration.contiguous(N, types.length, 1), PointwiseKernelsTest.pointers(in), PointwiseKernelsTest.pointers(out)),
                op.toString());
    }
}

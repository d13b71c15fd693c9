package dev.lamina.cpu.vector;

import dev.lamina.graph.Update;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Updates of variables allocate nothing on the Java heap. */
@Tag("allocation")
class UpdateAllocationTest {
    private static final ThreadTeam TWO = new ThreadTeam(2);

    @AfterEach
    void free() {
        Memory.free();
    }

    @AfterAll
    static void close() {
        TWO.close();
    }

    static List<Update> ops() {
        return UpdateKernelsTest.ops();
    }

    @ParameterizedTest
    @MethodSource("ops")
    void allocateNothing(Update op) {
        List<UpdateKernels.Step> steps = List.of(step(op, 20_003), step(op, 7));
        HeapUse.none(TWO, UpdateKernels.all(TWO, steps), op.toString());
    }

    private static UpdateKernels.Step step(Update op, int n) {
        return UpdateKernelsTest.step(op, UpdateKernelsTest.memories(UpdateKernelsTest.operands(op, n, 1, true)), n);
    }
}

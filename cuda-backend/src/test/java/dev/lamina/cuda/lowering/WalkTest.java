package dev.lamina.cuda.lowering;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lamina.cuda.kernels.ChainProgram.Access;
import dev.lamina.graph.TensorType;
import dev.lamina.tensor.DType;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class WalkTest {
    private static Layout plain(long... dims) {
        return Layout.plain(TensorType.of(DType.FLOAT32, dims));
    }

    private static Layout last(long... dims) {
        return plain(dims).in(Order.CHANNELS_LAST);
    }

    private static Walk.Step only(Layout result, Layout operand) {
        return Walk.of(result, List.of(operand)).steps().getFirst();
    }

    private static void periodic(Layout result, Layout operand, long... numbers) {
        Walk.Step step = only(result, operand);
        assertEquals(Access.PERIODIC, step.access());
        assertArrayEquals(numbers, step.numbers());
    }

    @Test
    void operandsThatLieAlikeNeedNoPositions() {
        assertEquals(Access.DENSE, only(plain(2, 3, 4, 5), plain(2, 3, 4, 5)).access());
        assertEquals(Access.DENSE, only(last(2, 3, 4, 5), last(2, 3, 4, 5)).access());
        assertEquals(Access.DENSE, only(last(2, 1, 4, 5), plain(2, 1, 4, 5)).access());
        assertEquals(Access.DENSE, only(plain(1, 5), plain(5)).access());
        assertEquals(Access.DENSE, only(plain(), plain(1, 1)).access());
    }

    @Test
    void scalarsChannelsAndRowsRepeat() {
        periodic(plain(2, 3), plain(), 6, 1);
        periodic(plain(2, 3, 4, 5), plain(3, 1, 1), 20, 3);
        periodic(last(2, 3, 4, 5), plain(3, 1, 1), 1, 3);
        periodic(last(2, 3, 4, 5), plain(1, 3, 1, 1), 1, 3);
        periodic(plain(2, 3), plain(3), 1, 3);
        periodic(plain(2, 3), plain(2, 1), 3, 2);
        periodic(plain(2, 3, 4, 5), plain(2, 3, 1, 1), 20, 6);
        periodic(last(2, 3, 4, 5), plain(2, 1, 1, 1), 60, 2);
    }

    @Test
    void othersHaveStridesAlongFourAxes() {
        Walk walk = Walk.of(plain(2, 3, 4, 5), List.of(plain(2, 3, 4, 5), last(2, 3, 4, 5), plain(3, 1, 1)));
        assertEquals(List.of(Access.DENSE, Access.STRIDED, Access.STRIDED), walk.steps().stream().map(Walk.Step::access).toList());
        assertArrayEquals(new long[] {1, 2, 3, 20}, walk.extents());
        assertArrayEquals(new long[] {0, 60, 1, 3}, walk.steps().get(1).numbers());
        assertArrayEquals(new long[] {0, 0, 1, 0}, walk.steps().get(2).numbers());
    }

    @Test
    void manyAxesStayMany() {
        Walk walk = Walk.of(plain(2, 3, 2, 3, 2, 3), List.of(plain(2, 1, 2, 1, 2, 1)));
        assertArrayEquals(new long[] {2, 3, 2, 3, 2, 3}, walk.extents());
    }

    /** Whatever the shapes, the operand's position is that of the broadcasting rule. */
    @Property(tries = 300)
    void positionsFollowTheBroadcastingRule(@ForAll @Size(min = 0, max = 5) List<@IntRange(min = 1, max = 3) Integer> dims,
            @ForAll @IntRange(min = 0, max = 31) int kept, @ForAll @IntRange(min = 0, max = 5) int rank, @ForAll boolean resultLast,
            @ForAll boolean operandLast) {
        long[] shape = dims.stream().mapToLong(Integer::longValue).toArray();
        int own = Math.min(rank, shape.length);
        long[] operand = new long[own];
        for (int axis = 0; axis < own; axis++) {
            operand[axis] = (kept >> axis & 1) == 1 ? shape[shape.length - own + axis] : 1;
        }
        Layout result = resultLast ? last(shape) : plain(shape);
        Layout from = operandLast ? last(operand) : plain(operand);
        Walk walk = Walk.of(result, List.of(from));
        long[] strides = result.strides();
        long[] fromStrides = from.strides();
        for (long i = 0; i < result.type().elements(); i++) {
            long rest = i;
            long position = 0;
            long expected = 0;
            for (int axis = shape.length - 1; axis >= 0; axis--) {
                long index = rest % shape[axis];
                rest /= shape[axis];
                position += index * strides[axis];
                int ownAxis = axis - (shape.length - own);
                expected += ownAxis < 0 || operand[ownAxis] == 1 ? 0 : index * fromStrides[ownAxis];
            }
            assertEquals(expected, reached(walk, position), () -> result + " " + from);
        }
    }

    private static long reached(Walk walk, long position) {
        Walk.Step step = walk.steps().getFirst();
        return switch (step.access()) {
            case DENSE -> position;
            case PERIODIC -> position / step.numbers()[0] % step.numbers()[1];
            case STRIDED -> {
                long rest = position;
                long sum = 0;
                for (int axis = walk.extents().length - 1; axis >= 0; axis--) {
                    sum += rest % walk.extents()[axis] * step.numbers()[axis];
                    rest /= walk.extents()[axis];
                }
                yield sum;
            }
        };
    }
}

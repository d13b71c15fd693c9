package dev.lamina.cpu.onednn;

import dev.lamina.tensor.Shape;
import java.util.Arrays;

/**
 * A layout as a space of its own dimensions: the outer positions of each axis, then the blocks.
 *
 * @param dims extents
 * @param strides distance of neighbours in elements
 * @param axes the axis that each dimension steps along
 * @param steps how many positions of its axis each dimension steps
 */
record Physical(long[] dims, long[] strides, int[] axes, long[] steps) {

    static Physical of(Layout layout) {
        long[] outer = layout.strides();
        int[] blocks = layout.blocks();
        int[] blockAxes = layout.blockAxes();
        int rank = outer.length;
        int n = rank + blocks.length;
        long[] dims = new long[n];
        long[] strides = new long[n];
        int[] axes = new int[n];
        long[] steps = new long[n];
        long inner = 1;
        for (int i = blocks.length - 1; i >= 0; i--) {
            dims[rank + i] = blocks[i];
            strides[rank + i] = inner;
            axes[rank + i] = blockAxes[i];
            steps[rank + i] = later(blocks, blockAxes, i);
            inner *= blocks[i];
        }
        for (int axis = 0; axis < rank; axis++) {
            dims[axis] = layout.outer(axis);
            strides[axis] = outer[axis];
            axes[axis] = axis;
            steps[axis] = later(blocks, blockAxes, -1, axis);
        }
        return new Physical(dims, strides, axes, steps);
    }

    private static long later(int[] blocks, int[] blockAxes, int from) {
        return later(blocks, blockAxes, from, blockAxes[from]);
    }

    /** Positions of an axis that the blocks after one hold. */
    private static long later(int[] blocks, int[] blockAxes, int from, int axis) {
        long product = 1;
        for (int i = from + 1; i < blocks.length; i++) {
            if (blockAxes[i] == axis) {
                product *= blocks[i];
            }
        }
        return product;
    }

    /** Strides of a row-major operand that broadcasts against a value of this rank. */
    long[] broadcast(Shape operand, int rank) {
        long[] own = new long[rank];
        long[] plain = operand.strides();
        int missing = rank - operand.rank();
        for (int axis = missing; axis < rank; axis++) {
            own[axis] = operand.dim(axis - missing) == 1 ? 0 : plain[axis - missing];
        }
        long[] result = new long[dims.length];
        if (Arrays.stream(own).allMatch(s -> s == 0)) {
            return result;
        }
        for (int i = 0; i < result.length; i++) {
            result[i] = own[axes[i]] * steps[i];
        }
        return result;
    }
}

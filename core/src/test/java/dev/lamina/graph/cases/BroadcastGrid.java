package dev.lamina.graph.cases;

import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Pointwise.BinaryFunction;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Pointwise operands of every combination of shapes, and chains of pointwise ops that backends fuse. */
final class BroadcastGrid {
    private static final BinaryFunction[] FUNCTIONS = {BinaryFunction.ADD, BinaryFunction.SUBTRACT, BinaryFunction.MULTIPLY,
        BinaryFunction.DIVIDE, BinaryFunction.MAX, BinaryFunction.MIN, BinaryFunction.POW};
    private static final long[] FULL = {3, 4, 17};

    private BroadcastGrid() { }

    static void add(CaseList list) {
        pairs(list);
        fourAxes(list);
        chains(list);
    }

    /** Every axis of both operands full or 1, with leading 1s dropped in every other case. */
    private static void pairs(CaseList list) {
        for (int a = 0; a < 8; a++) {
            for (int b = 0; b < 8; b++) {
                BinaryFunction f = FUNCTIONS[(a * 3 + b) % FUNCTIONS.length];
                binary(list, f, shape(FULL, a, b % 2 == 1), shape(FULL, b, a % 2 == 1));
            }
        }
    }

    private static long[] shape(long[] full, int mask, boolean drop) {
        long[] dims = new long[full.length];
        int leading = 0;
        for (int axis = 0; axis < full.length; axis++) {
            dims[axis] = (mask >> axis & 1) == 1 ? full[axis] : 1;
            leading += leading == axis && dims[axis] == 1 ? 1 : 0;
        }
        return drop ? Arrays.copyOfRange(dims, leading, dims.length) : dims;
    }

    /** Images: each axis in both, in one, or in neither operand. */
    private static void fourAxes(CaseList list) {
        long[] full = {2, 16, 5, 3};
        for (int[] r : Pairs.cover(new int[] {4, 4, 4, 4, FUNCTIONS.length}, 6, _ -> true)) {
            int a = 0;
            int b = 0;
            for (int axis = 0; axis < 4; axis++) {
                a |= (r[axis] & 1) << axis;
                b |= (r[axis] >> 1) << axis;
            }
            binary(list, FUNCTIONS[r[4]], shape(full, a, false), shape(full, b, false));
        }
    }

    private static void binary(CaseList list, BinaryFunction f, long[] a, long[] b) {
        Draw left = f == BinaryFunction.POW ? Draw.uniform(0.3, 2) : Draw.grid(0);
        Draw right = f == BinaryFunction.DIVIDE ? Draw.uniform(0.5, 2) : Draw.grid(1 / 32.0);
        list.smooth(("grid " + f + Arrays.toString(a) + Arrays.toString(b)).toLowerCase(Locale.ROOT), 204,
                List.of(Operand.of(left, a), Operand.of(right, b)), v -> Pointwise.binary(f, v.get(0), v.get(1)));
    }

    private static void chains(CaseList list) {
        for (long[] dims : new long[][] {{1}, {1023}, {64, 33}, {2, 3, 5, 7}, {0, 4}}) {
            long last = dims[dims.length - 1];
            String at = " of " + Arrays.toString(dims);
            List<Operand> operands = List.of(Operand.any(dims), Operand.any(last), Operand.of(Draw.uniform(0.5, 2), dims));
            list.add("grid chain" + at, true, 66 * 33, operands, (_, _, v) -> List.of(chain(v.get(0), v.get(1), v.get(2))));
            list.add("grid chain with taps" + at, true, 66 * 33, operands, (_, _, v) -> {
                Value first = Pointwise.tanh(v.get(0).plus(v.get(1)));
                Value second = first.times(v.get(2)).minus(first);
                return List.of(first, second, chain(second, v.get(1), v.get(2)));
            });
            list.add("grid chain of types" + at, false, 1, List.of(Operand.of(Draw.sixteenths(32), dims), Operand.of(Draw.integers(
                    DType.INT32, -3, 3), dims)), (_, f, v) -> {
                Value condition = Pointwise.compare(Pointwise.Comparison.LESS, v.get(0), Pointwise.cast(v.get(1), f));
                Value chosen = Pointwise.where(condition, v.get(0).times(2), Pointwise.cast(v.get(1), f));
                return List.of(condition, chosen, Pointwise.cast(chosen, DType.INT32));
            });
            manyOperands(list, at, dims);
        }
    }

    private static Value chain(Value x, Value row, Value positive) {
        Value y = Pointwise.sigmoid(x.times(row).plus(0.5)).dividedBy(positive);
        return Pointwise.multiply(Pointwise.square(y).minus(x), Pointwise.log(positive)).plus(Pointwise.softplus(y).times(-0.25));
    }

    /** More operands than one fused pass is likely to take. */
    private static void manyOperands(CaseList list, String at, long... dims) {
        List<Operand> operands = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            operands.add(Operand.any(dims));
        }
        list.smooth("grid twelve operands" + at, 12, operands, v -> {
            Value sum = v.get(0);
            for (int i = 1; i < v.size(); i++) {
                sum = i % 3 == 0 ? Pointwise.tanh(sum).times(v.get(i)) : sum.plus(v.get(i).times(0.5));
            }
            return sum;
        });
    }
}

package dev.lamina.graph.cases;

import dev.lamina.graph.MatMul;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Matrix products of every pair of extents, transposes and batches, with what backends fuse into them. */
final class MatrixGrid {
    private static final int[] EXTENTS = {1, 3, 16, 17, 64, 100};
    private static final long[][] BATCHES = {{}, {}, {2}, {3, 2}};

    private enum After { NOTHING, BIAS, BIAS_RELU, SIGMOID, ADD, BIAS_ADD_RELU, BIAS_TAPPED_TANH }

    private MatrixGrid() { }

    private record Row(boolean ta, boolean tb, long m, long n, long k, long[] batch, After after) {
        static Row of(int[] r) {
            return new Row(r[0] == 1, r[1] == 1, EXTENTS[r[2]], EXTENTS[r[3]], EXTENTS[r[4]], BATCHES[r[5]], After.values()[r[6]]);
        }

        long[] stored(boolean transposed, long rows, long columns) {
            long[] dims = Arrays.copyOf(batch, batch.length + 2);
            dims[batch.length] = transposed ? columns : rows;
            dims[batch.length + 1] = transposed ? rows : columns;
            return dims;
        }

        @Override
        public String toString() {
            return ("grid matmul " + (ta ? "t" : "n") + (tb ? "t " : "n ") + m + "x" + k + "x" + n + " batch " + Arrays.toString(batch)
                    + ", " + after).toLowerCase(Locale.ROOT);
        }
    }

    static void add(CaseList list) {
        int[] levels = {2, 2, EXTENTS.length, EXTENTS.length, EXTENTS.length, BATCHES.length, After.values().length};
        int number = 0;
        for (int[] levelsOfRow : Pairs.cover(levels, 3, _ -> true)) {
            Row row = Row.of(levelsOfRow);
            String name = row + " #" + number++;
            long reduction = row.k + row.m + row.n;
            if (row.after == After.SIGMOID || row.after == After.BIAS_TAPPED_TANH) {
                list.squashed(name, reduction, operands(row), (_, _, v) -> body(row, v));
            } else {
                list.add(name, true, reduction, operands(row), (_, _, v) -> body(row, v));
            }
        }
    }

    private static List<Operand> operands(Row row) {
        boolean kink = row.after == After.BIAS_RELU || row.after == After.BIAS_ADD_RELU;
        Draw draw = kink ? Draw.sixteenths(32) : Draw.any();
        List<Operand> operands = new ArrayList<>();
        operands.add(Operand.of(draw, row.stored(row.ta, row.m, row.k)));
        operands.add(Operand.of(draw, row.stored(row.tb, row.k, row.n)));
        operands.add(Operand.of(draw, row.n));
        if (row.after == After.ADD || row.after == After.BIAS_ADD_RELU) {
            operands.add(Operand.of(draw, row.stored(false, row.m, row.n)));
        }
        return operands;
    }

    private static List<Value> body(Row row, List<Value> v) {
        Value plain = MatMul.matmul(v.get(0), v.get(1), row.ta, row.tb);
        Value biased = plain.graph().add(new MatMul(row.ta, row.tb), v.get(0), v.get(1), v.get(2));
        return switch (row.after) {
            case NOTHING -> List.of(plain);
            case BIAS -> List.of(biased);
            case BIAS_RELU -> List.of(Pointwise.relu(biased));
            case SIGMOID -> List.of(Pointwise.sigmoid(plain));
            case ADD -> List.of(plain.plus(v.get(3)));
            case BIAS_ADD_RELU -> List.of(Pointwise.relu(biased.plus(v.get(3))));
            case BIAS_TAPPED_TANH -> List.of(biased, Pointwise.tanh(biased));
        };
    }
}

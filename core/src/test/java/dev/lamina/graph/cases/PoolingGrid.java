package dev.lamina.graph.cases;

import dev.lamina.graph.Convolution;
import dev.lamina.graph.Pooling;
import dev.lamina.graph.Rounding;
import dev.lamina.graph.Value;
import dev.lamina.graph.Window;
import java.util.List;
import java.util.Locale;

/** Pooling of every attribute pair, of inputs and of convolutions' results. */
final class PoolingGrid {
    private static final int[] KERNELS = {1, 2, 3, 5};
    private static final int[] STRIDES = {1, 2, 3};
    private static final int[] DILATIONS = {1, 2};
    private static final int[] CHANNELS = {1, 3, 8, 16, 17, 48};
    private static final int[] HEIGHTS = {1, 2, 5, 8, 13};
    private static final int[] WIDTHS = {1, 3, 7, 16};
    private static final int[] BATCHES = {1, 2, 3};

    private enum Kind { MAX, MAX_AND_WINNERS, AVERAGE, EXCLUDING_PAD }

    private enum Padding { NONE, HALF, ASYMMETRIC }

    private enum From { INPUT, CONVOLUTION, TIES }

    private PoolingGrid() { }

    private record Row(Kind kind, long n, long c, long h, long w, Window window, Padding padding, From from) {
        static Row of(int[] r) {
            Padding padding = Padding.values()[r[2]];
            long kernel = KERNELS[r[0]];
            Window window = Window.of(kernel).stride(STRIDES[r[1]]).dilation(DILATIONS[r[3]])
                    .rounding(r[4] == 0 ? Rounding.FLOOR : Rounding.CEIL);
            window = switch (padding) {
                case NONE -> window;
                case HALF -> window.padding(kernel / 2);
                case ASYMMETRIC -> window.padding(0, kernel / 2, kernel / 2, 0);
            };
            return new Row(Kind.values()[r[9]], BATCHES[r[8]], CHANNELS[r[5]], HEIGHTS[r[6]], WIDTHS[r[7]], window, padding,
                    From.values()[r[10]]);
        }

        boolean legal() {
            return fits(h, window.h()) && fits(w, window.w());
        }

        private static boolean fits(long size, Window.Axis axis) {
            return axis.span() <= size + axis.padBegin() + axis.padEnd();
        }

        @Override
        public String toString() {
            return "grid pool %s [%d,%d,%d,%d] %d/%d dilation %d %s padding %s, of %s".formatted(kind, n, c, h, w, window.h().kernel(),
                    window.h().stride(), window.h().dilation(), window.h().rounding(), padding, from).toLowerCase(Locale.ROOT);
        }
    }

    static void add(CaseList list) {
        int[] levels = {KERNELS.length, STRIDES.length, Padding.values().length, DILATIONS.length, 2, CHANNELS.length, HEIGHTS.length,
            WIDTHS.length, BATCHES.length, Kind.values().length, From.values().length};
        int number = 0;
        for (int[] levelsOfRow : Pairs.cover(levels, 2, r -> Row.of(r).legal())) {
            Row row = Row.of(levelsOfRow);
            list.add(row + " #" + number++, true, 25 + row.c, operands(row), (_, _, v) -> pool(row, source(row, v)));
        }
        adaptive(list);
    }

    private static List<Operand> operands(Row row) {
        return switch (row.from) {
            case INPUT -> List.of(Operand.of(Draw.distinct(), row.n, row.c, row.h, row.w));
            case TIES -> List.of(Operand.of(Draw.wholes(0, 3), row.n, row.c, row.h, row.w));
            case CONVOLUTION -> List.of(Operand.of(Draw.sixteenths(32), row.n, 3, row.h, row.w),
                    Operand.of(Draw.sixteenths(16), row.c, 3, 1, 1));
        };
    }

    private static Value source(Row row, List<Value> v) {
        return row.from == From.CONVOLUTION ? Convolution.conv2d(v.get(0), v.get(1), Window.of(1), 1) : v.get(0);
    }

    private static List<Value> pool(Row row, Value x) {
        return switch (row.kind) {
            case MAX -> List.of(Pooling.maxPool(x, row.window));
            case MAX_AND_WINNERS -> Pooling.maxPoolWithIndices(x, row.window).outputs();
            case AVERAGE -> List.of(Pooling.avgPool(x, row.window));
            case EXCLUDING_PAD -> List.of(Pooling.avgPoolExcludingPad(x, row.window));
        };
    }

    private static void adaptive(CaseList list) {
        long[][] outputs = {{1, 1}, {2, 3}, {7, 1}, {5, 4}};
        long[][] inputs = {{1, 1, 1, 1}, {2, 17, 7, 5}, {1, 16, 13, 8}, {3, 3, 4, 2}};
        for (long[] out : outputs) {
            for (long[] x : inputs) {
                list.smooth("grid adaptive pool %dx%d of [%d,%d,%d,%d]".formatted(out[0], out[1], x[0], x[1], x[2], x[3]), 104 + x[1],
                        List.of(Operand.any(x[0], 3, x[2], x[3]), Operand.any(x[1], 3, 1, 1)), v -> Pooling.adaptiveAvgPool(
                                Convolution.conv2d(v.get(0), v.get(1), Window.of(1), 1), out[0], out[1]));
            }
        }
    }
}

package dev.lamina.graph.cases;

import dev.lamina.graph.Convolution;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Value;
import dev.lamina.graph.Window;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Convolutions of every attribute pair, alone and with what backends fuse into them, and their gradients. */
final class ConvolutionGrid {
    private static final int[] KERNELS = {1, 2, 3, 5, 11};
    private static final int[] STRIDES = {1, 2, 3, 4};
    private static final int[] DILATIONS = {1, 2, 3};
    private static final int[] GROUPS = {1, 2, 4, 0};
    private static final int[] CHANNELS = {1, 3, 4, 6, 8, 15, 16, 17, 32, 48};
    private static final int[] FILTERS_PER_GROUP = {1, 3, 8, 16};
    private static final int[] HEIGHTS = {1, 2, 5, 7, 8, 13, 16, 27, 31};
    private static final int[] WIDTHS = {1, 6, 9, 28};
    private static final int[] BATCHES = {1, 2, 3};
    /** Two covering sets. */
    private static final long[] SEEDS = {1, 9};
    private static final long MOST_MACS = 1_500_000;

    private enum Padding { NONE, SAME, ASYMMETRIC, BEYOND }

    private enum After { NOTHING, BIAS, RELU, BIAS_RELU, ADD, BIAS_ADD_RELU, BIAS_SIGMOID, BIAS_TAPPED_TANH }

    private ConvolutionGrid() { }

    /** One combination. */
    private record Row(long n, long c, long h, long w, long k, long groups, Window window, Padding padding, After after) {
        static Row of(int[] r) {
            long groups = GROUPS[r[4]] == 0 ? CHANNELS[r[5]] : GROUPS[r[4]];
            Padding padding = Padding.values()[r[2]];
            Window window = pad(Window.of(KERNELS[r[0]]).stride(STRIDES[r[1]]).dilation(DILATIONS[r[3]]), padding);
            return new Row(BATCHES[r[9]], CHANNELS[r[5]], HEIGHTS[r[7]], WIDTHS[r[8]], groups * FILTERS_PER_GROUP[r[6]], groups, window,
                    padding, After.values()[r[10]]);
        }

        private static Window pad(Window window, Padding padding) {
            long span = window.h().span();
            return switch (padding) {
                case NONE -> window;
                case SAME -> window.padding((span - 1) / 2, (span - 1) / 2, span / 2, span / 2);
                case ASYMMETRIC -> window.padding(0, 1, 2, 0);
                case BEYOND -> window.padding(span);
            };
        }

        long p() {
            return extent(h, window.h());
        }

        long q() {
            return extent(w, window.w());
        }

        private static long extent(long size, Window.Axis axis) {
            return Math.floorDiv(size + axis.padBegin() + axis.padEnd() - axis.span(), axis.stride()) + 1;
        }

        long taps() {
            return c / groups * window.h().kernel() * window.w().kernel();
        }

        boolean legal() {
            return c % groups == 0 && p() >= 1 && q() >= 1 && n * k * p() * q() * taps() <= MOST_MACS;
        }

        long reduction() {
            return taps() + k * window.h().kernel() * window.w().kernel() + n * p() * q();
        }

        @Override
        public String toString() {
            return "grid conv2d [%d,%d,%d,%d] %d filters %dx%d/%d dilation %d groups %d padding %s, %s".formatted(n, c, h, w, k,
                    window.h().kernel(), window.w().kernel(), window.h().stride(), window.h().dilation(), groups, padding, after)
                    .toLowerCase(Locale.ROOT);
        }
    }

    static void add(CaseList list) {
        int[] levels = {KERNELS.length, STRIDES.length, Padding.values().length, DILATIONS.length, GROUPS.length, CHANNELS.length,
            FILTERS_PER_GROUP.length, HEIGHTS.length, WIDTHS.length, BATCHES.length, After.values().length};
        int number = 0;
        for (long seed : SEEDS) {
            for (int[] levelsOfRow : Pairs.cover(levels, seed, r -> Row.of(r).legal())) {
                Row row = Row.of(levelsOfRow);
                String name = row + " #" + number++;
                if (row.after == After.BIAS_SIGMOID || row.after == After.BIAS_TAPPED_TANH) {
                    list.squashed(name, row.reduction(), operands(row), (_, _, v) -> body(row, v));
                } else {
                    list.add(name, true, row.reduction(), operands(row), (_, _, v) -> body(row, v));
                }
            }
        }
    }

    /** Exact numbers where a kink follows; else numbers that round. */
    private static List<Operand> operands(Row row) {
        boolean kink = row.after == After.RELU || row.after == After.BIAS_RELU || row.after == After.BIAS_ADD_RELU;
        Draw draw = kink ? Draw.sixteenths(32) : Draw.any();
        List<Operand> operands = new ArrayList<>();
        operands.add(Operand.of(draw, row.n, row.c, row.h, row.w));
        operands.add(Operand.of(draw, row.k, row.c / row.groups, row.window.h().kernel(), row.window.w().kernel()));
        operands.add(Operand.of(draw, row.k));
        if (row.after == After.ADD || row.after == After.BIAS_ADD_RELU) {
            operands.add(Operand.of(draw, row.n, row.k, row.p(), row.q()));
        }
        return operands;
    }

    private static List<Value> body(Row row, List<Value> v) {
        Value x = v.get(0);
        Value filter = v.get(1);
        Value bias = v.get(2);
        Value plain = Convolution.conv2d(x, filter, row.window, row.groups);
        Value biased = Convolution.conv2d(x, filter, bias, row.window, row.groups);
        return switch (row.after) {
            case NOTHING -> List.of(plain);
            case BIAS -> List.of(biased);
            case RELU -> List.of(Pointwise.relu(plain));
            case BIAS_RELU -> List.of(Pointwise.relu(biased));
            case ADD -> List.of(plain.plus(v.get(3)));
            case BIAS_ADD_RELU -> List.of(Pointwise.relu(v.get(3).plus(biased)));
            case BIAS_SIGMOID -> List.of(Pointwise.sigmoid(biased));
            case BIAS_TAPPED_TANH -> List.of(biased, Pointwise.tanh(biased));
        };
    }
}

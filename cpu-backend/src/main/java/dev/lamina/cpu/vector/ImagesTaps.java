package dev.lamina.cpu.vector;

import dev.lamina.graph.Window;
import java.util.Arrays;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Which places of a map's axis the windows of a pooling cover, and by which windows a place is covered. Both are arithmetic progressions:
 * taps {@code start + i step} of a window, windows {@code first + i windowStep} of a place.
 */
final class ImagesTaps {
    /** First place of each window inside the map; any number if none is inside. */
    final int[] start;
    /** Places of each window inside the map, 0 if it lies in the padding. */
    final int[] count;
    /** Distance between taps. */
    final int step;
    /** What each tap of a window counts in a mean: 1 by the window's length. */
    final double[] share;
    /** First window that covers each place, 0 if none does. */
    final int[] first;
    /** Number of windows that cover each place. */
    final int[] covers;
    /** Distance between the windows that cover a place. */
    final int windowStep;
    /** The places that no window covers. */
    final int[] bare;
    /** The places that more than k windows cover, for each k. */
    final int[][] covered;

    private ImagesTaps(int extent, int[] start, int[] count, double[] share, int step, int windowStep) {
        this.start = start;
        this.count = count;
        this.share = share;
        this.step = step;
        this.windowStep = windowStep;
        first = new int[extent];
        covers = new int[extent];
        for (int i = 0; i < start.length; i++) {
            for (int t = 0; t < count[i]; t++) {
                int place = start[i] + t * step;
                first[place] = covers[place] == 0 ? i : first[place];
                covers[place]++;
            }
        }
        bare = places(n -> n == 0);
        covered = new int[Arrays.stream(covers).max().orElse(0)][];
        Arrays.setAll(covered, k -> places(n -> n > k));
    }

    private int[] places(IntPredicate windows) {
        return IntStream.range(0, covers.length).filter(place -> windows.test(covers[place])).toArray();
    }

    /** The taps of sliding windows; padding counts in a mean's length where it lies before the padded end, or not at all. */
    static ImagesTaps of(Window.Axis axis, long extent, long windows, boolean countPadding) {
        int[] start = new int[(int) windows];
        int[] count = new int[start.length];
        double[] share = new double[start.length];
        for (int i = 0; i < start.length; i++) {
            long from = i * axis.stride() - axis.padBegin();
            long before = from >= 0 ? 0 : Math.min(axis.kernel(), Math.ceilDiv(-from, axis.dilation()));
            long inside = taps(from, axis, extent) - before;
            start[i] = (int) (from + before * axis.dilation());
            count[i] = (int) Math.max(0, inside);
            share[i] = 1.0 / Math.max(1, countPadding ? taps(from, axis, extent + axis.padEnd()) : inside);
        }
        // A place that window p meets with tap t, window p + dilation / d meets with tap t - stride / d, d the greatest common divisor.
        long between = axis.dilation() / gcd(axis.dilation(), axis.stride());
        return new ImagesTaps((int) extent, start, count, share, (int) Math.min(axis.dilation(), extent), (int) Math.min(between, windows));
    }

    /** Taps of the window from a place that lie before an end. */
    private static long taps(long from, Window.Axis axis, long end) {
        return from >= end ? 0 : Math.min(axis.kernel(), (end - 1 - from) / axis.dilation() + 1);
    }

    private static long gcd(long a, long b) {
        return b == 0 ? a : gcd(b, a % b);
    }

    /** The bins of adaptive pooling. */
    static ImagesTaps adaptive(long extent, long bins) {
        int[] start = new int[(int) bins];
        int[] count = new int[start.length];
        double[] share = new double[start.length];
        for (int i = 0; i < start.length; i++) {
            start[i] = (int) (i * extent / bins);
            count[i] = (int) Math.ceilDiv((i + 1L) * extent, bins) - start[i];
            share[i] = 1.0 / count[i];
        }
        return new ImagesTaps((int) extent, start, count, share, 1, 1);
    }

    /** The k-th window that covers a place. */
    int window(int place, int k) {
        return first[place] + k * windowStep;
    }

    int windows() {
        return start.length;
    }

    int extent() {
        return covers.length;
    }
}

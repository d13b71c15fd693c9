package dev.lamina.cpu.vector;

import dev.lamina.graph.Window;

/**
 * Which places of a map's axis the windows of a pooling cover, and by which windows a place is covered. Both are arithmetic progressions:
 * taps {@code start + i step} of a window, windows {@code first + i windowStep} of a place.
 */
final class ImagesTaps {
    /** First place of each window inside the map. */
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

    private ImagesTaps(int extent, int windows, int step, int windowStep) {
        this.step = step;
        this.windowStep = windowStep;
        start = new int[windows];
        count = new int[windows];
        share = new double[windows];
        first = new int[extent];
        covers = new int[extent];
    }

    /** The taps of sliding windows; padding counts in the divisor where it lies before the padded end, or not at all. */
    static ImagesTaps of(Window.Axis axis, long extent, long windows, boolean countPadding) {
        long common = gcd(axis.dilation(), axis.stride());
        // With dilation a window's taps may step over places that the next windows hit: every (dilation / common)-th window meets a place.
        ImagesTaps taps = new ImagesTaps((int) extent, (int) windows, (int) Math.min(axis.dilation(), extent),
                (int) Math.min(axis.dilation() / common, Math.max(1, windows)));
        for (int i = 0; i < windows; i++) {
            long from = i * axis.stride() - axis.padBegin();
            long before = from >= 0 ? 0 : Math.min(axis.kernel(), Math.ceilDiv(-from, axis.dilation()));
            long inside = taps(from, axis, extent) - before;
            taps.start[i] = (int) (from + before * axis.dilation());
            taps.count[i] = (int) Math.max(0, inside);
            taps.share[i] = 1.0 / Math.max(1, countPadding ? taps(from, axis, extent + axis.padEnd()) : inside);
        }
        taps.cover();
        return taps;
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
        ImagesTaps taps = new ImagesTaps((int) extent, (int) bins, 1, 1);
        for (int i = 0; i < bins; i++) {
            taps.start[i] = (int) (i * extent / bins);
            taps.count[i] = (int) Math.ceilDiv((i + 1L) * extent, bins) - taps.start[i];
            taps.share[i] = 1.0 / taps.count[i];
        }
        taps.cover();
        return taps;
    }

    private void cover() {
        for (int i = 0; i < start.length; i++) {
            for (int t = 0; t < count[i]; t++) {
                int place = start[i] + t * step;
                first[place] = covers[place] == 0 ? i : first[place];
                covers[place]++;
            }
        }
    }

    int windows() {
        return start.length;
    }

    int extent() {
        return first.length;
    }
}

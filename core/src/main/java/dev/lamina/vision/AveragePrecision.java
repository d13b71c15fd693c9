package dev.lamina.vision;

/**
 * One number for a ranking in which hits should come first, in two definitions of PASCAL VOC. Precision at a rank is the share of hits so
 * far, recall the share of all truths hit so far. Stateless and thread-safe.
 */
public final class AveragePrecision {
    private static final int STEPS = 10;

    private AveragePrecision() { }

    /**
     * The mean of the largest precision at recall 0, 0.1, ..., 1 or above (VOC until 2009).
     *
     * @param hits by falling score, true for a hit
     * @param truths to be found, at least 1 and at least as many as hits
     * @return 0 to 1
     * @throws IllegalArgumentException if there are more hits than truths, or no truth
     */
    public static double elevenPoint(boolean[] hits, int truths) {
        int[] counts = counts(hits, truths);
        double sum = 0;
        for (int step = 0; step <= STEPS; step++) {
            double best = 0;
            for (int i = 0; i < hits.length; i++) {
                boolean far = (long) counts[i] * STEPS >= (long) step * truths;
                best = far ? Math.max(best, (double) counts[i] / (i + 1)) : best;
            }
            sum += best;
        }
        return sum / (STEPS + 1);
    }

    /**
     * The area under precision over recall, each precision raised to the largest at that recall or above (VOC since 2010).
     *
     * @param hits by falling score, true for a hit
     * @param truths to be found, at least 1 and at least as many as hits
     * @return 0 to 1
     * @throws IllegalArgumentException if there are more hits than truths, or no truth
     */
    public static double allPoint(boolean[] hits, int truths) {
        int[] counts = counts(hits, truths);
        double envelope = 0;
        double sum = 0;
        for (int i = hits.length - 1; i >= 0; i--) {
            envelope = Math.max(envelope, (double) counts[i] / (i + 1));
            sum += hits[i] ? envelope : 0;
        }
        return sum / truths;
    }

    /** Hits up to each rank. */
    private static int[] counts(boolean[] hits, int truths) {
        int[] counts = new int[hits.length];
        int count = 0;
        for (int i = 0; i < hits.length; i++) {
            count += hits[i] ? 1 : 0;
            counts[i] = count;
        }
        if (truths < 1 || count > truths) {
            throw new IllegalArgumentException("average precision: " + count + " hits of " + truths
                    + " truths, needs at least one truth and no more hits than truths.");
        }
        return counts;
    }
}

package dev.lamina.features.words;

import dev.lamina.tensor.Tensor;

/** The centres and what belongs to them, summed in float64 in the points' order, so that sums are the same on every backend. */
final class Clusters {
    private final float[] points;
    private final int d;
    private final int k;
    private final float[] centres;
    private final double[] sums;
    private final long[] counts;
    private int[] owner;
    private final double[] distance;

    Clusters(float[] points, int d, float[] centres) {
        this.points = points;
        this.d = d;
        this.centres = centres;
        this.k = centres.length / d;
        this.sums = new double[centres.length];
        this.counts = new long[k];
        this.distance = new double[points.length / d];
    }

    Tensor centres() {
        return Tensor.of(centres, k, d);
    }

    /** Sums each cluster's points; returns the sum of their squared distances to its centre. */
    double gather(int[] nearest) {
        owner = nearest;
        java.util.Arrays.fill(sums, 0);
        java.util.Arrays.fill(counts, 0);
        double inertia = 0;
        for (int i = 0; i < owner.length; i++) {
            int c = owner[i] * d;
            int p = i * d;
            double square = 0;
            for (int j = 0; j < d; j++) {
                double x = points[p + j];
                double difference = x - centres[c + j];
                square += difference * difference;
                sums[c + j] += x;
            }
            counts[owner[i]]++;
            distance[i] = square;
            inertia += square;
        }
        return inertia;
    }

    /**
     * Gives each empty cluster the farthest point of those whose cluster has others too; at equal distances the one of lowest index.
     * Returns how many were refilled.
     */
    int refill() {
        int refilled = 0;
        for (int c = 0; c < k; c++) {
            int farthest = counts[c] == 0 ? farthest() : -1;
            if (farthest >= 0) {
                int old = owner[farthest];
                counts[old]--;
                for (int j = 0; j < d; j++) {
                    sums[old * d + j] -= points[farthest * d + j];
                    sums[c * d + j] = points[farthest * d + j];
                }
                counts[c] = 1;
                owner[farthest] = c;
                distance[farthest] = 0;
                refilled++;
            }
        }
        return refilled;
    }

    private int farthest() {
        int best = -1;
        for (int i = 0; i < owner.length; i++) {
            if (distance[i] > (best < 0 ? 0 : distance[best]) && counts[owner[i]] > 1) {
                best = i;
            }
        }
        return best;
    }

    /** Moves every centre to the mean of its points; one without points stays. Returns the sum of the squared distances moved. */
    double move() {
        double moved = 0;
        for (int c = 0; c < k; c++) {
            for (int j = 0; counts[c] > 0 && j < d; j++) {
                float mean = (float) (sums[c * d + j] / counts[c]);
                double step = (double) mean - centres[c * d + j];
                moved += step * step;
                centres[c * d + j] = mean;
            }
        }
        return moved;
    }

    /** Variance of a coordinate over all points, averaged over the coordinates. */
    double meanVariance() {
        int n = points.length / d;
        double total = 0;
        for (int j = 0; j < d; j++) {
            double sum = 0;
            double squares = 0;
            double first = points[j];
            for (int i = j; i < points.length; i += d) {
                double x = points[i] - first;
                sum += x;
                squares += x * x;
            }
            total += squares / n - sum / n * (sum / n);
        }
        return total / d;
    }

    /** Sculley's step: each point in turn pulls its centre by one over the points that this centre has seen. */
    void pull(int[] chosen, int[] nearest) {
        for (int i = 0; i < chosen.length; i++) {
            int c = nearest[i];
            double rate = 1.0 / ++counts[c];
            for (int j = 0; j < d; j++) {
                centres[c * d + j] += (float) (rate * (points[chosen[i] * d + j] - centres[c * d + j]));
            }
        }
    }
}

package dev.lamina.features.words;

import dev.lamina.backend.Backend;
import dev.lamina.features.FitListener;
import dev.lamina.features.OptionText;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Philox;
import dev.lamina.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Clusters by k-means: seeds by greedy k-means++ (Arthur and Vassilvitskii 2007; each seed is the best of {@code 2 + ln k} points drawn, as
 * in scikit-learn), then Lloyd's iterations. Distances are matrix products on the
 * backend; ties go to the lowest index; an empty cluster is refilled with the point farthest from its centre.
 *
 * @param k number of clusters
 * @param iterations iterations at most; with mini-batches exactly so many
 * @param tolerance iterations end when the squared distances that the centres moved sum to at most this share of a coordinate's variance,
 *        averaged over the coordinates (scikit-learn's rule). The sum of squared distances falls by little long before the words are found.
 * @param miniBatch 0, or so many random points an iteration (Sculley 2010): each moves its nearest centre by {@code 1/n}, n being the
 *        points that this centre has seen
 * @param seed seed of all choices
 */
public record KMeans(int k, int iterations, double tolerance, int miniBatch, long seed) {
    private static final int SEED_STREAM = 0x4b4d2b2b;
    private static final int BATCH_STREAM = 0x4b4d6d62;

    /** At most 50 iterations, tolerance 1e-4, all points in each, seed 0. */
    public KMeans(int k) {
        this(k, 50, 1e-4, 0, 0);
    }

    /** Checks the numbers. */
    public KMeans {
        require(k >= 1, "k = " + k + ", needs >= 1.");
        require(iterations >= 1, "iterations = " + iterations + ", needs >= 1.");
        require(tolerance >= 0, "tolerance = " + tolerance + ", needs >= 0.");
        require(miniBatch >= 0, "mini-batch = " + miniBatch + ", needs >= 0; 0 takes all points.");
    }

    private static void require(boolean condition, String fact) {
        if (!condition) {
            throw new IllegalArgumentException("kMeans: " + fact);
        }
    }

    /** These options with another limit of iterations. */
    public KMeans withIterations(int value) {
        return new KMeans(k, value, tolerance, miniBatch, seed);
    }

    /** These options with another tolerance. */
    public KMeans withTolerance(double value) {
        return new KMeans(k, iterations, value, miniBatch, seed);
    }

    /** These options with mini-batches of so many points; 0 for none. */
    public KMeans withMiniBatch(int points) {
        return new KMeans(k, iterations, tolerance, points, seed);
    }

    /** These options with another seed. */
    public KMeans withSeed(long value) {
        return new KMeans(k, iterations, tolerance, miniBatch, value);
    }

    static KMeans parse(OptionText options) {
        return new KMeans(options.number("words", 200), options.number("iterations", 50), options.real("tolerance", 1e-4),
                options.number("mini-batch", 0), options.large("seed", 0));
    }

    void write(Map<String, String> options) {
        options.put("words", Integer.toString(k));
        options.put("iterations", Integer.toString(iterations));
        options.put("tolerance", Double.toString(tolerance));
        options.put("mini-batch", Integer.toString(miniBatch));
        options.put("seed", Long.toString(seed));
    }

    /**
     * Clusters that were found.
     *
     * @param centres float32 {@code [k, d]}
     * @param inertia sum of squared distances to the nearest centre, before each iteration's move of the centres; empty with mini-batches
     * @param refilled empty clusters that were refilled
     */
    public record Result(Tensor centres, List<Double> inertia, int refilled) {
        /** Copies the list. */
        public Result {
            inertia = List.copyOf(inertia);
        }
    }

    /**
     * Clusters points.
     *
     * @param points float32 {@code [N, d]}, {@code N >= k}
     * @throws IllegalArgumentException if there are fewer points, or fewer that differ, than clusters
     */
    public Result fit(Backend backend, Tensor points, FitListener listener) {
        require(points.dtype() == DType.FLOAT32 && points.shape().rank() == 2, "points are " + points.dtype() + " " + points.shape()
                + ", needs float32 [N, d].");
        long n = points.shape().dim(0);
        require(k <= n, "k = " + k + ", only " + n + " points exist.");
        try (ResidentRows rows = new ResidentRows(backend, points.contiguous(), k)) {
            Clusters clusters = new Clusters(points.toFloats(), (int) points.shape().dim(1), seeds(rows, points, listener));
            return miniBatch > 0 ? miniBatches(rows, clusters, listener) : lloyd(rows, clusters, listener);
        }
    }

    /** The nearest centre of each point, the lowest index at ties. */
    public static int[] assign(Backend backend, Tensor points, Tensor centres) {
        try (ResidentRows rows = new ResidentRows(backend, points.contiguous(), (int) centres.shape().dim(0))) {
            return rows.nearest(centres);
        }
    }

    /**
     * Candidates for each next seed are drawn with probability proportional to the squared distance to the nearest seed so far; the one
     * that leaves the least sum of those distances is taken.
     */
    private float[] seeds(ResidentRows rows, Tensor points, FitListener listener) {
        Philox.Stream random = new Philox.Stream(seed, 0, SEED_STREAM);
        int n = (int) points.shape().dim(0);
        int d = (int) points.shape().dim(1);
        float[] centres = new float[k * d];
        int chosen = random.nextInt(n);
        for (int c = 0; ; c++) {
            System.arraycopy(points.select(0, chosen).toFloats(), 0, centres, c * d, d);
            listener.onProgress("k-means++", c + 1, k);
            if (c + 1 == k) {
                return centres;
            }
            float[] distances = rows.leastDistances(points.select(0, chosen), c == 0);
            int[] candidates = new int[ResidentRows.candidates(k)];
            for (int i = 0; i < candidates.length; i++) {
                candidates[i] = draw(distances, random);
                require(candidates[i] >= 0, "k = " + k + ", only " + (c + 1) + " points differ by more than float32 rounding.");
            }
            chosen = rows.best(candidates);
        }
    }

    /** An index with probability proportional to its weight; -1 if all are 0. */
    private static int draw(float[] weights, Philox.Stream random) {
        double total = 0;
        for (float w : weights) {
            total += w;
        }
        // 48 random bits, so that each of many points can be drawn.
        double target = (random.nextUniform() + random.nextUniform() * 0x1p-24) * total;
        int last = -1;
        double sum = 0;
        for (int i = 0; i < weights.length; i++) {
            if (weights[i] > 0) {
                last = i;
                sum += weights[i];
                if (sum > target) {
                    return i;
                }
            }
        }
        return last;
    }

    private Result lloyd(ResidentRows rows, Clusters clusters, FitListener listener) {
        List<Double> history = new ArrayList<>();
        double still = tolerance * clusters.meanVariance();
        int refilled = 0;
        for (int i = 0; i < iterations; i++) {
            double inertia = clusters.gather(rows.nearest(clusters.centres()));
            history.add(inertia);
            listener.onProgress("k-means", i + 1, iterations);
            refilled += clusters.refill();
            if (clusters.move() <= still) {
                break;
            }
        }
        return new Result(clusters.centres(), history, refilled);
    }

    private Result miniBatches(ResidentRows rows, Clusters clusters, FitListener listener) {
        int size = Math.min(miniBatch, rows.count());
        for (int i = 0; i < iterations; i++) {
            Philox.Stream random = new Philox.Stream(seed, i, BATCH_STREAM);
            int[] chosen = new int[size];
            for (int j = 0; j < size; j++) {
                chosen[j] = random.nextInt(rows.count());
            }
            clusters.pull(chosen, rows.nearestOf(chosen, clusters.centres()));
            listener.onProgress("k-means", i + 1, iterations);
        }
        return new Result(clusters.centres(), List.of(), 0);
    }
}

package dev.lamina.cpu.reference;

import dev.lamina.graph.DtPool;
import dev.lamina.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Distance-transform pooling: each column of a map, then each row of what comes out. */
final class DistanceTransform {
    private final long radius;
    private final int[] winners;
    // The upper envelope: its parabolas by their places, and where each begins to be the highest.
    private final int[] highest;
    private final double[] from;
    private final double[] line;
    private final double[] best;

    private DistanceTransform(long radius, int longest) {
        this.radius = radius;
        winners = new int[longest];
        highest = new int[longest];
        from = new double[longest];
        line = new double[longest];
        best = new double[longest];
    }

    static void run(DtPool op, Call call) {
        Shape shape = call.shape(0);
        int channels = (int) shape.dim(1);
        int height = (int) shape.dim(2);
        int width = (int) shape.dim(3);
        double[] scores = call.load(0);
        double[] costs = call.load(1);
        requireCosts(op, call, costs);
        double[] results = new double[scores.length];
        int[] places = new int[scores.length];
        call.workers().each((int) shape.dim(0) * channels, map -> {
            requireScores(call, scores, map * height * width, height * width);
            DistanceTransform lines = new DistanceTransform(op.radius(), Math.max(height, width));
            int costAt = map % channels * 4;
            double[] middle = new double[height * width];
            int[] rows = new int[height * width];
            for (int x = 0; x < width; x++) {
                lines.read(scores, map * height * width + x, width, height);
                lines.transform(height, costs[costAt + 2], costs[costAt + 3]);
                for (int y = 0; y < height; y++) {
                    middle[y * width + x] = lines.best[y];
                    rows[y * width + x] = lines.winners[y];
                }
            }
            for (int y = 0; y < height; y++) {
                lines.read(middle, y * width, 1, width);
                lines.transform(width, costs[costAt], costs[costAt + 1]);
                int base = map * height * width + y * width;
                for (int x = 0; x < width; x++) {
                    int column = lines.winners[x];
                    results[base + x] = lines.best[x];
                    places[base + x] = column < 0 ? -1 : rows[y * width + column] * width + column;
                }
            }
        });
        call.store(0, results);
        MemorySegment.copy(places, 0, call.out()[1], ValueLayout.JAVA_INT, 0, places.length);
    }

    private static void requireCosts(DtPool op, Call call, double[] costs) {
        String[] names = {"a_x", "b_x", "a_y", "b_y"};
        for (int i = 0; i < costs.length; i++) {
            if (!Double.isFinite(costs[i])) {
                throw call.error(names[i % 4] + " = " + costs[i] + " of map " + i / 4 + ", needs a finite number.");
            }
            if (op.unbounded() && i % 2 == 0 && costs[i] < DtPool.LEAST_CURVATURE) {
                throw call.error(names[i % 4] + " = " + costs[i] + " of map " + i / 4 + ", needs >= " + DtPool.LEAST_CURVATURE
                        + " (the maximum would lie at the border). Raise it, or give a radius.");
            }
        }
    }

    private static void requireScores(Call call, double[] scores, int begin, int count) {
        for (int i = begin; i < begin + count; i++) {
            if (!(scores[i] < Double.POSITIVE_INFINITY)) {
                throw call.error("score " + scores[i] + " at position " + i + ", needs finite numbers or -Infinity.");
            }
        }
    }

    private void read(double[] values, int begin, int step, int count) {
        for (int i = 0; i < count; i++) {
            line[i] = values[begin + i * step];
        }
    }

    /** The transform of {@link #line} in {@link #best} and {@link #winners}. */
    private void transform(int count, double a, double b) {
        if (radius == DtPool.UNBOUNDED) {
            envelope(count, a, b);
        } else {
            nearby(count, a, b);
        }
    }

    /**
     * In time linear in the length (Felzenszwalb and Huttenlocher 2012, algorithm 1). Parabolas of q and t, q smaller, cross at
     * {@code p* = (g(q) - g(t)) / (2 a (t - q))} with {@code g(q) = f(q) + b q - a q²}; at the crossing q stays the winner.
     */
    private void envelope(int count, double a, double b) {
        int top = -1;
        for (int t = 0; t < count; t++) {
            if (line[t] == Double.NEGATIVE_INFINITY) {
                continue;
            }
            double crossing = Double.NEGATIVE_INFINITY;
            while (top >= 0) {
                int q = highest[top];
                crossing = (line[q] + b * q - a * q * q - (line[t] + b * t - a * t * t)) / (2 * a * (t - q));
                if (crossing > from[top]) {
                    break;
                }
                top--;
                crossing = Double.NEGATIVE_INFINITY;
            }
            top++;
            highest[top] = t;
            from[top] = crossing;
        }
        int at = 0;
        for (int p = 0; p < count; p++) {
            if (top < 0) {
                winners[p] = -1;
                best[p] = Double.NEGATIVE_INFINITY;
                continue;
            }
            while (at < top && from[at + 1] < p) {
                at++;
            }
            int q = highest[at];
            winners[p] = q;
            best[p] = line[q] - cost(p - q, a, b);
        }
    }

    private void nearby(int count, double a, double b) {
        for (int p = 0; p < count; p++) {
            winners[p] = -1;
            best[p] = Double.NEGATIVE_INFINITY;
            for (int q = (int) Math.max(0, p - radius); q <= Math.min(count - 1, p + radius); q++) {
                double value = line[q] - cost(p - q, a, b);
                if (value > best[p]) {
                    winners[p] = q;
                    best[p] = value;
                }
            }
        }
    }

    private static double cost(int r, double a, double b) {
        return a * r * r + b * r;
    }
}

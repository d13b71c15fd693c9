package dev.lamina.train;

import dev.lamina.backend.Backend;
import dev.lamina.backend.CompileOptions;
import dev.lamina.data.Dataset;
import dev.lamina.nn.Model;
import java.util.ArrayList;
import java.util.List;

/**
 * Looks for a learning rate: trains with a rate that grows exponentially and watches the loss (Smith 2017, "Cyclical learning rates for
 * training neural networks", section 3.3, with an exponential sweep). It has weights of its own, which are forgotten: no run is changed.
 * Immutable and thread-safe.
 *
 * @param least first rate
 * @param most last rate
 * @param steps steps from one to the other
 * @param smoothing share of the smoothed loss that stays in a step; its start is corrected for
 * @param divergence multiple of the lowest smoothed loss at which the sweep ends
 */
public record RateFinder(double least, double most, int steps, double smoothing, double divergence) {
    /** From 1e-7 to 10 in 100 steps, loss smoothed by 0.9, ending at four times the lowest. */
    public static final RateFinder DEFAULTS = new RateFinder(1e-7, 10, 100, 0.9, 4);

    /** Rates at the ends of a sweep mean little: no suggestion before so many steps. */
    private static final int SETTLED = 5;

    /**
     * Checked settings.
     *
     * @throws IllegalArgumentException if a number is out of range
     */
    public RateFinder {
        require(least > 0 && least < most && Double.isFinite(most), "rates from " + least + " to " + most + ", needs 0 < first < last.");
        require(steps >= 10, "steps = " + steps + ", needs >= 10.");
        require(smoothing >= 0 && smoothing < 1, "smoothing = " + smoothing + ", needs 0 <= smoothing < 1.");
        require(divergence > 1, "divergence = " + divergence + ", needs > 1.");
    }

    private static void require(boolean holds, String fact) {
        if (!holds) {
            throw new IllegalArgumentException("rateFinder: " + fact);
        }
    }

    /**
     * A step of the sweep.
     *
     * @param rate learning rate of the step
     * @param loss mean loss of its samples, before the step's update
     * @param smoothed moving average of the losses so far
     */
    public record Point(double rate, double loss, double smoothed) { }

    /**
     * What a sweep found.
     *
     * @param points all steps, the last one perhaps with a loss that is not finite
     * @param steepest rate where the smoothed loss falls fastest by the rate's logarithm, NaN if it never falls
     * @param minimum rate where the smoothed loss is lowest, NaN if it never falls; a tenth of it is the other usual choice
     * @param diverged whether the sweep ended early because the loss grew
     */
    public record Result(List<Point> points, double steepest, double minimum, boolean diverged) {
        /** A result that copies the list. */
        public Result {
            points = List.copyOf(points);
        }
    }

    /** The rate of a step, from 0. */
    public double rate(long step) {
        return least * Math.pow(most / least, (double) step / (steps - 1));
    }

    /**
     * Sweeps.
     *
     * @param train training samples, by which pixels are normalised unless the weights know better
     * @param config batch size, optimizer, precision and all else that a step is made of; rate and schedule count for nothing
     * @param batches training batches; epochs follow each other until the steps are done
     * @param classWeights one number a class in the loss, or none for all alike
     * @param start weights to start from, null for random ones
     */
    public Result sweep(Backend backend, Model model, Dataset train, TrainConfig config, BatchSource batches,
            List<Double> classWeights, StartWeights start) {
        List<Point> points = new ArrayList<>();
        CompileOptions options = CompileOptions.defaults().requiringDeterminism().withPrecision(config.precision());
        Session.Recipe recipe = new Session.Recipe(model, StartWeights.statistics(start, train), config, config.makeOptimizer(), this::rate,
                GradientHook.none(), new LossTerms(classWeights, batches.mixes()));
        double lowest = Double.POSITIVE_INFINITY;
        double average = 0;
        try (Session session = new Session(backend, options, recipe, start)) {
            session.initialize();
            for (int epoch = 0; points.size() < steps; epoch++) {
                try (BatchSource.Stream stream = batches.open(epoch, 0)) {
                    while (stream.hasNext() && points.size() < steps) {
                        double rate = session.setRate(points.size());
                        double loss = session.step(stream).sums().evaluation().loss();
                        average = smoothing * average + (1 - smoothing) * loss;
                        double smoothed = average / (1 - Math.pow(smoothing, points.size() + 1));
                        points.add(new Point(rate, loss, smoothed));
                        lowest = Math.min(lowest, smoothed);
                        if (!(smoothed <= divergence * lowest)) {
                            return result(points, true);
                        }
                    }
                }
            }
        }
        return result(points, false);
    }

    /** What points say. */
    static Result result(List<Point> points, boolean diverged) {
        int minimum = -1;
        for (int i = 1; i < points.size(); i++) {
            minimum = points.get(i).smoothed() < points.get(minimum < 0 ? 0 : minimum).smoothed() ? i : minimum;
        }
        double steepest = Double.NaN;
        double slope = 0;
        for (int i = Math.min(SETTLED, minimum); i < minimum; i++) {
            double across = Math.log(points.get(i + 1).rate() / points.get(Math.max(0, i - 1)).rate());
            double here = (points.get(i + 1).smoothed() - points.get(Math.max(0, i - 1)).smoothed()) / across;
            if (here < slope) {
                slope = here;
                steepest = points.get(i).rate();
            }
        }
        return new Result(points, steepest, minimum < 0 ? Double.NaN : points.get(minimum).rate(), diverged);
    }
}

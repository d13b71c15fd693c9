package dev.lamina.samples.demo;

import dev.lamina.backend.Backend;
import dev.lamina.data.Vectors;
import dev.lamina.nn.Sequential;
import dev.lamina.optim.Optimizer;
import dev.lamina.optim.Schedule;
import dev.lamina.train.VectorOptions;
import dev.lamina.train.VectorTrainer;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** Trains multi-layer networks of equal widths and keeps what the comparison of depths, widths and activations needs. Stateless. */
public final class DeepTraining {
    private DeepTraining() { }

    /**
     * A network and how it is trained.
     *
     * @param activation of the hidden layers
     * @param depth hidden layers
     * @param width of each
     * @param optimizer its name, without weight decay
     * @param rate learning rate
     * @param schedule its course, {@link Schedule#parse}
     * @param batchSize vectors in a step
     * @param epochs passes over the training vectors
     * @param seed of weights and order
     */
    public record Plan(String activation, int depth, int width, String optimizer, double rate, String schedule, int batchSize,
            int epochs, long seed) {
        /** A plan with a constant rate. */
        public Plan(String activation, int depth, int width, String optimizer, double rate, int batchSize, int epochs, long seed) {
            this(activation, depth, width, optimizer, rate, "constant", batchSize, epochs, seed);
        }

        /** Checks the counts. */
        public Plan {
            if (depth < 0 || width < 1 || epochs < 1) {
                throw new IllegalArgumentException("deepTraining: depth = " + depth + ", width = " + width + ", epochs = " + epochs
                        + ", needs depth >= 0, width >= 1, epochs >= 1.");
            }
        }

        /** Widths of the hidden layers. */
        public long[] hidden() {
            long[] widths = new long[depth];
            Arrays.fill(widths, width);
            return widths;
        }

        /** Name and depth, for tables and plots. */
        public String label() {
            return activation + " x " + depth;
        }

        /** All settings in a line. */
        public String text() {
            return depth + " hidden of " + width + ", " + activation + ", " + optimizer + " " + rate
                    + (schedule.equals("constant") ? "" : " " + schedule) + ", batch " + batchSize + ", " + epochs
                    + " epochs, seed " + seed;
        }
    }

    /**
     * What a plan gave.
     *
     * @param accuracy on the test vectors, 0 to 1
     * @param loss mean cross-entropy on them
     * @param parameters trained numbers
     * @param secondsPerEpoch mean wall-clock time of an epoch of training
     * @param gradients root mean square of {@code ∂W_l} over the first epoch, from the layer at the input to the last
     */
    public record Result(Plan plan, double accuracy, double loss, long parameters, double secondsPerEpoch, List<Double> gradients) { }

    /** Trains and tests; the listener is told each epoch. */
    public static Result run(Backend backend, Vectors train, Vectors test, Plan plan, boolean gradients,
            Consumer<VectorTrainer.Epoch> told) {
        long steps = Math.ceilDiv(train.size(), plan.batchSize);
        VectorOptions plain = VectorOptions.of(plan.batchSize, Optimizer.parse(plan.optimizer, 0), plan.rate, plan.seed)
                .withSchedule(Schedule.parse(plan.schedule, plan.rate, steps * plan.epochs, steps));
        Sequential network = Sequential.mlp(train.width(), plan.hidden(), train.classes(), plan.activation);
        List<Double> sizes = List.of();
        double seconds = 0;
        VectorOptions options = gradients ? plain.measuringGradients() : plain;
        try (VectorTrainer trainer = new VectorTrainer(backend, network, train.width(), train.classes(), options)) {
            for (int i = 0; i < plan.epochs; i++) {
                VectorTrainer.Epoch epoch = trainer.epoch(train);
                seconds += epoch.seconds();
                sizes = i == 0 ? List.copyOf(epoch.gradients().values()) : sizes;
                told.accept(epoch);
            }
            VectorTrainer.Score score = trainer.score(test);
            return new Result(plan, score.accuracy(), score.loss(), trainer.parameters().trainableElements(), seconds / plan.epochs,
                    sizes);
        }
    }
}

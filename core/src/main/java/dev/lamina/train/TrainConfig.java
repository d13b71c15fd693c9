package dev.lamina.train;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import dev.lamina.backend.CompileOptions.Precision;
import dev.lamina.optim.Optimizer;
import dev.lamina.optim.Schedule;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * What a run is, in plain values, so that it can be written down and compared. The objects that it names are given to the
 * {@link Trainer} beside it. Immutable and thread-safe.
 *
 * @param model name of the model
 * @param data name of the data set
 * @param batchSize samples in a step
 * @param epochs passes over the training samples
 * @param seed seed of parameters, data order and random ops
 * @param optimizer name of the optimizer
 * @param rate base learning rate
 * @param schedule the learning rate's course, as {@link Schedule#parse} reads it; for people if another schedule is given to the trainer
 * @param weightDecay as the optimizer defines it
 * @param labelSmoothing ε of the training loss, in [0, 1)
 * @param clipNorm limit of the gradient's global norm, 0 for none
 * @param checkpointEvery steps between checkpoints within an epoch, 0 for checkpoints at the ends of epochs only
 * @param evalBatchSize samples evaluated at a time
 * @param patience epochs without improvement after which training stops, 0 for never
 * @param minDelta by how much the loss must fall to count as an improvement
 * @param precision arithmetic of matrix products and convolutions; null, as in runs of before there was a choice, means float32
 * @param rules how a step goes from gradients to weights; null, as in older runs, means {@link StepRules#PLAIN}
 * @param averaging averages of the weights; null means none
 * @param keeping which weights are kept; null means the last ones
 * @param fineTuning what is started from and what is frozen; null means random weights, all of them trained
 * @param options further settings of whoever starts the run, kept for resuming
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record TrainConfig(String model, String data, int batchSize, int epochs, long seed, String optimizer, double rate, String schedule,
        double weightDecay, double labelSmoothing, double clipNorm, int checkpointEvery, int evalBatchSize, int patience, double minDelta,
        Precision precision, StepRules rules, Averaging averaging, Keeping keeping, FineTuning fineTuning, Map<String, String> options) {
    /**
     * Checked settings.
     *
     * @throws IllegalArgumentException if a number is out of range
     */
    public TrainConfig {
        require(batchSize >= 1, "batchSize = " + batchSize + ", needs >= 1.");
        require(epochs >= 0, "epochs = " + epochs + ", needs >= 0.");
        require(rate >= 0 && Double.isFinite(rate), "rate = " + rate + ", needs a finite number >= 0.");
        require(weightDecay >= 0, "weightDecay = " + weightDecay + ", needs >= 0.");
        require(labelSmoothing >= 0 && labelSmoothing < 1, "labelSmoothing = " + labelSmoothing + ", needs 0 <= labelSmoothing < 1.");
        require(clipNorm >= 0, "clipNorm = " + clipNorm + ", needs >= 0; 0 switches clipping off.");
        require(checkpointEvery >= 0, "checkpointEvery = " + checkpointEvery + ", needs >= 0; 0 means at the ends of epochs only.");
        require(evalBatchSize >= 1, "evalBatchSize = " + evalBatchSize + ", needs >= 1.");
        require(patience >= 0, "patience = " + patience + ", needs >= 0; 0 switches early stopping off.");
        require(minDelta >= 0, "minDelta = " + minDelta + ", needs >= 0.");
        precision = precision == null ? Precision.FLOAT32 : precision;
        rules = rules == null ? StepRules.PLAIN : rules;
        averaging = averaging == null ? Averaging.NONE : averaging;
        keeping = keeping == null ? Keeping.LAST : keeping;
        fineTuning = fineTuning == null ? FineTuning.NONE : fineTuning;
        options = options == null ? Map.of() : Collections.unmodifiableMap(new TreeMap<>(options));
    }

    static void require(boolean condition, String fact) {
        if (!condition) {
            throw new IllegalArgumentException("trainConfig: " + fact);
        }
    }

    /** A builder with batch size 64, one epoch, seed 1, sgd at rate 0.01 in float32 and nothing else. */
    public static Builder builder(String model, String data) {
        return new Builder(model, data);
    }

    /** A builder that holds these settings. */
    public Builder toBuilder() {
        return new Builder(model, data).batchSize(batchSize).epochs(epochs).seed(seed).optimizer(optimizer).rate(rate).schedule(schedule)
                .weightDecay(weightDecay).labelSmoothing(labelSmoothing).clipNorm(clipNorm).checkpointEvery(checkpointEvery)
                .evalBatchSize(evalBatchSize).earlyStop(patience, minDelta).precision(precision).rules(rules)
                .averaging(averaging).keeping(keeping).fineTuning(fineTuning).options(options);
    }

    /**
     * The optimizer that these settings name.
     *
     * @throws IllegalArgumentException if there is none, or the rules do not fit it
     */
    public Optimizer makeOptimizer() {
        return rules.optimizer(optimizer, weightDecay);
    }

    /**
     * The schedule that these settings write, its lengths in epochs.
     *
     * @param batchesPerEpoch batches in an epoch, of which a step takes {@link StepRules#accumulate}
     * @throws IllegalArgumentException if it is none
     */
    public Schedule makeSchedule(long batchesPerEpoch) {
        long steps = Math.ceilDiv(batchesPerEpoch, rules.accumulate());
        return Schedule.parse(schedule, rate, steps * Math.max(1, epochs), steps);
    }

    /** How many copies of the parameters training keeps beside those of the optimizer: averages and gathered gradients. */
    public int copiesOfParameters() {
        return (averaging.present() ? 1 : 0) + (rules.inTwoPhases() ? 1 : 0);
    }

    /** Settings in which a resumed run differs from this one although it must not; the number of epochs may differ. */
    List<String> conflicts(TrainConfig resumed) {
        List<String> conflicts = new ArrayList<>();
        compare(conflicts, "model", model, resumed.model);
        compare(conflicts, "data", data, resumed.data);
        compare(conflicts, "batchSize", batchSize, resumed.batchSize);
        compare(conflicts, "seed", seed, resumed.seed);
        compare(conflicts, "optimizer", optimizer, resumed.optimizer);
        compare(conflicts, "rate", rate, resumed.rate);
        compare(conflicts, "schedule", schedule, resumed.schedule);
        compare(conflicts, "weightDecay", weightDecay, resumed.weightDecay);
        compare(conflicts, "labelSmoothing", labelSmoothing, resumed.labelSmoothing);
        compare(conflicts, "clipNorm", clipNorm, resumed.clipNorm);
        compare(conflicts, "precision", precision, resumed.precision);
        compare(conflicts, rules.settings(), resumed.rules.settings());
        compare(conflicts, averaging.settings(), resumed.averaging.settings());
        compare(conflicts, keeping.settings(), resumed.keeping.settings());
        compare(conflicts, fineTuning.settings(), resumed.fineTuning.settings());
        return conflicts;
    }

    private static void compare(List<String> conflicts, String name, Object saved, Object now) {
        if (!Objects.equals(saved, now)) {
            conflicts.add(name + " was " + saved + ", now " + now);
        }
    }

    private static void compare(List<String> conflicts, Map<String, Object> saved, Map<String, Object> now) {
        saved.forEach((name, value) -> compare(conflicts, name, value, now.get(name)));
    }

    /** Collects settings. Not thread-safe. */
    public static final class Builder {
        private final String model;
        private final String data;
        private int batchSize = 64;
        private int epochs = 1;
        private long seed = 1;
        private String optimizer = "sgd";
        private double rate = 0.01;
        private String schedule = "constant";
        private double weightDecay;
        private double labelSmoothing;
        private double clipNorm;
        private int checkpointEvery;
        private int evalBatchSize = 256;
        private int patience;
        private double minDelta;
        private Precision precision = Precision.FLOAT32;
        private StepRules rules = StepRules.PLAIN;
        private Averaging averaging = Averaging.NONE;
        private Keeping keeping = Keeping.LAST;
        private FineTuning fineTuning = FineTuning.NONE;
        private Map<String, String> options = Map.of();

        private Builder(String model, String data) {
            this.model = model;
            this.data = data;
        }

        /** Samples in a step. */
        public Builder batchSize(int value) {
            batchSize = value;
            return this;
        }

        /** Passes over the training samples. */
        public Builder epochs(int value) {
            epochs = value;
            return this;
        }

        /** Seed of parameters, data order and random ops. */
        public Builder seed(long value) {
            seed = value;
            return this;
        }

        /** Name of the optimizer. */
        public Builder optimizer(String value) {
            optimizer = value;
            return this;
        }

        /** Base learning rate. */
        public Builder rate(double value) {
            rate = value;
            return this;
        }

        /** The learning rate's course, for people. */
        public Builder schedule(String value) {
            schedule = value;
            return this;
        }

        /** Weight decay as the optimizer defines it. */
        public Builder weightDecay(double value) {
            weightDecay = value;
            return this;
        }

        /** ε of the training loss. */
        public Builder labelSmoothing(double value) {
            labelSmoothing = value;
            return this;
        }

        /** Limit of the gradient's global norm, 0 for none. */
        public Builder clipNorm(double value) {
            clipNorm = value;
            return this;
        }

        /** Steps between checkpoints within an epoch, 0 for none within. */
        public Builder checkpointEvery(int value) {
            checkpointEvery = value;
            return this;
        }

        /** Samples evaluated at a time. */
        public Builder evalBatchSize(int value) {
            evalBatchSize = value;
            return this;
        }

        /** Stop after this many epochs without the test loss falling by this much; 0 epochs for never. */
        public Builder earlyStop(int epochsWithoutImprovement, double delta) {
            patience = epochsWithoutImprovement;
            minDelta = delta;
            return this;
        }

        /** Arithmetic of matrix products and convolutions. */
        public Builder precision(Precision value) {
            precision = value;
            return this;
        }

        /** How a step goes from gradients to weights. */
        public Builder rules(StepRules value) {
            rules = value;
            return this;
        }

        /** Averages of the weights. */
        public Builder averaging(Averaging value) {
            averaging = value;
            return this;
        }

        /** Which weights are kept. */
        public Builder keeping(Keeping value) {
            keeping = value;
            return this;
        }

        /** What is started from and what is frozen. */
        public Builder fineTuning(FineTuning value) {
            fineTuning = value;
            return this;
        }

        /** Further settings of whoever starts the run. */
        public Builder options(Map<String, String> value) {
            options = value;
            return this;
        }

        /**
         * The settings.
         *
         * @throws IllegalArgumentException if a number is out of range
         */
        public TrainConfig build() {
            return new TrainConfig(model, data, batchSize, epochs, seed, optimizer, rate, schedule, weightDecay, labelSmoothing, clipNorm,
                    checkpointEvery, evalBatchSize, patience, minDelta, precision, rules, averaging, keeping, fineTuning, options);
        }
    }
}

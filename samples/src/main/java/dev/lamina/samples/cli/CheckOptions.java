package dev.lamina.samples.cli;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.backend.CompileOptions.Precision;
import dev.lamina.data.ChannelStatistics;
import dev.lamina.data.Dataset;
import dev.lamina.features.FeatureData;
import dev.lamina.features.FitListener;
import dev.lamina.features.Fitted;
import dev.lamina.graph.Update.MomentumForm;
import dev.lamina.models.ModelOptions;
import dev.lamina.models.Models;
import dev.lamina.models.OnnxNetwork;
import dev.lamina.nn.Model;
import dev.lamina.optim.Optimizer;
import dev.lamina.rbm.Rbm;
import dev.lamina.rbm.RbmTrainer;
import dev.lamina.samples.check.CheckData;
import dev.lamina.samples.check.FeatureSubject;
import dev.lamina.samples.check.RbmSubject;
import dev.lamina.samples.check.TrainingSubject;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import dev.lamina.train.LossTerms;
import dev.lamina.train.RunFolder;
import dev.lamina.train.StepRules;
import dev.lamina.train.TrainConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that say what is checked. */
final class CheckOptions {
    private static final String DIGITS = "digits";
    private static final int SAMPLES = 512;

    @Option(names = "--model", paramLabel = "NAME",
            description = "a model with drawn weights; `lamina models` lists them (lenet)")
    private String model;

    @Mixin
    private VariantOption variant;

    @Option(names = "--run", paramLabel = "RUN",
            description = "the model, weights, optimizer and data of a run folder instead; of `rbm train` too")
    private Path run;

    @Option(names = "--features", paramLabel = "FILE",
            description = "how a featuriser of `features fit` transforms samples (--data must be of the shape that it was fitted on)")
    private Path features;

    @Option(names = "--data", paramLabel = "NAME",
            description = "where batches come from, brought to the model's input; `lamina datasets` lists sets (digits, or the run's)")
    private String data;

    @Mixin
    private DataOption dataOption;

    @Option(names = "--input", split = ",", paramLabel = "C,H,W",
            description = "shape of a sample (that of --data, else a small one that the model takes)")
    private long[] input;

    @Option(names = "--classes", paramLabel = "K", description = "number of classes (that of the data)")
    private Integer classes;

    @Option(names = "--batch", defaultValue = "4", paramLabel = "N", description = "samples in a step (${DEFAULT-VALUE})")
    private int batch;

    @Option(names = "--steps", defaultValue = "1", paramLabel = "N",
            description = "training steps, each side going on from its own (${DEFAULT-VALUE})")
    private int steps;

    @Option(names = "--seed", defaultValue = "1", paramLabel = "N",
            description = "seed of weights, generated data and random ops (${DEFAULT-VALUE})")
    private long seed;

    @Option(names = "--optimizer", paramLabel = "NAME", description = "sgd, momentum, nesterov, adam or adamw (momentum, or the run's)")
    private String optimizer;

    @Option(names = "--loss", description = "check the forward pass and the loss as for inference, no gradients and updates")
    private boolean lossOnly;

    /** Builds what is checked. */
    CheckPlan plan() throws IOException {
        if (steps < 1) {
            throw new IllegalArgumentException("check: --steps " + steps + ", needs >= 1.");
        }
        if (lossOnly && optimizer != null) {
            throw new IllegalArgumentException("check: --loss checks no updates, --optimizer " + optimizer + " has no use. Leave out one.");
        }
        if (features != null) {
            return transform();
        }
        if (run != null) {
            return RbmTrainer.isRun(run) && !RunFolder.isRun(run) ? machine() : trained(RunFolder.open(run));
        }
        return drawn(model == null ? "lenet" : model);
    }

    private CheckPlan drawn(String name) throws IOException {
        Dataset samples = open(data == null ? DIGITS : data, Map.of());
        boolean file = OnnxNetwork.isFile(name);
        Shape shape = input != null ? given() : data != null && !file ? samples.sampleShape() : Models.info(name).smallInput();
        int count = classes != null ? classes : file ? Models.info(name).classes() : samples.classNames().size();
        String updates = optimizer == null ? "momentum" : optimizer;
        TrainConfig config = TrainConfig.builder(name, samples.name()).batchSize(batch).seed(seed).optimizer(updates)
                .rate(Optimizer.parse(updates, 0).defaultRate()).build();
        CheckData fitted = CheckData.fit(samples, shape, count, data != null, seed);
        ChannelStatistics statistics = ChannelStatistics.of(fitted.samples().first(SAMPLES));
        return plan(fitted, statistics, ModelOption.create(name, variant.settings(), shape, count), config, LossTerms.PLAIN, Map.of(),
                file ? "of the file" : "drawn");
    }

    private CheckPlan trained(RunFolder folder) throws IOException {
        refuseModel("--run " + run);
        TrainConfig saved = folder.config();
        Dataset samples = open(data == null ? saved.data() : data, saved.options());
        TrainConfig config = as(saved.toBuilder().batchSize(batch).seed(seed).build());
        Model network = ModelOption.of(folder);
        CheckData fitted = CheckData.fit(vectors(folder, samples), folder.inputShape(), folder.classNames().size(), true, seed);
        return plan(fitted, folder.statistics(), network, config, terms(saved), folder.weights(),
                "of " + run + " after " + folder.steps() + " steps");
    }

    /** The run's settings, with the optimizer that was given; the form of momentum goes with the run's own. */
    private TrainConfig as(TrainConfig config) {
        return optimizer == null || optimizer.equals(config.optimizer()) ? config : config.toBuilder().optimizer(optimizer)
                .rules(config.rules().withMomentumForm(MomentumForm.RATE_OUTSIDE)).build();
    }

    /** Weights of classes and mixing, as training has them; classes are counted in all samples of the run. */
    private LossTerms terms(TrainConfig saved) throws IOException {
        LossTerms plain = new LossTerms(List.of(), BatchOption.mixes(saved));
        if (!BatchOption.weighs(saved)) {
            return plain;
        }
        int limit = Integer.parseInt(saved.options().getOrDefault(LearningOptions.TRAIN_LIMIT, "0"));
        Dataset train = dataOption.openToTrain(data == null ? saved.data() : data, saved.options(), saved.seed(), limit).train();
        return new LossTerms(BatchOption.weights(saved, train), plain.mixed());
    }

    /** The samples that the run's model takes: as they are, or by the run's featuriser, which the reference computes. */
    private static Dataset vectors(RunFolder folder, Dataset samples) throws IOException {
        Optional<Fitted> featurizer = FeaturesOption.of(folder);
        if (featurizer.isEmpty()) {
            return samples;
        }
        try (Backend reference = Backends.open(CheckSides.REFERENCE)) {
            return FeatureData.of(reference, featurizer.get(), samples, FitListener.NONE);
        }
    }

    private CheckPlan machine() throws IOException {
        refuseModel("--run " + run);
        refuseTraining("--run " + run + ", a machine of `rbm train`,");
        RbmRun origin = RbmRun.read(run);
        Dataset samples = open(data == null ? origin.data() : data, Map.of(DataOption.SETTING, origin.dataDir()));
        Rbm rbm = RbmTrainer.machine(run);
        RbmSubject subject = new RbmSubject(rbm, RbmTrainer.config(run), RbmTrainer.variables(run), samples, batch);
        return new CheckPlan(subject.step(), steps, Precision.FLOAT32, settings("machine", RbmText.of(rbm), "of " + run, samples.name()));
    }

    private CheckPlan transform() throws IOException {
        refuseModel("--features " + features);
        refuseTraining("--features " + features);
        if (run != null) {
            throw new IllegalArgumentException("check: --features and --run cannot be combined. Leave out one.");
        }
        Fitted fitted = Fitted.load(features);
        Dataset samples = open(data == null ? DIGITS : data, Map.of());
        if (!samples.sampleShape().equals(fitted.sampleShape())) {
            throw new IllegalArgumentException("check: data \"" + samples.name() + "\" has samples " + samples.sampleShape() + ", "
                    + features + " was fitted on " + fitted.sampleShape() + ". Give the --data that it was fitted on.");
        }
        return new CheckPlan(new FeatureSubject(fitted, samples, batch).transform(), steps, Precision.FLOAT32,
                settings("features", fitted.featurizer().text(), "of " + features, samples.name()));
    }

    /** A machine's and a featuriser's graph have neither optimizer nor loss. */
    private void refuseTraining(String option) {
        if (optimizer != null || lossOnly) {
            throw new IllegalArgumentException("check: " + option + " has no step of an optimizer; leave out "
                    + (optimizer != null ? "--optimizer." : "--loss."));
        }
    }

    private void refuseModel(String option) {
        if (model != null || variant.given() || input != null || classes != null) {
            throw new IllegalArgumentException("check: " + option + " brings its model, input shape and classes; leave out --model, "
                    + "--width, --model-option, --input and --classes.");
        }
    }

    private Map<String, String> settings(String kind, String what, String weights, String samples) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put(kind, what);
        settings.put("weights", weights + ", seed " + seed);
        settings.put("data", samples);
        settings.put("batch", batch + (batch == 1 ? " sample" : " samples") + ", " + steps + (steps == 1 ? " step" : " steps"));
        return settings;
    }

    private CheckPlan plan(CheckData fitted, ChannelStatistics statistics, Model network, TrainConfig config, LossTerms terms,
            Map<String, Tensor> weights, String origin) {
        TrainingSubject subject = new TrainingSubject(network, fitted.samples(), statistics, config, terms, weights);
        String options = network.options().isEmpty() ? "" : " (" + new ModelOptions(network.options()) + ")";
        Map<String, String> settings = settings("model", network.name() + options + ", input " + network.inputShape() + ", "
                + network.classes() + " classes", origin, fitted.description());
        if (!lossOnly) {
            settings.put("optimizer", config.optimizer() + ", learning rate " + config.rate());
            String rules = rules(config, terms);
            if (!rules.isEmpty()) {
                settings.put("step", rules);
            }
        }
        Precision precision = run == null ? Precision.FLOAT32 : config.precision();
        return new CheckPlan(lossOnly ? subject.loss() : subject.step(), steps, precision, settings);
    }

    /** What a step is made of beside the optimizer, empty if nothing. */
    private static String rules(TrainConfig config, LossTerms terms) {
        StepRules rules = config.rules();
        List<String> facts = new ArrayList<>();
        if (config.weightDecay() > 0) {
            facts.add("weight decay " + config.weightDecay() + (rules.noDecay() ? ", not of biases and norms" : ""));
        }
        if (rules.momentumForm() == MomentumForm.RATE_INSIDE) {
            facts.add("the rate inside the momentum");
        }
        if (rules.accumulate() > 1) {
            facts.add(rules.accumulate() + " batches gathered, the first " + (rules.accumulate() - 1) + " by the reference");
        }
        if (!terms.classWeights().isEmpty()) {
            facts.add("classes weighed");
        }
        if (terms.mixed()) {
            facts.add("labels mixed");
        }
        return String.join(", ", facts);
    }

    private Dataset open(String name, Map<String, String> settings) throws IOException {
        int needed = Math.toIntExact(Math.max(SAMPLES, Math.multiplyExact((long) batch, steps)));
        return dataOption.open(name, settings, seed, needed).train();
    }

    private Shape given() {
        if (input.length != 3) {
            throw new IllegalArgumentException("check: --input has " + input.length + " numbers, needs C,H,W, e.g. 3,32,32.");
        }
        return Shape.of(input);
    }
}

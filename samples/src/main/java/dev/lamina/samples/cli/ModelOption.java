package dev.lamina.samples.cli;

import dev.lamina.models.ModelInfo;
import dev.lamina.models.ModelOptions;
import dev.lamina.models.Models;
import dev.lamina.nn.Layers;
import dev.lamina.nn.Model;
import dev.lamina.tensor.Shape;
import dev.lamina.train.TrainConfig;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that pick a model, and how a run's settings hold them. */
final class ModelOption {
    /** What an option that takes an activation says. */
    static final String ACTIVATION = "activation of the hidden layers: relu, sigmoid, tanh, leakyRelu, elu, gelu, softplus, binarize "
            + "(straight-through gradient, a heuristic), binarizeBlock (its true gradient, 0: layers below keep their random weights) "
            + "or none";
    private static final String MLP = "mlp";
    private static final String HIDDEN = "hidden";
    private static final String ACTIVATION_SETTING = "activation";
    private static final String DEFAULT_HIDDEN = "256";
    private static final String DEFAULT_ACTIVATION = "relu";

    @Option(names = "--model", defaultValue = "lenet", paramLabel = "NAME",
            description = "linear, mlp, lenet, resnet20, alexnet, vgg16, ...; `lamina models` lists them")
    private String model;

    @Option(names = "--hidden", split = ",", paramLabel = "H,...", description = "mlp: widths of the hidden layers (256)")
    private long[] hidden;

    @Option(names = "--activation", paramLabel = "NAME", description = "mlp: " + ACTIVATION + " (relu)")
    private String activation;

    @Mixin
    private VariantOption variant;

    /** The model's name. */
    String name() {
        return model;
    }

    /** What is known of the model. */
    ModelInfo info() {
        return Models.info(model);
    }

    /** What a run must remember to build the model again. */
    Map<String, String> settings() {
        Map<String, String> settings = new TreeMap<>(variant.settings());
        if (!model.equals(MLP)) {
            if (hidden != null || activation != null) {
                throw new IllegalArgumentException("model \"" + model + "\": " + (hidden != null ? "--hidden" : "--activation")
                        + " is for --model mlp only.");
            }
            return settings;
        }
        String function = activation == null ? DEFAULT_ACTIVATION : activation;
        Layers.activation(function);
        settings.put(HIDDEN, hidden == null ? DEFAULT_HIDDEN
                : Arrays.stream(hidden).mapToObj(Long::toString).collect(Collectors.joining(",")));
        settings.put(ACTIVATION_SETTING, function);
        return settings;
    }

    /** The model that these options describe. */
    Model create(Shape input, int classes) {
        return create(model, settings(), input, classes);
    }

    /** The model of a run; settings that are missing, as in runs of before they existed, are the defaults. */
    static Model create(TrainConfig config, Shape input, int classes) {
        return create(config.model(), config.options(), input, classes);
    }

    /** The model of this name by a run's settings. */
    static Model create(String name, Map<String, String> settings, Shape input, int classes) {
        ModelOptions options = VariantOption.of(settings);
        if (name.equals(MLP)) {
            options = options.with(HIDDEN, settings.getOrDefault(HIDDEN, DEFAULT_HIDDEN).replace(',', 'x'))
                    .with(ACTIVATION_SETTING, settings.getOrDefault(ACTIVATION_SETTING, DEFAULT_ACTIVATION));
        }
        return Models.create(name, input, classes, options);
    }
}

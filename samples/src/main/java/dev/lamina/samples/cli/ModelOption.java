package dev.lamina.samples.cli;

import dev.lamina.models.Models;
import dev.lamina.nn.Layers;
import dev.lamina.nn.Model;
import dev.lamina.tensor.Shape;
import dev.lamina.train.TrainConfig;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
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

    @Option(names = "--model", defaultValue = "lenet", paramLabel = "NAME", description = "linear, mlp, lenet, resnet20, alexnet or vgg16")
    private String model;

    @Option(names = "--hidden", split = ",", paramLabel = "H,...", description = "mlp: widths of the hidden layers (256)")
    private long[] hidden;

    @Option(names = "--activation", paramLabel = "NAME", description = "mlp: " + ACTIVATION + " (relu)")
    private String activation;

    /** The model's name. */
    String name() {
        return model;
    }

    /** What a run must remember to build the model again. */
    Map<String, String> settings() {
        if (!model.equals(MLP)) {
            if (hidden != null || activation != null) {
                throw new IllegalArgumentException("model \"" + model + "\": " + (hidden != null ? "--hidden" : "--activation")
                        + " is for --model mlp only.");
            }
            return Map.of();
        }
        String widths = hidden == null ? DEFAULT_HIDDEN : Arrays.stream(hidden).mapToObj(Long::toString).collect(Collectors.joining(","));
        String function = activation == null ? DEFAULT_ACTIVATION : activation;
        Layers.activation(function);
        return Map.of(HIDDEN, widths, ACTIVATION_SETTING, function);
    }

    /** The model that these options describe. */
    Model create(Shape input, int classes) {
        return create(model, settings(), input, classes);
    }

    /** The model of a run; settings that are missing, as in runs of before they existed, are the defaults. */
    static Model create(TrainConfig config, Shape input, int classes) {
        return create(config.model(), config.options(), input, classes);
    }

    private static Model create(String name, Map<String, String> settings, Shape input, int classes) {
        if (!name.equals(MLP)) {
            return Models.create(name, input, classes);
        }
        long[] widths = Arrays.stream(settings.getOrDefault(HIDDEN, DEFAULT_HIDDEN).split(",")).mapToLong(Long::parseLong).toArray();
        return Models.mlp(input, classes, settings.getOrDefault(ACTIVATION_SETTING, DEFAULT_ACTIVATION), widths);
    }
}

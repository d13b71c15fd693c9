package dev.lamina.samples.cli;

import dev.lamina.io.onnx.OnnxFile;
import dev.lamina.io.onnx.OnnxWriter;
import dev.lamina.models.ModelInfo;
import dev.lamina.models.ModelOptions;
import dev.lamina.models.Models;
import dev.lamina.models.OnnxNetwork;
import dev.lamina.nn.Layers;
import dev.lamina.nn.Model;
import dev.lamina.tensor.Shape;
import dev.lamina.train.RunFolder;
import dev.lamina.train.TrainConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
    /** The copy in a run folder of the ONNX file that its model was made of. */
    static final String ONNX_FILE = "source.onnx";
    private static final String MLP = "mlp";
    private static final String HIDDEN = "hidden";
    private static final String ACTIVATION_SETTING = "activation";
    private static final String DEFAULT_HIDDEN = "256";
    private static final String DEFAULT_ACTIVATION = "relu";

    @Option(names = "--model", defaultValue = "lenet", paramLabel = "NAME",
            description = "linear, mlp, lenet, resnet20, alexnet, vgg16, ...; `lamina models` lists them; or an ONNX file, whose "
                    + "weights are then those that a run starts from")
    private String model;

    @Option(names = "--hidden", split = ",", paramLabel = "H,...", description = "mlp: widths of the hidden layers (256)")
    private long[] hidden;

    @Option(names = "--activation", paramLabel = "NAME", description = "mlp: " + ACTIVATION + " (relu)")
    private String activation;

    @Mixin
    private VariantOption variant;

    /** The model's name; of a file its whole path. */
    String name() {
        return OnnxNetwork.isFile(model) ? Path.of(model).toAbsolutePath().normalize().toString() : model;
    }

    /** What the folder of a run of a model is called. */
    static String shortName(String model) {
        String file = Path.of(model).getFileName().toString();
        return OnnxNetwork.isFile(model) ? file.substring(0, file.length() - OnnxNetwork.ENDING.length()) : model;
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
    static Model of(RunFolder run) {
        return of(run.path(), run.config(), run.inputShape(), run.classNames().size());
    }

    /**
     * The model of a run that may not have begun.
     *
     * @param folder of the run, which holds a copy of the ONNX file that its model was made of
     */
    static Model of(Path folder, TrainConfig config, Shape input, int classes) {
        Path copy = folder.resolve(ONNX_FILE);
        boolean copied = OnnxNetwork.isFile(config.model()) && Files.isRegularFile(copy);
        return create(copied ? copy.toString() : config.model(), config.options(), input, classes);
    }

    /** Keeps the ONNX file that a run's model is made of in its folder, if it is one. */
    static void keep(TrainConfig config, Path folder) throws IOException {
        if (OnnxNetwork.isFile(config.model())) {
            Files.createDirectories(folder);
            // Not a plain copy: weights that lie in files of their own come along.
            OnnxWriter.write(folder.resolve(ONNX_FILE), OnnxFile.read(Path.of(config.model())));
        }
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

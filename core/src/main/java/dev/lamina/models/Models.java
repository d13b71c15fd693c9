package dev.lamina.models;

import dev.lamina.graph.Window;
import dev.lamina.nn.Layer;
import dev.lamina.nn.Layers;
import dev.lamina.nn.Model;
import dev.lamina.nn.Sequential;
import dev.lamina.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Models by name, and out of ONNX files by the files' paths ({@link OnnxNetwork}). Those with a name take images of any size that their
 * layers allow, any number of channels and of classes, and most a width and other options ({@link ModelInfo#choices}). Stateless and
 * thread-safe.
 */
public final class Models {
    private Models() { }

    /** Names of models. */
    public static List<String> names() {
        return Catalogue.NAMES;
    }

    /**
     * What there is to know of the model of this name.
     *
     * @throws IllegalArgumentException if there is none; the message lists all names
     */
    public static ModelInfo info(String name) {
        return OnnxNetwork.isFile(name) ? OnnxNetwork.named(name, null).info() : Catalogue.entry(name).info();
    }

    /**
     * The model of this name as it was published, but for the images' shape and the number of classes.
     *
     * @param inputShape {@code [C, H, W]}
     * @throws IllegalArgumentException if there is none; the message lists all names
     */
    public static Model create(String name, Shape inputShape, int classes) {
        return create(name, inputShape, classes, ModelOptions.defaults());
    }

    /** The model of this name; {@code hidden} are the widths of an mlp's hidden layers, which the others ignore. */
    public static Model create(String name, Shape inputShape, int classes, long... hidden) {
        return create(name, inputShape, classes, name.equals("mlp") ? hidden(hidden) : ModelOptions.defaults());
    }

    /**
     * The model of this name with options.
     *
     * @throws IllegalArgumentException if there is none of this name, or it does not have an option or its value
     */
    public static Model create(String name, Shape inputShape, int classes, ModelOptions options) {
        if (OnnxNetwork.isFile(name)) {
            OnnxNetwork file = OnnxNetwork.named(name, inputShape);
            new Chosen(file.info(), options);
            return file.model(inputShape, classes);
        }
        Catalogue.Entry entry = Catalogue.entry(name);
        Layer layer = entry.maker().make(inputShape, classes, new Chosen(entry.info(), options));
        return new Model(name, inputShape, classes, layer, options.values());
    }

    /** A multi-layer perceptron with an activation by name. */
    public static Model mlp(Shape inputShape, int classes, String activation, long... hidden) {
        return new Model("mlp", inputShape, classes, Sequential.mlp(hidden, classes, activation),
                hidden(hidden).with("activation", activation).values());
    }

    private static ModelOptions hidden(long... widths) {
        return ModelOptions.defaults().with("hidden", Arrays.stream(widths).mapToObj(Long::toString).collect(Collectors.joining("x")));
    }

    /** LeNet-5 (LeCun et al. 1998) with rectifiers and max pooling; images smaller than 32 pixels are padded by 2. */
    static Layer lenet(Shape inputShape, int classes, Chosen chosen) {
        long padding = inputShape.rank() == 3 && Math.min(inputShape.dim(1), inputShape.dim(2)) < 32 ? 2 : 0;
        return Sequential.of(
                Layers.conv2d("conv1", chosen.wide(6), Window.of(5).padding(padding)), Layers.relu(), Layers.maxPool(2),
                Layers.conv2d("conv2", chosen.wide(16), Window.of(5)), Layers.relu(), Layers.maxPool(2),
                Layers.flatten(),
                Layers.linear("fc1", chosen.wide(120)), Layers.relu(),
                Layers.linear("fc2", chosen.wide(84)), Layers.relu(),
                Layers.linear("fc3", classes));
    }
}

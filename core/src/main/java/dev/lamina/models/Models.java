package dev.lamina.models;

import dev.lamina.graph.Window;
import dev.lamina.nn.Layer;
import dev.lamina.nn.Layers;
import dev.lamina.nn.Model;
import dev.lamina.nn.Sequential;
import dev.lamina.tensor.Shape;
import java.util.List;

/** Models by name. */
public final class Models {
    private static final List<String> NAMES = List.of("linear", "mlp", "lenet", "resnet20", "alexnet", "vgg16");

    private Models() { }

    /** Names of models. */
    public static List<String> names() {
        return NAMES;
    }

    /**
     * The model of this name.
     *
     * @param inputShape {@code [C, H, W]}
     * @throws IllegalArgumentException if there is none; the message lists all names
     */
    public static Model create(String name, Shape inputShape, int classes) {
        return create(name, inputShape, classes, 256);
    }

    /** The model of this name; {@code hidden} are the widths of an mlp's hidden layers, which the others ignore. */
    public static Model create(String name, Shape inputShape, int classes, long... hidden) {
        return switch (name) {
            case "linear" -> new Model(name, inputShape, classes, Sequential.of(Layers.flatten(), Layers.linear("fc", classes)));
            case "mlp" -> mlp(inputShape, classes, "relu", hidden);
            case "lenet" -> new Model(name, inputShape, classes, lenet(inputShape, classes));
            case "resnet20" -> new Model(name, inputShape, classes, ResNet.resnet20(classes));
            case "alexnet" -> new Model(name, inputShape, classes, AlexNet.of(inputShape, classes));
            case "vgg16" -> new Model(name, inputShape, classes, Vgg.vgg16(classes));
            default -> throw new IllegalArgumentException(
                    "model \"" + name + "\" is unknown; known are " + String.join(", ", NAMES) + ".");
        };
    }

    /** A multi-layer perceptron with an activation by name. */
    public static Model mlp(Shape inputShape, int classes, String activation, long... hidden) {
        return new Model("mlp", inputShape, classes, Sequential.mlp(hidden, classes, activation));
    }

    /** LeNet-5 (LeCun et al. 1998) with rectifiers and max pooling; images smaller than 32 pixels are padded by 2. */
    private static Layer lenet(Shape inputShape, int classes) {
        long padding = inputShape.rank() == 3 && Math.min(inputShape.dim(1), inputShape.dim(2)) < 32 ? 2 : 0;
        return Sequential.of(
                Layers.conv2d("conv1", 6, Window.of(5).padding(padding)), Layers.relu(), Layers.maxPool(2),
                Layers.conv2d("conv2", 16, Window.of(5)), Layers.relu(), Layers.maxPool(2),
                Layers.flatten(),
                Layers.linear("fc1", 120), Layers.relu(),
                Layers.linear("fc2", 84), Layers.relu(),
                Layers.linear("fc3", classes));
    }
}

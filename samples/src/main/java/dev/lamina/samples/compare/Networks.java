package dev.lamina.samples.compare;

import dev.lamina.graph.Shaping;
import dev.lamina.graph.Window;
import dev.lamina.models.Models;
import dev.lamina.nn.Initializer;
import dev.lamina.nn.Layer;
import dev.lamina.nn.Layers;
import dev.lamina.nn.Sequential;
import dev.lamina.tensor.Shape;

/** What is trained on the vectors. Stateless. */
final class Networks {
    private static final long HIDDEN = 256;
    /** Smallest side of images that LeNet's two 5 x 5 windows and poolings leave something of. */
    private static final long LENET_FROM = 12;

    private Networks() { }

    /** Layers from vectors to logits. */
    static Layer of(Method.Head head, Shape image, int classes) {
        return switch (head) {
            case LINEAR -> Layers.linear("fc", classes, true, Initializer.zeros(), Initializer.zeros());
            case MLP -> Sequential.mlp(new long[] {HIDDEN}, classes, "relu");
            case CNN -> convolutional(image, classes);
        };
    }

    /** LeNet-5 on one channel or three; on images below 12 pixels, where it does not fit, two convolutions of 3 x 3. */
    static Layer convolutional(Shape image, int classes) {
        Layer network = Math.min(image.dim(1), image.dim(2)) >= LENET_FROM ? Models.create("lenet", image, classes).layer()
                : Sequential.of(Layers.conv2d("conv1", 16, Window.of(3).padding(1)), Layers.relu(),
                        Layers.conv2d("conv2", 32, Window.of(3).padding(1)), Layers.relu(), Layers.maxPool(2), Layers.flatten(),
                        Layers.linear("fc1", 64), Layers.relu(), Layers.linear("fc2", classes));
        return (context, x) -> network.apply(context,
                Shaping.reshape(x, Shape.of(x.shape().dim(0), image.dim(0), image.dim(1), image.dim(2))));
    }
}

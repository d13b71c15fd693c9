package dev.lamina.nn;

import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.Normalization;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.graph.Window;
import dev.lamina.tensor.DType;
import java.util.ArrayList;
import java.util.List;

/** Networks of the specification, as plain stacks. */
public final class Networks {
    private Networks() { }

    /** The output of a layer applied to one float32 input, in training form. */
    public static Value apply(Layer layer, long... input) {
        return apply(new Context(new GraphBuilder(), true), layer, input);
    }

    public static Value apply(Context context, Layer layer, long... input) {
        return layer.apply(context, context.graph().input("x", TensorType.of(DType.FLOAT32, input)));
    }

    public static Layer alexNet() {
        Normalization.Lrn lrn = new Normalization.Lrn(5, 1e-4, 0.75, 2, false);
        Window pool = Window.of(3).stride(2);
        return Sequential.of(
                Layers.conv2d("conv1", 96, Window.of(11).stride(4)), Layers.relu(), Layers.lrn("norm1", lrn), Layers.maxPool("pool1", pool),
                Layers.conv2d("conv2", 256, Window.of(5).padding(2), 2, true), Layers.relu(), Layers.lrn("norm2", lrn),
                Layers.maxPool("pool2", pool),
                Layers.conv2d("conv3", 384, Window.of(3).padding(1)), Layers.relu(),
                Layers.conv2d("conv4", 384, Window.of(3).padding(1), 2, true), Layers.relu(),
                Layers.conv2d("conv5", 256, Window.of(3).padding(1), 2, true), Layers.relu(), Layers.maxPool("pool5", pool),
                Layers.flatten(),
                Layers.linear("fc6", 4096), Layers.relu(), Layers.dropout("drop6", 0.5),
                Layers.linear("fc7", 4096), Layers.relu(), Layers.dropout("drop7", 0.5),
                Layers.linear("fc8", 1000));
    }

    public static Layer vgg16() {
        List<Layer> layers = new ArrayList<>();
        int[] widths = {64, 128, 256, 512, 512};
        int[] depths = {2, 2, 3, 3, 3};
        for (int block = 0; block < 5; block++) {
            for (int i = 1; i <= depths[block]; i++) {
                layers.add(Layers.conv2d("conv" + (block + 1) + "_" + i, widths[block], Window.of(3).padding(1)));
                layers.add(Layers.relu());
            }
            layers.add(Layers.maxPool("pool" + (block + 1), Window.of(2).stride(2)));
        }
        layers.addAll(List.of(Layers.flatten(), Layers.linear("fc6", 4096), Layers.relu(), Layers.dropout(0.5),
                Layers.linear("fc7", 4096), Layers.relu(), Layers.dropout(0.5), Layers.linear("fc8", 1000)));
        return new Sequential(layers);
    }
}

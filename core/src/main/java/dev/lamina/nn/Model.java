package dev.lamina.nn;

import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.GraphException;
import dev.lamina.graph.Summary;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import java.util.Map;

/**
 * An image classifier.
 *
 * @param name for people and files
 * @param inputShape {@code [C, H, W]} of one image
 * @param classes number of logits
 * @param layer what maps images to logits
 * @param options what {@code dev.lamina.models.Models} needs besides name, shape and classes to make the model again
 */
public record Model(String name, Shape inputShape, int classes, Layer layer, Map<String, String> options) {
    /** A model without options. */
    public Model(String name, Shape inputShape, int classes, Layer layer) {
        this(name, inputShape, classes, layer, Map.of());
    }

    /** Checks the numbers and copies the options. */
    public Model {
        options = Map.copyOf(options);
        if (inputShape.rank() != 3) {
            throw new GraphException("model \"" + name + "\": input has rank " + inputShape.rank() + " " + inputShape
                    + ", needs rank 3 [C, H, W].");
        }
        if (classes < 1) {
            throw new GraphException("model \"" + name + "\": classes = " + classes + ", needs >= 1.");
        }
    }

    /** The type of a float32 batch. */
    public TensorType inputType(long batch) {
        return TensorType.of(DType.FLOAT32, batch, inputShape.dim(0), inputShape.dim(1), inputShape.dim(2));
    }

    /**
     * Adds the model.
     *
     * @param images {@code [N, C, H, W]}, floating
     * @return logits {@code [N, classes]}
     */
    public Value logits(Context context, Value images) {
        Shape x = images.shape();
        boolean fits = x.rank() == 4 && x.dim(1) == inputShape.dim(0) && x.dim(2) == inputShape.dim(1) && x.dim(3) == inputShape.dim(2);
        if (!fits || !images.dtype().isFloating()) {
            throw new GraphException("model \"" + name + "\": images are " + images.type() + ", needs floating-point [N, "
                    + inputShape.dim(0) + ", " + inputShape.dim(1) + ", " + inputShape.dim(2) + "].");
        }
        Value logits = layer.apply(context, images);
        if (!logits.shape().equals(Shape.of(x.dim(0), classes))) {
            throw new GraphException("model \"" + name + "\": logits have shape " + logits.shape() + ", needs "
                    + Shape.of(x.dim(0), classes) + " ([N, classes]).");
        }
        return logits;
    }

    /** The parameters and buffers, without a backend. */
    public Parameters parameters() {
        Context context = new Context(new GraphBuilder(), false);
        logits(context, context.graph().input("images", inputType(1)));
        return context.parameters();
    }

    /** The summary for a batch size, in training form, without a backend. */
    public Summary summary(long batch) {
        Context context = new Context(new GraphBuilder(), true);
        return Summary.of(logits(context, context.graph().input("images", inputType(batch))));
    }
}

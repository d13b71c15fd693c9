package dev.lamina.vision.parts;

import dev.lamina.graph.GraphException;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Reduction;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.Value;
import dev.lamina.tensor.Shape;

/**
 * The objective of a latent support vector machine (Felzenszwalb et al. 2010): an example's score is that of its best placement, and
 * {@code max(0, 1 - y score)} is what it costs. The best placement of an example without the object is its hardest negative.
 */
public final class MarginLoss {
    private MarginLoss() { }

    /**
     * Adds the mean over examples.
     *
     * @param scores {@code [N, 1, H, W]} of placements
     * @param allowed {@code [N, 1, H, W]}, 0 where a placement may be and a large negative number where not; -∞ would take the gradient's
     *         place where nothing is allowed
     * @param signs {@code [N]}, 1 of examples with the object, -1 of those without
     */
    public static Value of(Value scores, Value allowed, Value signs) {
        Shape shape = scores.shape();
        if (shape.rank() != 4 || !allowed.shape().equals(shape) || !signs.shape().equals(Shape.of(shape.dim(0)))) {
            throw new GraphException("margin loss: scores %s, allowed %s, signs %s; needs [N, 1, H, W] twice and [N]."
                    .formatted(shape, allowed.shape(), signs.shape()));
        }
        Value flat = Shaping.reshape(scores.plus(allowed), Shape.of(shape.dim(0), shape.elements() / Math.max(1, shape.dim(0))));
        Value margin = signs.times(Reduction.max(flat, 1));
        return Reduction.mean(Pointwise.relu(margin.times(-1).plus(1)));
    }
}

package dev.lamina.nn;

import dev.lamina.graph.GraphException;
import dev.lamina.graph.Value;
import dev.lamina.tensor.Shape;

/** Checks that layers make before their parameters exist. */
final class Checks {
    private Checks() { }

    /** The shape of a batch of images {@code [N, C, H, W]}. */
    static Shape images(String op, String name, Value x) {
        Shape shape = x.shape();
        if (shape.rank() != 4) {
            throw new GraphException(op + " \"" + name + "\": input has rank " + shape.rank() + " " + shape
                    + ", needs rank 4 [N, C, H, W]." + (shape.rank() == 3 ? " Add a batch dimension." : ""));
        }
        return shape;
    }
}

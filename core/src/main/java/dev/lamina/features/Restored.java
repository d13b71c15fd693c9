package dev.lamina.features;

import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.Map;

/** Checks of tensors that come from a file. Stateless. */
public final class Restored {
    private Restored() { }

    /**
     * The tensor of this name.
     *
     * @param shape what it must have; -1 stands for any extent
     * @throws IllegalArgumentException if it is missing or another
     */
    public static Tensor tensor(Map<String, Tensor> tensors, String kind, String name, DType type, long... shape) {
        Tensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new IllegalArgumentException(kind + ": the file has no tensor \"" + name + "\", it holds " + tensors.keySet() + ".");
        }
        boolean fits = tensor.dtype() == type && tensor.shape().rank() == shape.length;
        for (int axis = 0; fits && axis < shape.length; axis++) {
            fits = shape[axis] == -1 || tensor.shape().dim(axis) == shape[axis];
        }
        if (!fits) {
            throw new IllegalArgumentException(kind + ": tensor \"" + name + "\" is " + tensor.dtype() + " " + tensor.shape() + ", needs "
                    + type + " " + Shape.of(java.util.Arrays.stream(shape).map(d -> Math.max(d, 0)).toArray()) + " (0 for any).");
        }
        return tensor;
    }
}

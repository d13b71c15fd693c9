package dev.lamina.nn;

import dev.lamina.graph.GraphException;
import dev.lamina.graph.MatMul;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.tensor.Shape;

/** {@code y = x Wᵀ + b}. */
record LinearLayer(String name, long out, boolean bias, Initializer weightInit, Initializer biasInit) implements Layer {
    LinearLayer {
        if (out < 1) {
            throw new GraphException("linear \"" + name + "\": outputs = " + out + ", needs >= 1.");
        }
    }

    @Override
    public Value apply(Context context, Value x) {
        Context inner = context.in(name);
        if (x.shape().rank() != 2) {
            throw new GraphException("linear \"" + inner.path() + "\": input has rank " + x.shape().rank() + " " + x.shape()
                    + ", needs rank 2 [N, features]." + (x.shape().rank() > 2 ? " Flatten it first." : " Add a batch dimension."));
        }
        long features = x.shape().dim(1);
        Shape shape = inner.known("weight").map(TensorType::shape).orElse(Shape.of(out, features));
        if (shape.dim(1) != features) {
            throw new GraphException("linear \"" + inner.path() + "\": input has " + features + " features, weight " + shape + " needs "
                    + shape.dim(1) + ".");
        }
        Value weight = inner.parameter("weight", TensorType.of(x.dtype(), out, features), weightInit);
        if (!bias) {
            context.nameNext(name);
            return MatMul.matmul(x, weight, false, true);
        }
        Value offset = inner.parameter("bias", TensorType.of(x.dtype(), out), biasInit.forBias(weight.shape()));
        context.nameNext(name);
        return MatMul.linear(x, weight, offset);
    }
}

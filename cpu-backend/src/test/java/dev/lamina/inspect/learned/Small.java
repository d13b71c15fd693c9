package dev.lamina.inspect.learned;

import dev.lamina.data.ChannelStatistics;
import dev.lamina.nn.Layer;
import dev.lamina.nn.Model;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.HashMap;
import java.util.Map;

/** Networks of a few numbers that take pixels as they are. */
final class Small {
    private Small() { }

    /** A network whose other weights are those of seed 1. */
    static Learned network(Shape input, int classes, Layer layer, Map<String, Tensor> weights) {
        Model model = new Model("small", input, classes, layer);
        Map<String, Tensor> all = new HashMap<>(model.parameters().initialValues(1));
        all.putAll(weights);
        return new Learned(model, ChannelStatistics.raw((int) input.dim(0)), all);
    }

    static Tensor floats(double[] values, long... dims) {
        return Tensor.of(DType.FLOAT32, values, dims);
    }
}

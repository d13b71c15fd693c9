package dev.lamina.graph.cases;

import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Philox;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Inputs and variables of a random network, with numbers that suit what they are for. */
final class RandomSources {
    private final GraphBuilder graph;
    private final Philox.Stream random;
    private final Map<String, Tensor> drawn = new LinkedHashMap<>();
    private int parameters;

    RandomSources(GraphBuilder graph, long seed) {
        this.graph = graph;
        random = new Philox.Stream(seed, 0, 0);
        drawn.put(GraphBuilder.SEED, Tensor.scalar(DType.INT64, Math.floorMod(seed, 97)));
        drawn.put(GraphBuilder.STEP, Tensor.scalar(DType.INT64, 1 + random.nextInt(9)));
    }

    GraphBuilder graph() {
        return graph;
    }

    private TensorType draw(String name, Draw draw, Shape shape) {
        Tensor tensor = draw.tensor(random, DType.FLOAT32, shape);
        drawn.put(name, tensor);
        return new TensorType(tensor.dtype(), tensor.shape());
    }

    /** An image in (-1, 1). */
    Value image(String name, Shape shape, boolean variable) {
        TensorType type = draw(name, Draw.uniform(-1, 1), shape);
        return variable ? graph.variable(name, type, true) : graph.input(name, type);
    }

    /** Integers below a number, int64. */
    Value labels(String name, int below, long... dims) {
        return graph.input(name, draw(name, Draw.integers(DType.INT64, 0, below), Shape.of(dims)));
    }

    private Value parameter(Draw draw, long... dims) {
        String name = "p" + parameters++;
        return graph.variable(name, draw(name, draw, Shape.of(dims)), true);
    }

    /** A parameter in (-1, 1). */
    Value any(long... dims) {
        return parameter(Draw.uniform(-1, 1), dims);
    }

    /** A parameter in (0.5, 1.5), a scale. */
    Value scale(long... dims) {
        return parameter(Draw.uniform(0.5, 1.5), dims);
    }

    /** A parameter whose products with so many numbers sum to about their size: the variance is 1 / terms. */
    Value weight(long terms, long... dims) {
        double most = Math.sqrt(3.0 / terms);
        return parameter(Draw.uniform(-most, most), dims);
    }

    /** A variable of another's type that is not trained. */
    Value buffer(Value like, double low, double high) {
        String name = "b" + parameters++;
        return graph.variable(name, draw(name, Draw.uniform(low, high), like.shape()), false);
    }

    /** The numbers of these inputs or variables. */
    Map<String, Tensor> of(List<Value> values) {
        Map<String, Tensor> some = new LinkedHashMap<>();
        values.forEach(value -> some.put(value.name(), drawn.get(value.name())));
        return some;
    }
}

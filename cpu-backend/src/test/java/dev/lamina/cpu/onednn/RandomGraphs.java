package dev.lamina.cpu.onednn;

import dev.lamina.graph.Convolution;
import dev.lamina.graph.Gradients;
import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.GraphException;
import dev.lamina.graph.MatMul;
import dev.lamina.graph.Normalization;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Pooling;
import dev.lamina.graph.Reduction;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Update;
import dev.lamina.graph.Value;
import dev.lamina.graph.Window;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * Small networks that wire what fuses at random: sums read twice, residuals from anywhere, values of the state alone, outputs in the middle,
 * gradients and updates. All images are {@code [2, 17, 4, 4]}, so that channels are padded in blocks.
 */
final class RandomGraphs {
    private static final long CHANNELS = 17;
    private static final Shape IMAGES = Shape.of(2, CHANNELS, 4, 4);

    private final Random random;
    private final GraphBuilder g = new GraphBuilder();
    private final List<Value> images = new ArrayList<>();
    private final List<Value> statistics = new ArrayList<>();
    private int parameters;

    private RandomGraphs(long seed) {
        random = new Random(seed);
    }

    /** A graph, or none if its updates contradict each other. */
    static Optional<Graph> of(long seed) {
        try {
            return Optional.of(new RandomGraphs(seed).build());
        } catch (GraphException e) {
            return Optional.empty();
        }
    }

    private Graph build() {
        images.add(g.input("x", new TensorType(DType.FLOAT32, IMAGES)));
        images.add(g.input("z", new TensorType(DType.FLOAT32, IMAGES)));
        images.add(g.variable("v", new TensorType(DType.FLOAT32, IMAGES), true));
        int nodes = 4 + random.nextInt(9);
        for (int i = 0; i < nodes; i++) {
            images.add(grow());
        }
        Value last = images.getLast();
        g.output("last", last);
        g.output("any", any());
        g.output("sums", Reduction.sum(any(), 0, 2, 3));
        statistics.forEach(value -> g.output("statistic " + value.name(), value));
        if (random.nextBoolean()) {
            train(last);
        }
        return g.build();
    }

    private void train(Value last) {
        List<Value> by = g.trainable();
        List<Value> gradients = Gradients.orZeros(Reduction.mean(Pointwise.square(Pointwise.tanh(last))), by);
        for (int i = 0; i < by.size(); i++) {
            if (random.nextBoolean()) {
                Update.assign(by.get(i), by.get(i).minus(gradients.get(i).times(0.1)));
            } else {
                g.output("gradient " + by.get(i).name(), gradients.get(i));
            }
        }
    }

    private Value any() {
        return images.get(random.nextInt(images.size()));
    }

    /** The newest more often than the others. */
    private Value recent() {
        return random.nextInt(3) > 0 ? images.getLast() : any();
    }

    private Value parameter(long... dims) {
        return g.variable("p" + parameters++, TensorType.of(DType.FLOAT32, dims), true);
    }

    private Value grow() {
        Value a = recent();
        Value b = any();
        return switch (random.nextInt(13)) {
            case 0, 1 -> bounded(random.nextBoolean() ? Convolution.conv2d(a, filter(), Window.of(3).padding(1), 1)
                    : Convolution.conv2d(a, filter(), parameter(CHANNELS), Window.of(3).padding(1), 1));
            case 2 -> norm(a);
            case 3 -> Normalization.batchNormInference(a, parameter(CHANNELS), parameter(CHANNELS), parameter(CHANNELS),
                    Pointwise.square(parameter(CHANNELS)).plus(0.5), 1e-3);
            case 4, 5 -> a.plus(b);
            case 6, 7 -> Pointwise.relu(a);
            case 8 -> a.times(b).times(0.5);
            case 9 -> Pointwise.tanh(a).plus(1);
            case 10 -> Pooling.maxPool(a, Window.of(3).padding(1));
            case 11 -> Shaping.reshape(Pointwise.relu(MatMul.linear(Shaping.reshape(a, Shape.of(8, 68)), parameter(68, 68).times(0.1),
                    parameter(68))), IMAGES);
            default -> Shaping.stopGradient(a).plus(Shaping.reshape(parameter(CHANNELS), Shape.of(CHANNELS, 1, 1)));
        };
    }

    /** A new filter, or one that is computed of a variable. */
    private Value filter() {
        Value filter = parameter(CHANNELS, CHANNELS, 3, 3);
        return random.nextBoolean() ? filter : Pointwise.tanh(filter);
    }

    /** Sums of 153 products grow; this keeps numbers near 1 and is sometimes left to what follows. */
    private Value bounded(Value y) {
        return random.nextBoolean() ? y.times(0.1) : y;
    }

    private Value norm(Value a) {
        var node = Normalization.batchNormTraining(a, parameter(CHANNELS), parameter(CHANNELS), 1e-2);
        if (random.nextBoolean()) {
            statistics.add(node.output(1));
        }
        return node.output(0);
    }
}

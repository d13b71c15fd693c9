package dev.lamina.graph.cases;

import dev.lamina.graph.Convolution;
import dev.lamina.graph.MatMul;
import dev.lamina.graph.Node;
import dev.lamina.graph.Normalization;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Pooling;
import dev.lamina.graph.Reduction;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.Softmax;
import dev.lamina.graph.Source;
import dev.lamina.graph.Update;
import dev.lamina.graph.Value;
import dev.lamina.graph.Window;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Layers of a random network. All are images of one shape, so that each can read every other. */
final class RandomLayers {
    /** Size from which on an image is scaled down before something reads it. */
    private static final double LARGE = 4;

    private final Random random;
    private final RandomSources sources;
    private final Shape shape;
    private final List<Value> images = new ArrayList<>();
    private final List<Value> statistics = new ArrayList<>();
    /** About how large the numbers of an image are. */
    private final Map<Value, Double> sizes = new HashMap<>();

    RandomLayers(Random random, RandomSources sources) {
        this.random = random;
        this.sources = sources;
        // Channels that vector code pads, fills exactly, or has less than.
        long[] channels = {1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17};
        Shape drawn = Shape.of(1 + random.nextInt(3), channels[random.nextInt(channels.length)], 1 + random.nextInt(7),
                1 + random.nextInt(7));
        // Batch normalisation needs two values a channel.
        shape = drawn.elements() == drawn.dim(1) ? drawn.with(0, 2) : drawn;
    }

    /** Adds the images that the others are computed of. */
    void start() {
        keep(sources.image("x", shape, false), 1);
        keep(sources.image("z", shape, false), 1);
        keep(sources.image("v", shape, true), 1);
    }

    private void keep(Value image, double size) {
        images.add(image);
        sizes.put(image, size);
    }

    Value last() {
        return images.getLast();
    }

    /** Statistics of batches that are to be outputs. */
    List<Value> statistics() {
        return statistics;
    }

    Value any() {
        return images.get(random.nextInt(images.size()));
    }

    /** The newest more often than the others. */
    private Value recent() {
        return random.nextInt(3) > 0 ? images.getLast() : any();
    }

    private long channels() {
        return shape.dim(1);
    }

    /** An image of moderate size. */
    private Value moderate(Value image) {
        double size = sizes.get(image);
        if (size <= LARGE) {
            return image;
        }
        Value smaller = image.times(1 / size);
        sizes.put(smaller, 1.0);
        return smaller;
    }

    /** Adds an image. */
    void grow() {
        Value a = moderate(recent());
        Value b = moderate(any());
        double size = sizes.get(a);
        switch (random.nextInt(26)) {
            case 0, 1, 2 -> keep(convolution(a), 1.5 * size + 1);
            case 3, 4 -> keep(norm(a), 3);
            case 5 -> keep(Normalization.batchNormInference(a, sources.scale(channels()), sources.any(channels()),
                    sources.any(channels()), Pointwise.square(sources.any(channels())).plus(0.5), 1e-3), 2 * size + 2);
            case 6, 7, 8 -> keep(a.plus(b), size + sizes.get(b));
            case 9, 10, 11 -> keep(Pointwise.relu(a), size);
            case 12 -> keep(a.times(b).times(0.5), 0.5 * size * sizes.get(b));
            case 13 -> keep(Pointwise.tanh(a).plus(1), 2);
            case 14 -> keep(Pooling.maxPool(a, Window.of(3).padding(1)), size);
            case 15 -> keep(random.nextBoolean() ? Pooling.avgPool(a, Window.of(3).padding(1))
                    : Pooling.avgPoolExcludingPad(a, Window.of(3).padding(1)), size);
            case 16 -> keep(linear(a), 1.5 * size + 1);
            case 17 -> keep(Softmax.softmax(a, random.nextInt(4)).plus(-0.5), 1);
            case 18 -> keep(Normalization.lrn(a, new Normalization.Lrn(1 + random.nextInt(5), 0.3, 0.75, 1, random.nextBoolean())), size);
            case 19 -> keep(joined(a, b), Math.max(size, sizes.get(b)));
            case 20 -> keep(cut(a), size);
            case 21 -> keep(gathered(a), size);
            case 22 -> keep(folded(a), 2 * size);
            case 23 -> keep(dev.lamina.graph.Random.dropout(a, 0.25), 1.4 * size);
            case 24 -> keep(turned(a), size);
            default -> keep(Shaping.stopGradient(a).plus(Shaping.reshape(sources.any(channels()), Shape.of(channels(), 1, 1))), size + 1);
        }
    }

    /** By a new filter, or one that is computed of a variable, in groups where channels allow it. */
    private Value convolution(Value a) {
        long groups = random.nextInt(4) > 0 ? 1 : random.nextBoolean() || channels() % 2 > 0 ? channels() : 2;
        long kernel = random.nextInt(3) > 0 ? 3 : 1;
        Window window = Window.of(kernel).padding(kernel / 2);
        if (kernel == 3 && random.nextInt(4) == 0) {
            window = window.dilation(2).padding(2);
        }
        Value drawn = sources.weight(channels() / groups * kernel * kernel, channels(), channels() / groups, kernel, kernel);
        Value filter = random.nextBoolean() ? drawn : Pointwise.tanh(drawn);
        return random.nextBoolean() ? Convolution.conv2d(a, filter, window, groups)
                : Convolution.conv2d(a, filter, sources.any(channels()), window, groups);
    }

    private Value norm(Value a) {
        Node node = Normalization.batchNormTraining(a, sources.scale(channels()), sources.any(channels()), 1e-2);
        switch (random.nextInt(3)) {
            case 0 -> statistics.add(node.output(1));
            case 1 -> Update.ema(sources.buffer(node.output(2), 0.5, 1), node.output(2), 0.9);
            default -> { }
        }
        return node.output(0);
    }

    private Value linear(Value a) {
        long width = shape.dim(2) * shape.dim(3);
        Value rows = Shaping.reshape(a, Shape.of(shape.dim(0) * channels(), width));
        Value y = random.nextBoolean() ? MatMul.linear(rows, sources.weight(width, width, width), sources.any(width))
                : MatMul.matmul(rows, sources.weight(width, width, width));
        return Shaping.reshape(random.nextBoolean() ? Pointwise.relu(y) : y, shape);
    }

    /** Two images side by side, of which a range as wide as one is kept. */
    private Value joined(Value a, Value b) {
        int axis = random.nextInt(4);
        long start = random.nextInt((int) shape.dim(axis) + 1);
        return Shaping.slice(Shaping.concat(axis, a, b), axis, start, start + shape.dim(axis));
    }

    /** A border instead of the last elements along an axis, or the reversed image. */
    private Value cut(Value a) {
        int axis = random.nextInt(4);
        if (shape.dim(axis) == 1) {
            return Shaping.reverse(a, axis);
        }
        List<Long> before = new ArrayList<>(List.of(0L, 0L, 0L, 0L));
        before.set(axis, 1L);
        return Shaping.pad(Shaping.slice(a, axis, 0, shape.dim(axis) - 1), before, List.of(0L, 0L, 0L, 0L), 0.5);
    }

    /** Positions along an axis in another order, some of them several times. */
    private Value gathered(Value a) {
        int axis = random.nextInt(4);
        int n = (int) shape.dim(axis);
        if (random.nextBoolean()) {
            return Shaping.gather(a, sources.labels("indices" + images.size(), n, n), axis);
        }
        int[] order = new int[n];
        for (int i = 0; i < n; i++) {
            order[i] = random.nextInt(2 * n) - n;
        }
        return Shaping.gather(a, Source.constant(sources.graph(), Tensor.of(order, n)), axis);
    }

    /** Less what it is folded to along some axes. */
    private Value folded(Value a) {
        int[] axes = switch (random.nextInt(4)) {
            case 0 -> new int[] {2, 3};
            case 1 -> new int[] {1};
            case 2 -> new int[] {0, 2, 3};
            default -> new int[] {3};
        };
        Reduction.Fold[] folds = {Reduction.Fold.MEAN, Reduction.Fold.MAX, Reduction.Fold.MIN};
        Value folded = random.nextInt(5) == 0 ? Pooling.globalAvgPool(a)
                : Reduction.reduce(folds[random.nextInt(folds.length)], a, true, axes);
        return a.minus(folded);
    }

    /** Something between two transpositions. */
    private Value turned(Value a) {
        Value turned = Shaping.transpose(a, 0, 2, 3, 1);
        Value changed = random.nextBoolean() ? Pointwise.sigmoid(turned) : turned.times(sources.scale(channels()));
        return Shaping.transpose(changed, 0, 3, 1, 2);
    }
}

package dev.lamina.inspect.learned;

import dev.lamina.backend.Executable;
import dev.lamina.graph.Graph;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Reduction;
import dev.lamina.graph.Softmax;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.Map;

/**
 * What a network says while a grey square covers a part of the image, place by place (Zeiler and Fergus 2013, section 4.2): where the
 * probability of the true class falls, the network looks. Immutable and thread-safe.
 *
 * @param size side of the square, in pixels
 * @param stride pixels between neighbouring places; places are whole squares within the image
 */
public record Occlusion(int size, int stride) {
    /** Side of the square on the paper's images. */
    public static final int SIZE = 32;
    /** Stride on the paper's images, of {@value #SIDE} pixels. */
    public static final int STRIDE = 8;
    private static final int SIDE = 224;
    private static final String PROBABILITIES = "probabilities";
    private static final String SUMS = "sums";

    /** Checks the numbers. */
    public Occlusion {
        if (size < 1 || stride < 1) {
            throw new IllegalArgumentException("occlusion: size = " + size + ", stride = " + stride + ", needs >= 1.");
        }
    }

    /**
     * What was found. Maps are row by row.
     *
     * @param rows places along the height
     * @param columns places along the width
     * @param label the class whose probability was watched
     * @param probability of that class at each place
     * @param whole of that class for the whole image
     * @param map number of the layer's feature map with the largest sum for the whole image; -1 without a layer
     * @param sums of that map's positive part at each place; empty without a layer
     * @param winners the winning class at each place, the lower at ties
     */
    public record Maps(int rows, int columns, int label, double[] probability, double whole, int map, double[] sums, int[] winners) {
    }

    /** Square and stride of the paper, brought to the size of the images: {@value #SIZE} and {@value #STRIDE} on 224 pixels. */
    public static Occlusion scaled(Shape image) {
        long side = Math.min(image.dim(1), image.dim(2));
        return new Occlusion(scaled(SIZE, side), scaled(STRIDE, side));
    }

    private static int scaled(int length, long side) {
        return (int) Math.max(1, Math.round((double) length * side / SIDE));
    }

    /**
     * Places of the square on images of a shape.
     *
     * @throws IllegalArgumentException if the square is larger than the image
     */
    public int places(Shape image) {
        return rows(image) * columns(image);
    }

    private int rows(Shape image) {
        return places(image, image.dim(1));
    }

    private int columns(Shape image) {
        return places(image, image.dim(2));
    }

    private int places(Shape image, long extent) {
        if (size > extent) {
            throw new IllegalArgumentException("occlusion: size " + size + " exceeds the image, " + image.dim(1) + " x " + image.dim(2)
                    + ". Give a smaller one.");
        }
        return (int) ((extent - size) / stride + 1);
    }

    /**
     * Covers an image place by place.
     *
     * @param layer whose strongest feature map is watched; null for none
     * @param image float32 {@code [C, H, W]}, 0 to 255
     * @param label the class to watch; -1 for the one that wins
     * @param batch images at a time
     */
    public Maps of(Loaded loaded, String layer, Tensor image, int label, int batch, InspectListener listener) {
        Shape shape = image.shape();
        int rows = rows(shape);
        int columns = columns(shape);
        int count = rows * columns;
        Sweep sweep = new Sweep(loaded, layer, count);
        sweep.whole(image, label);
        double[] grey = loaded.network().grey();
        for (int from = 0; from < count; from += batch) {
            int n = Math.min(batch, count - from);
            Tensor covered = Tensor.zeros(DType.FLOAT32, Shape.of(n, shape.dim(0), shape.dim(1), shape.dim(2)));
            for (int i = 0; i < n; i++) {
                Tensor one = covered.select(0, i).copyFrom(image);
                cover(one, (from + i) / columns * stride, (from + i) % columns * stride, grey);
            }
            sweep.run(covered, from);
            listener.onProgress("occlusion", from + n, count);
        }
        return new Maps(rows, columns, sweep.label, sweep.probability, sweep.whole, sweep.map, sweep.sums, sweep.winners);
    }

    private void cover(Tensor image, int top, int left, double[] grey) {
        for (int c = 0; c < grey.length; c++) {
            image.select(0, c).slice(0, top, top + size).slice(1, left, left + size).fill(grey[c]);
        }
    }

    /** One image's sweep, and what it has found so far. */
    private static final class Sweep {
        private final Loaded loaded;
        private final String layer;
        private final double[] probability;
        private final double[] sums;
        private final int[] winners;
        private int label;
        private int map = -1;
        private double whole;

        Sweep(Loaded loaded, String layer, int places) {
            this.loaded = loaded;
            this.layer = layer;
            probability = new double[places];
            sums = new double[layer == null ? 0 : places];
            winners = new int[places];
        }

        void whole(Tensor image, int wanted) {
            Executable done = forward(image.reshape(1, image.shape().dim(0), image.shape().dim(1), image.shape().dim(2)));
            double[] probabilities = done.read(PROBABILITIES).toDoubles();
            label = wanted >= 0 ? wanted : Activations.largest(probabilities);
            whole = probabilities[label];
            map = layer == null ? -1 : Activations.largest(done.read(SUMS).toDoubles());
        }

        void run(Tensor covered, int from) {
            Executable done = forward(covered);
            Tensor probabilities = done.read(PROBABILITIES);
            for (int i = 0; i < covered.shape().dim(0); i++) {
                probability[from + i] = probabilities.get(i, label);
                winners[from + i] = Activations.largest(probabilities.select(0, i).toDoubles());
            }
            if (layer != null) {
                Tensor of = done.read(SUMS);
                for (int i = 0; i < covered.shape().dim(0); i++) {
                    sums[from + i] = of.get(i, map);
                }
            }
        }

        private Executable forward(Tensor pixels) {
            long n = pixels.shape().dim(0);
            return loaded.run("occlusion " + n + " " + layer, () -> graph(loaded.network(), layer, n),
                    Map.of(LearnedGraph.PIXELS, pixels));
        }

        private static Graph graph(Learned network, String layer, long batch) {
            LearnedGraph graph = new LearnedGraph(network, batch);
            if (layer != null) {
                network.layers().find("occlusion", layer);
                Value maps = Pointwise.cast(graph.values().get(layer), DType.FLOAT32);
                graph.builder().output(SUMS, Reduction.sum(Pointwise.relu(maps), 2, 3));
            }
            return graph.builder().output(PROBABILITIES, Softmax.softmax(Pointwise.cast(graph.logits(), DType.FLOAT32), 1)).build();
        }
    }
}

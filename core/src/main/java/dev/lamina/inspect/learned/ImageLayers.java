package dev.lamina.inspect.learned;

import dev.lamina.graph.Graph;
import dev.lamina.graph.Node;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.Summary;
import dev.lamina.graph.Summary.Field;
import dev.lamina.graph.Value;
import dev.lamina.tensor.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The layers of a network whose results are maps {@code [N, K, P, Q]}: convolutions, poolings, and the nodes between them. Immutable and
 * thread-safe.
 */
public final class ImageLayers {
    private static final List<String> VGG_16 = List.of("conv1_1", "conv3_2", "conv5_3");
    private static final String CONVOLUTION = "conv2d";

    private final Learned network;
    private final Map<String, ImageLayer> layers;

    private ImageLayers(Learned network, Map<String, ImageLayer> layers) {
        this.network = network;
        this.layers = layers;
    }

    static ImageLayers of(Learned network) {
        LearnedGraph graph = new LearnedGraph(network, 1);
        Graph built = graph.builder().output("logits", graph.logits()).build();
        Map<Value, Field> rows = Summary.fields(built, false);
        Map<Value, Field> columns = Summary.fields(built, true);
        Map<String, ImageLayer> layers = new LinkedHashMap<>();
        Shape input = network.model().inputShape();
        for (Node node : graph.nodes()) {
            Value value = node.output(0);
            Shape shape = value.shape();
            if (shape.rank() == 4 && shape.dim(0) == 1 && value.dtype().isFloating() && !(node.op() instanceof Shaping.Transpose)) {
                layers.put(node.name(), new ImageLayer(node.name(), node.op().name(), Math.toIntExact(shape.dim(1)),
                        Math.toIntExact(shape.dim(2)), Math.toIntExact(shape.dim(3)), Math.toIntExact(input.dim(1)),
                        Math.toIntExact(input.dim(2)), rows.getOrDefault(value, Field.ALL), columns.getOrDefault(value, Field.ALL)));
            }
        }
        return new ImageLayers(network, layers);
    }

    /** All of them, in order of computation. */
    public List<ImageLayer> all() {
        return List.copyOf(layers.values());
    }

    /** The convolutions and poolings among them. */
    public List<ImageLayer> named() {
        return layers.values().stream().filter(l -> List.of(CONVOLUTION, "maxPool", "avgPool").contains(l.op())).toList();
    }

    /**
     * The layer of a name.
     *
     * @param tool who asks, for the message
     * @throws IllegalArgumentException if there is none; the message lists convolutions and poolings
     */
    public ImageLayer find(String tool, String name) {
        ImageLayer layer = layers.get(name);
        if (layer == null) {
            List<String> known = named().stream().map(ImageLayer::name).toList();
            throw new IllegalArgumentException(tool + ": layer \"" + name + "\" unknown; " + (known.isEmpty() ? "model \""
                    + network.model().name() + "\" has no image layers." : "image layers are " + String.join(", ", known) + "."));
        }
        return layer;
    }

    /**
     * The layers to look at unless told otherwise: {@code conv1_1}, {@code conv3_2} and {@code conv5_3} where they are, as in VGG-16; else
     * the first, the middle and the last convolution; none where there is no convolution.
     */
    public List<ImageLayer> defaults() {
        if (layers.keySet().containsAll(VGG_16)) {
            return VGG_16.stream().map(layers::get).toList();
        }
        List<ImageLayer> convolutions = layers.values().stream().filter(l -> l.op().equals(CONVOLUTION)).toList();
        int n = convolutions.size();
        List<ImageLayer> chosen = new ArrayList<>();
        for (int at : new int[] {0, (n - 1) / 2, n - 1}) {
            if (n > 0 && !chosen.contains(convolutions.get(at))) {
                chosen.add(convolutions.get(at));
            }
        }
        return chosen;
    }
}

package dev.lamina.inspect.learned;

import dev.lamina.backend.Executable;
import dev.lamina.graph.Graph;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Softmax;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What layers give for images. Immutable.
 *
 * @param maps float32 {@code [N, K, P, Q]} by layer
 * @param probabilities float32 {@code [N, classes]}
 */
public record Activations(Map<String, Tensor> maps, Tensor probabilities) {
    private static final String PROBABILITIES = "probabilities";
    private static final String MAPS = "maps/";

    /**
     * Runs images.
     *
     * @param layers names of layers of maps
     * @param pixels {@code [N, C, H, W]}, 0 to 255
     * @throws IllegalArgumentException if there is no such layer
     */
    public static Activations of(Loaded loaded, List<String> layers, Tensor pixels) {
        Learned network = loaded.network();
        layers.forEach(name -> network.layers().find("activations", name));
        long n = pixels.shape().dim(0);
        Executable done = loaded.run("activations " + n + " " + layers, () -> graph(network, layers, n),
                Map.of(LearnedGraph.PIXELS, pixels));
        Map<String, Tensor> maps = new LinkedHashMap<>();
        layers.forEach(name -> maps.put(name, done.read(MAPS + name)));
        return new Activations(maps, done.read(PROBABILITIES));
    }

    private static Graph graph(Learned network, List<String> layers, long batch) {
        LearnedGraph graph = new LearnedGraph(network, batch);
        for (String name : layers) {
            graph.builder().output(MAPS + name, Pointwise.cast(graph.values().get(name), DType.FLOAT32));
        }
        return graph.builder().output(PROBABILITIES, Softmax.softmax(Pointwise.cast(graph.logits(), DType.FLOAT32), 1)).build();
    }

    /** The class with the largest probability of an image, the lower at ties. */
    public int winner(int image) {
        return largest(probabilities.select(0, image).toDoubles());
    }

    /** The strongest unit of a layer for an image, the first in map, row and column at ties. */
    public Unit strongest(String layer, int image) {
        Tensor all = maps.get(layer).select(0, image);
        double[] values = all.toDoubles();
        int plane = Math.toIntExact(all.shape().dim(1) * all.shape().dim(2));
        int width = Math.toIntExact(all.shape().dim(2));
        int at = largest(values);
        return new Unit(at / plane, at % plane / width, at % width, values[at]);
    }

    static int largest(double[] values) {
        int best = 0;
        for (int i = 1; i < values.length; i++) {
            best = values[i] > values[best] ? i : best;
        }
        return best;
    }
}

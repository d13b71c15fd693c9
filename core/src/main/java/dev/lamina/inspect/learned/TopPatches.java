package dev.lamina.inspect.learned;

import dev.lamina.backend.Executable;
import dev.lamina.data.Dataset;
import dev.lamina.graph.Graph;
import dev.lamina.graph.Node;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Pooling;
import dev.lamina.graph.Value;
import dev.lamina.graph.Window;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Per feature map the images of a data set to which one of its units answers most: at most one unit an image, the first in row and column
 * at ties, and the image with the lower index at ties. One pass over the data; each map's maximum and its place are found on the backend,
 * by max pooling over the whole map. Stateless.
 */
public final class TopPatches {
    /** Units of a map unless told otherwise. */
    public static final int COUNT = 9;
    private static final String VALUES = "values/";
    private static final String PLACES = "places/";

    private TopPatches() { }

    /**
     * A unit that is among the strongest of its map.
     *
     * @param image index in the data set
     * @param unit which one, and its value
     */
    public record Top(int image, Unit unit) {
    }

    /**
     * Looks at every sample.
     *
     * @param data images of the model's shape
     * @param layers names of layers of maps
     * @param count units a map, at least 1
     * @param batch images at a time
     * @return by layer, for each map its units from the strongest on
     * @throws IllegalArgumentException if there is no such layer, the images are others, or an activation is not finite
     */
    public static Map<String, List<List<Top>>> of(Loaded loaded, Dataset data, List<String> layers, int count, int batch,
            InspectListener listener) {
        Learned network = loaded.network();
        if (count < 1 || batch < 1) {
            throw new IllegalArgumentException("top patches: count = " + count + ", batch = " + batch + ", needs >= 1.");
        }
        Shape shape = network.model().inputShape();
        if (!data.sampleShape().equals(shape) || data.sampleType() != DType.UINT8) {
            throw new IllegalArgumentException("top patches: data \"" + data.name() + "\" holds " + data.sampleType() + " "
                    + data.sampleShape() + ", model \"" + network.model().name() + "\" takes uint8 " + shape + ".");
        }
        ImageLayers known = network.layers();
        List<ImageLayer> looked = layers.stream().map(name -> known.find("top patches", name)).toList();
        Map<String, List<List<Top>>> found = new LinkedHashMap<>();
        looked.forEach(layer -> found.put(layer.name(), Stream.generate(() -> (List<Top>) new ArrayList<Top>()).limit(layer.maps())
                .toList()));
        Tensor sample = Tensor.zeros(DType.UINT8, shape);
        for (int from = 0; from < data.size(); from += batch) {
            int first = from;
            int n = Math.min(batch, data.size() - from);
            Tensor pixels = Tensor.zeros(DType.FLOAT32, Shape.of(n, shape.dim(0), shape.dim(1), shape.dim(2)));
            for (int i = 0; i < n; i++) {
                data.read(from + i, sample);
                pixels.select(0, i).copyFrom(sample.cast(DType.FLOAT32));
            }
            Executable done = loaded.run("patches " + n + " " + layers, () -> graph(network, layers, n),
                    Map.of(LearnedGraph.PIXELS, pixels));
            looked.forEach(layer -> take(layer, done, first, n, found.get(layer.name()), count));
            listener.onProgress("top patches", from + n, data.size());
        }
        found.replaceAll((_, lists) -> lists.stream().map(Collections::unmodifiableList).toList());
        return found;
    }

    private static Graph graph(Learned network, List<String> layers, long batch) {
        LearnedGraph graph = new LearnedGraph(network, batch);
        for (String name : layers) {
            Value maps = Pointwise.cast(graph.values().get(name), DType.FLOAT32);
            Node strongest = Pooling.maxPoolWithIndices(maps, Window.of(maps.shape().dim(2), maps.shape().dim(3)));
            graph.builder().output(VALUES + name, strongest.output(0)).output(PLACES + name, strongest.output(1));
        }
        return graph.builder().build();
    }

    private static void take(ImageLayer layer, Executable done, int from, int n, List<List<Top>> lists, int count) {
        double[] values = done.read(VALUES + layer.name()).toDoubles();
        long[] places = done.read(PLACES + layer.name()).toLongs();
        for (int i = 0; i < n; i++) {
            for (int k = 0; k < layer.maps(); k++) {
                double value = values[i * layer.maps() + k];
                int place = (int) places[i * layer.maps() + k];
                if (!Double.isFinite(value)) {
                    throw new IllegalArgumentException("top patches: layer \"" + layer.name() + "\" gives " + value + " in map " + k
                            + " of image " + (from + i) + " (must be finite). Are the weights those of a training that diverged?");
                }
                insert(lists.get(k), new Top(from + i, new Unit(k, place / layer.width(), place % layer.width(), value)), count);
            }
        }
    }

    /** Images come by index, so an equal value goes behind those that are there. */
    private static void insert(List<Top> list, Top top, int count) {
        int at = list.size();
        while (at > 0 && list.get(at - 1).unit().value() < top.unit().value()) {
            at--;
        }
        if (at < count) {
            list.add(at, top);
            if (list.size() > count) {
                list.removeLast();
            }
        }
    }
}

package dev.lamina.parity;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lamina.backend.Backend;
import dev.lamina.data.ChannelStatistics;
import dev.lamina.data.Dataset;
import dev.lamina.data.InMemoryDataset;
import dev.lamina.graph.Normalization;
import dev.lamina.graph.Pointwise.ReluRule;
import dev.lamina.graph.Window;
import dev.lamina.inspect.learned.InspectListener;
import dev.lamina.inspect.learned.Learned;
import dev.lamina.inspect.learned.Loaded;
import dev.lamina.inspect.learned.Occlusion;
import dev.lamina.inspect.learned.Signals;
import dev.lamina.inspect.learned.TopPatches;
import dev.lamina.nn.Layers;
import dev.lamina.nn.Model;
import dev.lamina.nn.Sequential;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Philox;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * What inspection finds on a backend and on the reference. Weights and pixels are small whole numbers, so that all sums are exact in
 * float32 and everything must be equal, winners and ties too.
 */
public final class InspectParity {
    private static final Shape INPUT = Shape.of(3, 13, 11);
    private static final int IMAGES = 14;
    private static final List<String> LAYERS = List.of("conv1", "pool1", "conv2");

    private final Backend reference;
    private final Backend tested;

    /** Compares a backend with the reference. */
    public InspectParity(Backend reference, Backend tested) {
        this.reference = reference;
        this.tested = tested;
    }

    /** Pools overlap; the response normalisation divides by 1. */
    private static Learned network() {
        Model model = new Model("whole numbers", INPUT, 4, Sequential.of(
                Layers.conv2d("conv1", 5, Window.of(3).padding(1)), Layers.relu(),
                Layers.lrn("lrn1", new Normalization.Lrn(5, 0, 0.75, 1, false)),
                Layers.maxPool("pool1", Window.of(3).stride(2)),
                Layers.conv2d("conv2", 7, Window.of(3).padding(1)), Layers.relu(),
                Layers.maxPool("pool2", Window.of(2).stride(2)), Layers.flatten(), Layers.linear("fc", 4)));
        Map<String, Tensor> weights = new HashMap<>();
        model.parameters().entries().forEach(e -> {
            Philox.Stream random = new Philox.Stream(17, 0, e.ordinal());
            double[] values = new double[Math.toIntExact(e.type().elements())];
            for (int i = 0; i < values.length; i++) {
                values[i] = random.nextInt(5) - 2;
            }
            weights.put(e.name(), Tensor.of(DType.FLOAT32, values, e.type().shape().toArray()));
        });
        return new Learned(model, ChannelStatistics.raw(3), weights);
    }

    private static Tensor drawn() {
        Philox.Stream random = new Philox.Stream(18, 0, 0);
        byte[] pixels = new byte[Math.toIntExact(IMAGES * INPUT.elements())];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) random.nextInt(16);
        }
        int size = Math.toIntExact(INPUT.elements());
        System.arraycopy(pixels, size, pixels, 5 * size, size);
        System.arraycopy(pixels, 2 * size, pixels, 4 * size, size);
        return Tensor.ofBytes(pixels, IMAGES, INPUT.dim(0), INPUT.dim(1), INPUT.dim(2));
    }

    private <T> List<T> both(Function<Loaded, T> look) {
        try (Loaded expected = new Loaded(reference, network()); Loaded actual = new Loaded(tested, network())) {
            return List.of(look.apply(expected), look.apply(actual));
        }
    }

    /** The strongest units of every map, with their values. */
    public void findsTheSamePatches() {
        Dataset data = new InMemoryDataset("drawn", drawn(), Tensor.of(new int[IMAGES]), List.of("a", "b", "c", "d"));
        var found = both(loaded -> TopPatches.of(loaded, data, LAYERS, 9, 6, InspectListener.NONE));
        assertEquals(found.getFirst(), found.getLast());
        assertEquals(9, found.getLast().get("conv2").getLast().size());
    }

    /** Signals of logits and of the deepest layer under each rule. */
    public void sendsTheSameSignals() {
        Tensor pixels = drawn().slice(0, 0, 3).contiguous().cast(DType.FLOAT32);
        for (ReluRule rule : ReluRule.values()) {
            List<double[]> logits = both(loaded -> Signals.ofLogits(loaded, rule, pixels, List.of(0, 1, 3)).toDoubles());
            assertArrayEquals(logits.getFirst(), logits.getLast(), rule + " of logits");
            Tensor seed = Tensor.zeros(DType.FLOAT32, Shape.of(3, 7, 6, 5));
            for (int i = 0; i < 3; i++) {
                seed.set(1 - i, i, i, 2 + i, 3);
            }
            List<double[]> units = both(loaded -> Signals.of(loaded, "conv2", rule, pixels, seed).toDoubles());
            assertArrayEquals(units.getFirst(), units.getLast(), rule + " of units");
        }
    }

    /** Winners and sums are equal; probabilities to float32. */
    public void findsTheSameUnderASquare() {
        Tensor image = drawn().select(0, 0).contiguous().cast(DType.FLOAT32);
        var found = both(loaded -> new Occlusion(4, 3).of(loaded, "conv2", image, 2, 5, InspectListener.NONE));
        assertArrayEquals(found.getFirst().winners(), found.getLast().winners());
        assertArrayEquals(found.getFirst().sums(), found.getLast().sums());
        assertArrayEquals(found.getFirst().probability(), found.getLast().probability(), 1e-6);
        assertEquals(found.getFirst().map(), found.getLast().map());
    }
}

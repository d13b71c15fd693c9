package dev.lamina.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.data.ChannelStatistics;
import dev.lamina.features.CnnFeatures;
import dev.lamina.features.Fitted;
import dev.lamina.graph.Normalization;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.Value;
import dev.lamina.graph.Window;
import dev.lamina.io.Safetensors;
import dev.lamina.nn.ConvOptions;
import dev.lamina.nn.Layer;
import dev.lamina.nn.Layers;
import dev.lamina.nn.Model;
import dev.lamina.nn.Parameters;
import dev.lamina.nn.Sequential;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Forms of one network that must compute the same, in float64 on the reference. */
class ModelValuesTest {
    private static final Backend REFERENCE = Backends.open("reference");
    private static final ModelOptions NONE = ModelOptions.defaults();

    @AfterAll
    static void close() {
        REFERENCE.close();
    }

    private static double[] logits(Model model, Map<String, Tensor> weights, Tensor images) {
        return ModelRun.logits(REFERENCE, DType.FLOAT64, model, weights, images);
    }

    private static void near(double[] expected, double[] actual) {
        double scale = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
        assertTrue(scale > 0);
        assertArrayEquals(expected, actual, 1e-12 * scale);
    }

    @Test
    void fullyConvolutionalVggEqualsTheOtherAt224() {
        ModelOptions narrow = NONE.width(0.03);
        Model linear = Models.create("vgg11", Shape.of(3, 224, 224), 10, narrow);
        Model dense = Models.create("vgg11", Shape.of(3, 224, 224), 10, narrow.with("head", "convolution"));
        Map<String, Tensor> weights = ModelRun.weights(linear, 1);
        Parameters types = dense.parameters();
        Map<String, Tensor> filters = new HashMap<>();
        weights.forEach((name, tensor) -> filters.put(name, tensor.reshape(types.type(name).shape().toArray())));
        Tensor image = ModelRun.images(linear, 1);
        near(logits(linear, weights, image), logits(dense, filters, image));
    }

    /** A network of alexnet's grouped layers, and one whose halves are layers of their own. */
    @ParameterizedTest
    @ValueSource(longs = {2, 3})
    void groupsAreComputedApart(long groups) {
        Window window = Window.of(3).padding(1);
        Model whole = new Model("whole", Shape.of(6, 9, 7), 12 * 63, Sequential.of(
                Layers.conv2d("conv", 12, window, ConvOptions.defaults().groups(groups)), Layers.flatten()));
        Layer apart = (context, x) -> {
            Value[] parts = new Value[(int) groups];
            for (int g = 0; g < groups; g++) {
                Value half = Shaping.slice(x, 1, g * 6 / groups, (g + 1) * 6 / groups);
                parts[g] = Layers.conv2d("conv" + g, 12 / groups, window).apply(context, half);
            }
            return Shaping.flatten(Shaping.concat(1, parts));
        };
        Map<String, Tensor> weights = ModelRun.weights(whole, 2);
        Map<String, Tensor> halves = new HashMap<>();
        for (int g = 0; g < groups; g++) {
            for (String kind : new String[] {".weight", ".bias"}) {
                halves.put("conv" + g + kind, weights.get("conv" + kind).slice(0, g * 12 / groups, (g + 1) * 12 / groups).contiguous());
            }
        }
        Tensor images = ModelRun.images(whole, 2);
        near(logits(whole, weights, images), logits(new Model("apart", whole.inputShape(), whole.classes(), apart), halves, images));
    }

    @Test
    void responsesOfATowerAreThoseOfItsMapsAlone() {
        Model towers = alexNet("tower");
        Model all = alexNet("all");
        Map<String, Tensor> weights = new LinkedHashMap<>(ModelRun.weights(towers, 3));
        // α is small: large responses make normalisation matter.
        weights.replaceAll((name, tensor) -> name.startsWith("conv1") ? scaled(tensor, 1000) : tensor);
        Tensor image = ModelRun.images(towers, 2);
        Normalization.Lrn paper = new Normalization.Lrn(5, 1e-4, 0.75, 2, false);
        Layer halves = (context, maps) -> {
            long half = maps.shape().dim(1) / 2;
            return Shaping.concat(1, Normalization.lrn(Shaping.slice(maps, 1, 0, half), paper),
                    Normalization.lrn(Shaping.slice(maps, 1, half, 2 * half), paper));
        };
        Model byHand = new Model("halves", towers.inputShape(), 10, byHand(halves));
        double[] expected = logits(byHand, weights, image);
        near(expected, logits(towers, weights, image));
        double[] across = logits(all, weights, image);
        double apartBy = 0;
        for (int i = 0; i < across.length; i++) {
            apartBy = Math.max(apartBy, Math.abs(across[i] - expected[i]) / Math.abs(expected[i]));
        }
        assertTrue(apartBy > 1e-6, "apart by " + apartBy);
    }

    private static Tensor scaled(Tensor tensor, double factor) {
        double[] values = tensor.toDoubles();
        for (int i = 0; i < values.length; i++) {
            values[i] *= factor;
        }
        return Tensor.of(tensor.dtype(), values, tensor.shape().toArray());
    }

    private static Model alexNet(String lrn) {
        return Models.create("alexnet", Shape.of(3, 67, 67), 10, NONE.width(0.08).with("lrn", lrn));
    }

    /** The narrow alexnet with another normalisation. */
    private static Layer byHand(Layer normalisation) {
        Window pool = Window.of(3).stride(2);
        Window same = Window.of(3).padding(1);
        ConvOptions two = ConvOptions.defaults().groups(2);
        return Sequential.of(Layers.conv2d("conv1", 8, Window.of(11).stride(4)), Layers.relu(), normalisation, Layers.maxPool(pool),
                Layers.conv2d("conv2", 20, Window.of(5).padding(2), two), Layers.relu(), normalisation, Layers.maxPool(pool),
                Layers.conv2d("conv3", 30, same), Layers.relu(), Layers.conv2d("conv4", 30, same, two), Layers.relu(),
                Layers.conv2d("conv5", 20, same, two), Layers.relu(), Layers.maxPool(pool), Layers.flatten(),
                Layers.linear("fc6", 328), Layers.relu(), Layers.linear("fc7", 328), Layers.relu(), Layers.linear("fc8", 10));
    }

    @ParameterizedTest
    @ValueSource(strings = {"alexnet-single", "vgg11-bn", "resnet18", "squeezenet1.1", "mobilenetv2"})
    void networksLoadedFromTorchvisionsFilesComputeTheSame(String name, @TempDir Path folder) throws IOException {
        Model model = Models.create(name, Models.info(name).smallInput(), 10, NONE.width(0.05));
        Map<String, Tensor> weights = ModelRun.weights(model, 4);
        Map<String, Tensor> theirs = new HashMap<>();
        TorchvisionNames.of(model).forEach((ours, other) -> theirs.put(other, weights.get(ours)));
        Path file = folder.resolve("weights.safetensors");
        Safetensors.write(file, theirs, Map.of());
        Tensor images = ModelRun.images(model, 1);
        assertArrayEquals(logits(model, weights, images), logits(model, TorchvisionNames.load(file, model), images));
    }

    @Test
    void lastGammasOfZeroLetOnlyShortcutsThrough() {
        ModelOptions narrow = NONE.width(0.25).with("lastGamma", "0");
        Model deep = Models.create("resnet32", Shape.of(3, 16, 16), 10, narrow);
        Model shallow = Models.create("resnet20", Shape.of(3, 16, 16), 10, narrow);
        Map<String, Tensor> weights = ModelRun.weights(deep, 5);
        Map<String, Tensor> fewer = new HashMap<>(weights);
        fewer.keySet().retainAll(shallow.parameters().names());
        Tensor images = ModelRun.images(deep, 2);
        near(logits(deep, weights, images), logits(shallow, fewer, images));
    }

    /** A file of features tells how to make the network again. */
    @Test
    void cutNetworksAreSavedWithTheirOptions(@TempDir Path folder) throws IOException {
        ChannelStatistics plain = new ChannelStatistics(List.of(0.0, 0.0, 0.0), List.of(1.0, 1.0, 1.0));
        for (Model model : List.of(Models.create("resnet20", Shape.of(3, 16, 16), 10, NONE.width(0.25).with("shortcut", "B")),
                Models.mlp(Shape.of(3, 16, 16), 10, "tanh", 5, 6))) {
            Path file = folder.resolve(model.name());
            CnnFeatures cut = new CnnFeatures(model, CnnFeatures.LAST_HIDDEN, plain, ModelRun.weights(model, 6));
            cut.restore(model.inputShape(), Map.of()).save(file);
            Fitted again = Fitted.load(file);
            assertEquals(cut.options(), again.featurizer().options());
            assertEquals(model.options(), ((CnnFeatures) again.featurizer()).model().options());
        }
    }

    @Test
    void relu6ClipsAtSix() {
        Layer layer = Sequential.of(Layers.relu6(), Layers.flatten());
        Model model = new Model("six", Shape.of(1, 1, 4), 4, layer);
        assertArrayEquals(new double[] {0, 0.5, 6, 6},
                logits(model, Map.of(), Tensor.of(new float[] {-1, 0.5F, 6, 7}, 1, 1, 1, 4)));
    }
}

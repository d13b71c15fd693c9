package dev.lamina.inspect.learned;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lamina.data.ChannelStatistics;
import dev.lamina.graph.Window;
import dev.lamina.models.Models;
import dev.lamina.nn.ConvOptions;
import dev.lamina.nn.Initializer;
import dev.lamina.nn.Layers;
import dev.lamina.nn.Model;
import dev.lamina.nn.Sequential;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LearnedTest {
    private static List<String> defaults(String model, Shape input) {
        Model made = Models.create(model, input, 10);
        return new Learned(made, ChannelStatistics.raw(3), made.parameters().initialValues(1)).layers().defaults().stream()
                .map(ImageLayer::name).toList();
    }

    @Test
    void defaultLayersAreThoseOfThePaperElseFirstMiddleAndLast() {
        assertEquals(List.of("conv1_1", "conv3_2", "conv5_3"), defaults("vgg16", Shape.of(3, 32, 32)));
        assertEquals(List.of("conv1", "conv2"), defaults("lenet", Shape.of(3, 32, 32)));
        assertEquals(List.of("conv1", "layer2.2.conv1", "layer3.3.conv2"), defaults("resnet20", Shape.of(3, 32, 32)));
        assertEquals(List.of(), defaults("linear", Shape.of(3, 8, 8)));
    }

    @Test
    void randomWeightsAreOfTheSeedButNotThoseThatARunOfItStartedFrom() {
        Model made = Models.create("lenet", Shape.of(3, 32, 32), 10);
        Learned network = new Learned(made, ChannelStatistics.raw(3), made.parameters().initialValues(1));
        float[] random = network.reinitialised(1).weights().get("conv1.weight").toFloats();
        assertArrayEquals(random, network.reinitialised(1).weights().get("conv1.weight").toFloats());
        assertFalse(Arrays.equals(random, made.parameters().initial("conv1.weight", 1).toFloats()));
        assertFalse(Arrays.equals(random, network.reinitialised(2).weights().get("conv1.weight").toFloats()));
        double bound = 1 / Math.sqrt(75);
        for (float w : random) {
            assertEquals(0, w, bound);
        }
    }

    /** As out of a file: all weights are given. */
    @Test
    void givenWeightsAreDrawnAnewByWhatReadsThem() {
        Tensor filters = Tensor.full(DType.FLOAT32, Shape.of(64, 3, 3, 3), 5);
        ConvOptions given = ConvOptions.defaults().init(Initializer.given(filters), Initializer.given(Tensor.full(DType.FLOAT32,
                Shape.of(64), 5)));
        Tensor matrix = Tensor.full(DType.FLOAT32, Shape.of(50, 64), 5);
        Learned network = Small.network(Shape.of(3, 3, 3), 50, Sequential.of(Layers.conv2d("conv", 64, Window.of(3), given),
                Layers.batchNorm2d("bn", Initializer.given(Tensor.full(DType.FLOAT32, Shape.of(64), 5))), Layers.flatten(),
                Layers.linear("fc", 50, true, Initializer.given(matrix), Initializer.given(Tensor.full(DType.FLOAT32, Shape.of(50), 5)))),
                Map.of());
        Map<String, Tensor> random = network.reinitialised(3).weights();
        assertEquals(Math.sqrt(2.0 / 27), deviation(random.get("conv.weight")), 0.02);
        assertEquals(Math.sqrt(2.0 / 64), deviation(random.get("fc.weight")), 0.01);
        assertArrayEquals(new double[64], random.get("conv.bias").toDoubles());
        assertArrayEquals(new double[50], random.get("fc.bias").toDoubles());
        assertEquals(1, random.get("bn.weight").get(0));
        assertFalse(Arrays.equals(random.get("conv.weight").toFloats(), network.reinitialised(4).weights().get("conv.weight")
                .toFloats()));
    }

    private static double deviation(Tensor tensor) {
        double sum = 0;
        for (double v : tensor.toDoubles()) {
            sum += v * v;
        }
        return Math.sqrt(sum / tensor.elements());
    }

    @Test
    void weightsOfAnotherModelAndVectorsAreRefused() {
        Model made = Models.create("lenet", Shape.of(3, 32, 32), 10);
        assertEquals("inspect: weight \"conv1.weight\" is missing, model \"lenet\" needs float32 [6, 3, 5, 5]. Is this another model?",
                assertThrows(IllegalArgumentException.class, () -> new Learned(made, ChannelStatistics.raw(3), Map.of())).getMessage());
        assertEquals("inspect: model \"lenet\" takes [3, 32, 32], the channel statistics are of 0 channels; needs images [C, H, W] with as "
                + "many.", assertThrows(IllegalArgumentException.class, () -> new Learned(made, ChannelStatistics.none(),
                        made.parameters().initialValues(1))).getMessage());
    }

    @Test
    void greyIsTheMeanOfTheDataOrMidGrey() {
        Model made = Models.create("linear", Shape.of(1, 2, 2), 2);
        Map<String, Tensor> weights = made.parameters().initialValues(1);
        assertArrayEquals(new double[] {51}, new Learned(made, new ChannelStatistics(List.of(0.2), List.of(1.0)), weights).grey());
        assertArrayEquals(new double[] {128}, new Learned(made, ChannelStatistics.raw(1), weights).grey());
        assertArrayEquals(new float[] {-0.4f, 1.6f, 0, 0}, new Learned(made, new ChannelStatistics(List.of(0.2), List.of(0.5)), weights)
                .normalised(Tensor.of(new float[] {0, 255, 51, 51}, 1, 1, 2, 2)).toFloats(), 1e-6f);
    }
}

package dev.lamina.models;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lamina.graph.Summary;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Numbers of parameters and multiply-accumulates: the specification's, torchvision's published ones, and some by hand. */
class ModelCountsTest {
    private static long parameters(String name, ModelOptions options) {
        return Shapes.published(name, options).parameters().trainableElements();
    }

    /** The second figure is torchvision's in billions, to three decimals; 0 where it has none. */
    @ParameterizedTest
    @CsvSource({"alexnet, 60965224, 0.724", "alexnet-single, 61100840, 0.714", "vgg11, 132863336, 7.609", "vgg13, 133047848, 11.308",
        "vgg16, 138357544, 15.470", "vgg19, 143667240, 19.632", "vgg11-bn, 132868840, 7.609", "vgg13-bn, 133053736, 11.308",
        "vgg16-bn, 138365992, 15.470", "vgg19-bn, 143678248, 19.632", "resnet18, 11689512, 1.814", "resnet34, 21797672, 3.664",
        "resnet50, 25557032, 4.089", "squeezenet1.1, 1235496, 0.349", "mobilenetv2, 3504872, 0.301", "resnet20, 269722, 0.041"})
    void published(String name, long parameters, double macs) {
        Summary summary = Shapes.of(name).summary();
        assertEquals(parameters, summary.trainableParameters());
        assertEquals(macs, summary.macsPerSample() / 1e9, 0.0005);
    }

    @Test
    void exactMacsOfTheSpecification() {
        assertEquals(724_406_816L, Shapes.of("alexnet").summary().macsPerSample());
        assertEquals(15_470_264_320L, Shapes.of("vgg16").summary().macsPerSample());
        assertEquals(4_089_184_256L, Shapes.of("resnet50").summary().macsPerSample());
        assertEquals(40_550_000, Shapes.of("resnet20").summary().macsPerSample(), 5_000);
    }

    @Test
    void options() {
        ModelOptions none = ModelOptions.defaults();
        assertEquals(62_378_344, parameters("alexnet", none.with("groups", "1")));
        assertEquals(60_965_224, parameters("alexnet", none.with("normalisation", "none")));
        // Each of the 1,376 filters has γ and β for its bias.
        assertEquals(60_965_224 + 96 + 256 + 384 + 384 + 256, parameters("alexnet", none.with("normalisation", "batch")));
        assertEquals(272_474, parameters("resnet20", none.with("shortcut", "B")));
        assertEquals(138_357_544, parameters("vgg16", none.with("head", "convolution")));
        assertEquals(25_557_032, parameters("resnet50", none.with("stride", "1x1")));
        // The first 1x1 of three blocks computes a quarter of its places, each 256 x 128 x 56 x 56 at stride 1.
        assertEquals(4_089_184_256L - 3L * 256 * 128 * (56 * 56 - 28 * 28),
                Shapes.of("resnet50", none.with("stride", "1x1")).summary().macsPerSample());
    }

    @ParameterizedTest
    @CsvSource({"resnet20, 3", "resnet32, 5", "resnet56, 9"})
    void smallResNetsByHand(String name, long blocks) {
        long sum = 3 * 16 * 9 + 2 * 16 + 64 * 10 + 10;
        long before = 16;
        for (long maps = 16; maps <= 64; maps *= 2) {
            sum += before * maps * 9 + (2 * blocks - 1) * maps * maps * 9 + 2 * blocks * 2 * maps;
            before = maps;
        }
        assertEquals(sum, parameters(name, ModelOptions.defaults()));
    }

    @Test
    void networkInNetworkByHand() {
        long cifar = 192 * (75 + 1) + 160 * (192 + 1) + 96 * (160 + 1) + 192 * (96 * 25 + 1) + 2 * 192 * (192 + 1)
                + 192 * (192 * 9 + 1) + 192 * (192 + 1) + 10 * (192 + 1);
        assertEquals(966_986, cifar);
        assertEquals(cifar, parameters("nin", ModelOptions.defaults()));
        long large = 96 * (363 + 1) + 2 * 96 * (96 + 1) + 256 * (96 * 25 + 1) + 2 * 256 * (256 + 1) + 384 * (256 * 9 + 1)
                + 2 * 384 * (384 + 1) + 1024 * (384 * 9 + 1) + 1024 * (1024 + 1) + 1000 * (1024 + 1);
        assertEquals(large, parameters("nin-imagenet", ModelOptions.defaults()));
    }

    @Test
    void unitsOfAlexNet() {
        Summary summary = Shapes.of("alexnet").summary();
        long units = summary.rows().stream().filter(r -> r.op().equals("conv2d") || r.op().equals("linear"))
                .mapToLong(r -> r.output().elements() / 2).sum();
        assertEquals(659_272, units);
    }

    @Test
    void unitsOfVgg16() {
        Summary summary = Shapes.of("vgg16").summary();
        long units = summary.rows().stream().filter(r -> r.op().equals("conv2d") || r.op().equals("linear") || r.op().equals("maxPool"))
                .mapToLong(r -> r.output().elements() / 2).sum();
        assertEquals(15_237_608, units + 3 * 224 * 224);
    }

    /** The paper's multiplier: 1.97 million at one half and 6.1 at 1.4, of which the rounding to multiples of 8 is a part. */
    @ParameterizedTest
    @CsvSource({"0.5, 1.97", "0.75, 2.64", "1.4, 6.11"})
    void widthsOfMobileNet(double width, double millions) {
        assertEquals(millions, parameters("mobilenetv2", ModelOptions.defaults().width(width)) / 1e6, 0.005);
    }

    @Test
    void mobileNetRoundsToEightsAndLosesAtMostATenth() {
        assertEquals(8, MobileNetV2.rounded(16, 0.25));
        assertEquals(24, MobileNetV2.rounded(32, 0.75));
        assertEquals(24, MobileNetV2.rounded(24, 0.9));
        // 12 would become 16; 35.2 would become 32, which is 9 % less; 19.2 would become 16, 17 % less.
        assertEquals(16, MobileNetV2.rounded(24, 0.5));
        assertEquals(32, MobileNetV2.rounded(352, 0.1));
        assertEquals(24, MobileNetV2.rounded(24, 0.8));
    }

    @Test
    void widthScalesAllButTheLastLayer() {
        Shapes.of("vgg16", ModelOptions.defaults().width(0.125)).have("conv1_1: 8 224 224 = 224", "conv5_3: 64 14 14 = 36928",
                "fc6: 512 = 1606144", "fc7: 512 = 262656", "fc8: 1000 = 513000");
        Shapes.of("alexnet", ModelOptions.defaults().width(0.01)).have("conv1: 2 55 55", "conv2: 2 27 27", "conv3: 4 13 13", "fc6: 41");
        Shapes.of("resnet50", ModelOptions.defaults().width(0.5)).have("conv1: 32 112 112", "layer4.1.conv3: 1024 7 7", "fc: 1000");
    }
}

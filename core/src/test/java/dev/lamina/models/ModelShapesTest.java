package dev.lamina.models;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lamina.tensor.Shape;
import org.junit.jupiter.api.Test;

/** Sizes layer by layer, from the papers' tables. */
class ModelShapesTest {
    private static final ModelOptions PUBLISHED = ModelOptions.defaults();

    @Test
    void alexNet() {
        Shapes.of("alexnet").have("conv1: 96 55 55 = 34944", "pool1: 96 27 27", "conv2: 256 27 27 = 307456", "pool2: 256 13 13",
                "conv3: 384 13 13 = 885120", "conv4: 384 13 13 = 663936", "conv5: 256 13 13 = 442624", "pool5: 256 6 6",
                "fc6: 4096 = 37752832", "fc7: 4096 = 16781312", "fc8: 1000 = 4097000");
    }

    /** Section 9: from 27x27x128 to 13x13x192 a tower a place has fewer numbers, 0.3477 of them. */
    @Test
    void aTowerOfAlexNetNarrowsWhileItDeepens() {
        Shapes shapes = Shapes.of("alexnet");
        Shape second = shapes.summary().row("conv2").output().shape();
        Shape third = shapes.summary().row("conv3").output().shape();
        assertEquals(Shape.of(2, 2 * 128, 27, 27), second);
        assertEquals(Shape.of(2, 2 * 192, 13, 13), third);
        assertEquals(32_448, third.elements() / 4);
        assertEquals(93_312, second.elements() / 4);
        assertEquals(0.3477, 32_448.0 / 93_312, 5e-5);
    }

    @Test
    void alexNetOfOneTower() {
        Shapes.of("alexnet-single").have("conv1: 64 55 55 = 23296", "pool1: 64 27 27", "conv2: 192 27 27 = 307392", "pool2: 192 13 13",
                "conv3: 384 13 13 = 663936", "conv4: 256 13 13 = 884992", "conv5: 256 13 13 = 590080", "pool5: 256 6 6",
                "fc6: 4096 = 37752832", "fc8: 1000");
    }

    @Test
    void vgg16() {
        Shapes.of("vgg16").have("conv1_1: 64 224 224 = 1792", "conv1_2: 64 224 224 = 36928", "pool1: 64 112 112",
                "conv2_1: 128 112 112 = 73856", "conv2_2: 128 112 112 = 147584", "pool2: 128 56 56", "conv3_1: 256 56 56 = 295168",
                "conv3_2: 256 56 56 = 590080", "conv3_3: 256 56 56 = 590080", "pool3: 256 28 28", "conv4_1: 512 28 28 = 1180160",
                "conv4_2: 512 28 28 = 2359808", "conv4_3: 512 28 28 = 2359808", "pool4: 512 14 14", "conv5_1: 512 14 14 = 2359808",
                "conv5_2: 512 14 14 = 2359808", "conv5_3: 512 14 14 = 2359808", "pool5: 512 7 7", "fc6: 4096 = 102764544",
                "fc7: 4096 = 16781312", "fc8: 1000 = 4097000");
    }

    @Test
    void formsOfVgg() {
        Shapes.of("vgg11").have("conv1_1: 64 224 224", "pool1: 64 112 112", "conv2_1: 128 112 112", "conv3_2: 256 56 56",
                "conv5_2: 512 14 14", "pool5: 512 7 7");
        Shapes.of("vgg19-bn").have("conv3_4: 256 56 56", "bn3_4: 256 56 56 = 512", "conv5_4: 512 14 14");
        Shapes.of("vgg16", PUBLISHED.with("head", "convolution")).have("fc6: 4096 1 1 = 102764544", "fc7: 4096 1 1 = 16781312",
                "fc8: 1000 1 1 = 4097000");
        new Shapes(Models.create("vgg16", Shape.of(3, 288, 256), 7, PUBLISHED.with("head", "convolution").width(0.0625)))
                .have("pool5: 32 9 8", "fc6: 256 3 2", "fc8: 7 3 2");
        new Shapes(Models.create("vgg13", Shape.of(3, 32, 32), 10, PUBLISHED.with("head", "cifar")))
                .have("pool5: 512 1 1", "fc6: 512 = 262656", "fc7: 10 = 5130");
    }

    @Test
    void resNets() {
        Shapes.of("resnet20").have("conv1: 16 32 32 = 432", "layer1.3.conv2: 16 32 32 = 2304", "layer2.1.shortcut.maps: 32 16 16",
                "layer3.3.conv2: 64 8 8 = 36864", "fc: 10 = 650");
        Shapes.of("resnet20", PUBLISHED.with("shortcut", "B")).have("layer2.1.shortcut.conv: 32 16 16 = 512",
                "layer3.1.shortcut.bn: 64 8 8 = 128");
        Shapes.of("resnet18").have("conv1: 64 112 112 = 9408", "pool1: 64 56 56", "layer1.2.conv2: 64 56 56 = 36864",
                "layer2.1.conv1: 128 28 28 = 73728", "layer2.1.shortcut.conv: 128 28 28 = 8192", "layer3.2.conv2: 256 14 14",
                "layer4.2.conv2: 512 7 7", "fc: 1000 = 513000");
        Shapes.of("resnet34").have("layer1.3.conv2: 64 56 56", "layer2.4.conv2: 128 28 28", "layer3.6.conv2: 256 14 14",
                "layer4.3.conv2: 512 7 7");
        Shapes.of("resnet50").have("layer1.1.shortcut.conv: 256 56 56 = 16384", "layer1.3.conv3: 256 56 56",
                "layer2.1.conv1: 128 56 56", "layer2.1.conv2: 128 28 28 = 147456", "layer2.4.conv3: 512 28 28",
                "layer3.6.conv3: 1024 14 14", "layer4.3.conv3: 2048 7 7", "fc: 1000 = 2049000");
        Shapes.of("resnet50", PUBLISHED.with("stride", "1x1")).have("layer2.1.conv1: 128 28 28", "layer2.1.conv2: 128 28 28");
    }

    @Test
    void squeezeNet() {
        Shapes.of("squeezenet1.1").have("conv1: 64 111 111 = 1792", "pool1: 64 55 55", "fire2.squeeze: 16 55 55 = 1040",
                "fire2.expand1x1: 64 55 55 = 1088", "fire2.expand3x3: 64 55 55 = 9280", "fire3.squeeze: 16 55 55 = 2064",
                "pool3: 128 27 27", "fire5.expand3x3: 128 27 27", "pool5: 256 13 13", "fire9.squeeze: 64 13 13 = 32832",
                "conv10: 1000 13 13 = 513000");
    }

    @Test
    void mobileNet() {
        Shapes.of("mobilenetv2").have("conv1: 32 112 112 = 864", "block1.depthwise: 32 112 112 = 288", "block1.project: 16 112 112 = 512",
                "block2.expand: 96 112 112", "block2.project: 24 56 56", "block4.project: 32 28 28", "block7.project: 64 14 14",
                "block13.project: 96 14 14", "block14.project: 160 7 7", "block17.project: 320 7 7 = 307200",
                "conv2: 1280 7 7 = 409600", "fc: 1000 = 1281000");
        long sums = Shapes.of("mobilenetv2").summary().rows().stream().filter(r -> r.op().equals("add")).count();
        assertEquals(10, sums);
    }

    @Test
    void networkInNetwork() {
        Shapes.of("nin").have("conv1: 192 32 32", "cccp2: 96 32 32", "pool1: 96 16 16", "conv2: 192 16 16", "pool2: 192 8 8",
                "cccp6: 10 8 8");
        Shapes.of("nin-imagenet").have("conv1: 96 54 54", "pool1: 96 27 27", "cccp4: 256 27 27", "pool2: 256 13 13", "pool3: 384 6 6",
                "conv4: 1024 6 6", "cccp8: 1000 6 6");
    }
}

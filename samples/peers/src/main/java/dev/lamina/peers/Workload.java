package dev.lamina.peers;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What is measured: network, batch and images, as in the command's workloads of the same names. */
enum Workload {
    MLP(256, 3, 32, 10, Networks.mlp()),
    LENET(64, 1, 28, 10, Networks.lenet()),
    RESNET20(128, 3, 32, 10, Networks.resnet20()),
    ALEXNET(16, 3, 227, 1000, Networks.alexnet()),
    VGG16(4, 3, 224, 1000, Networks.vgg16());

    private final int batch;
    private final int channels;
    private final int size;
    private final int classes;
    private final List<Step> steps;

    Workload(int batch, int channels, int size, int classes, List<Step> steps) {
        this.batch = batch;
        this.channels = channels;
        this.size = size;
        this.classes = classes;
        this.steps = steps;
    }

    static Workload named(String name) {
        return Arrays.stream(values()).filter(w -> w.label().equals(name)).findFirst().orElseThrow(() -> new IllegalArgumentException(
                "workload \"" + name + "\" is unknown; known are " + Arrays.stream(values()).map(Workload::label).toList() + "."));
    }

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    int batch() {
        return batch;
    }

    int classes() {
        return classes;
    }

    /** {@code [N, C, H, W]}. */
    long[] input() {
        return new long[] {batch, channels, size, size};
    }

    /** Numbers in a batch of images. */
    int inputElements() {
        return batch * channels * size * size;
    }

    List<Step> steps() {
        return steps;
    }
}

package dev.lamina.peers;

import java.util.ArrayList;
import java.util.List;

/** The networks of the workloads; the same as Lamina's models of these names. */
final class Networks {
    private static final Step RELU = new Step.Relu();

    private Networks() { }

    static List<Step> mlp() {
        return List.of(new Step.Flatten(), new Step.Linear(3072, 512), RELU, new Step.Linear(512, 512), RELU, new Step.Linear(512, 10));
    }

    static List<Step> lenet() {
        return List.of(conv(1, 6, 5, 1, 2, 1), RELU, new Step.MaxPool(2, 2), conv(6, 16, 5, 1, 0, 1), RELU, new Step.MaxPool(2, 2),
                new Step.Flatten(), new Step.Linear(400, 120), RELU, new Step.Linear(120, 84), RELU, new Step.Linear(84, 10));
    }

    static List<Step> resnet20() {
        List<Step> steps = new ArrayList<>(normalized(3, 16, 1));
        steps.add(RELU);
        int channels = 16;
        for (int width : new int[] {16, 32, 64}) {
            for (int block = 0; block < 3; block++) {
                int stride = width == channels ? 1 : 2;
                List<Step> body = new ArrayList<>(normalized(channels, width, stride));
                body.add(RELU);
                body.addAll(normalized(width, width, 1));
                steps.add(new Step.Residual(List.copyOf(body), stride, width - channels));
                steps.add(RELU);
                channels = width;
            }
        }
        steps.addAll(List.of(new Step.GlobalAveragePool(), new Step.Flatten(), new Step.Linear(64, 10)));
        return List.copyOf(steps);
    }

    static List<Step> alexnet() {
        Step lrn = new Step.Lrn(5, 5e-4, 0.75, 2);
        Step pool = new Step.MaxPool(3, 2);
        Step dropout = new Step.Dropout(0.5);
        return List.of(conv(3, 96, 11, 4, 0, 1), RELU, lrn, pool, conv(96, 256, 5, 1, 2, 2), RELU, lrn, pool,
                conv(256, 384, 3, 1, 1, 1), RELU, conv(384, 384, 3, 1, 1, 2), RELU, conv(384, 256, 3, 1, 1, 2), RELU, pool,
                new Step.Flatten(), new Step.Linear(9216, 4096), RELU, dropout, new Step.Linear(4096, 4096), RELU, dropout,
                new Step.Linear(4096, 1000));
    }

    static List<Step> vgg16() {
        List<Step> steps = new ArrayList<>();
        int channels = 3;
        int[] widths = {64, 128, 256, 512, 512};
        for (int block = 0; block < widths.length; block++) {
            for (int k = 0; k < (block < 2 ? 2 : 3); k++) {
                steps.add(conv(channels, widths[block], 3, 1, 1, 1));
                steps.add(RELU);
                channels = widths[block];
            }
            steps.add(new Step.MaxPool(2, 2));
        }
        Step dropout = new Step.Dropout(0.5);
        steps.addAll(List.of(new Step.Flatten(), new Step.Linear(25088, 4096), RELU, dropout, new Step.Linear(4096, 4096), RELU, dropout,
                new Step.Linear(4096, 1000)));
        return List.copyOf(steps);
    }

    private static Step conv(int in, int out, int kernel, int stride, int padding, int groups) {
        return new Step.Conv(in, out, kernel, stride, padding, groups, true);
    }

    private static List<Step> normalized(int in, int out, int stride) {
        return List.of(new Step.Conv(in, out, 3, stride, 1, 1, false), new Step.BatchNorm(out));
    }
}

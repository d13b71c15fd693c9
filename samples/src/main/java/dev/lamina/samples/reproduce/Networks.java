package dev.lamina.samples.reproduce;

import dev.lamina.backend.CompileOptions.Precision;
import dev.lamina.data.ChannelStatistics;
import dev.lamina.data.DataOptions;
import dev.lamina.data.Datasets;
import dev.lamina.data.Split;
import dev.lamina.models.Models;
import dev.lamina.models.OnnxNetwork;
import dev.lamina.nn.Model;
import dev.lamina.train.Evaluator;
import dev.lamina.train.FineTuning;
import dev.lamina.train.TrainConfig;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Figures of trained convolutional networks. What can be checked without training is a test. */
public final class Networks {
    private static final String MNIST = "mnist";
    private static final String CIFAR = "cifar10-jpg";
    private static final String FLOWERS = "flowers";
    private static final String SIZE = "64x64";
    private static final String FLIPS = "crop:4+flip";
    private static final double LENET_RATE = 0.002;
    private static final String SAME = "64x64 pixels, momentum 0.9, rate 0.02, decay 1e-4, warm-up, cosine, batch 32, 8 epochs, " + FLIPS
            + ", seed 1, a fifth held out";

    private Networks() { }

    /** All rows. */
    public static List<Row> rows() {
        return List.of(
                new Row(13, "LeNet on MNIST, 5 epochs", "%", "adam " + LENET_RATE + ", cosine, batch 64, seed 1", Band.atLeast(99.0), 20,
                        l -> 100 * lenet(l).accuracy()),
                given("mnist-cntk-opset8", "pixels 0 to 255", Band.between(98.905, 98.915), ChannelStatistics.raw(1)),
                given("mnist-cntk-opset15", "pixels 0 to 255", Band.between(98.905, 98.915), ChannelStatistics.raw(1)),
                given("mnist-cnn-pytorch", "pixels 0 to 1, less 0.1307, by 0.3081", Band.between(99.065, 99.075),
                        new ChannelStatistics(List.of(0.1307), List.of(0.3081))),
                // The first measured value, 72.02 %, less the half point by which another machine's rounding may move it.
                new Row(13, "ResNet-20 on CIFAR-10's JPEG part, 16 epochs", "%", "recipe resnet-cifar: momentum 0.9, rate 0.1, cut at 50 % "
                        + "and 75 %, decay 1e-4, batch 128, " + FLIPS + ", seed 1", Band.atLeast(71.5), 330,
                        l -> 100 * cifar(l).accuracy()),
                new Row(13, "ResNet-20 on flowers, from scratch", "%", SAME, Band.about(62.15), 115, l -> 100 * scratch(l).accuracy()),
                new Row(13, "ResNet-20 on flowers, fine-tuned from CIFAR-10", "%", SAME, Band.about(69.56), 115,
                        l -> 100 * tuned(l).accuracy()),
                new Row(13, "ResNet-20 on flowers, lead of fine-tuning", "points", "same budget", Band.atLeast(3), 0,
                        l -> 100 * (tuned(l).accuracy() - scratch(l).accuracy())));
    }

    /** A trained model that was given as an ONNX file; its accuracy is known to the last of the 10,000 images. */
    private static Row given(String name, String pixels, Band percent, ChannelStatistics statistics) {
        return new Row(13, name + ".onnx on MNIST", "%", pixels, percent, 3, laboratory -> {
            Model model = OnnxNetwork.read(laboratory.model(name + OnnxNetwork.ENDING)).model();
            try (Evaluator evaluator = Evaluator.of(laboratory.backend(), model, statistics, Precision.FLOAT32,
                    model.parameters().initialValues(0))) {
                return 100 * evaluator.evaluate(laboratory.split(MNIST).test(), 256).top1();
            }
        });
    }

    private static NetworkRun lenet(Laboratory laboratory) throws IOException {
        Split split = laboratory.split(MNIST);
        TrainConfig config = TrainConfig.builder("lenet", MNIST).batchSize(64).epochs(5).optimizer("adam").rate(LENET_RATE)
                .schedule("cosine").build();
        return NetworkRun.train(laboratory, model("lenet", split), split, config, "none", Optional.empty());
    }

    private static NetworkRun cifar(Laboratory laboratory) throws IOException {
        return laboratory.once("resnet20 of cifar", NetworkRun.class, () -> {
            Split split = laboratory.split(CIFAR);
            TrainConfig config = TrainConfig.builder("resnet20", CIFAR).batchSize(128).epochs(16).optimizer("momentum").rate(0.1)
                    .weightDecay(1e-4).schedule("multistep:50%,75%:0.1").build();
            return NetworkRun.train(laboratory, model("resnet20", split), split, config, FLIPS, Optional.empty());
        });
    }

    private static NetworkRun scratch(Laboratory laboratory) throws IOException {
        return laboratory.once("resnet20 of flowers", NetworkRun.class, () -> flowers(laboratory, FineTuning.NONE, Optional.empty()));
    }

    private static NetworkRun tuned(Laboratory laboratory) throws IOException {
        return laboratory.once("resnet20 of flowers, tuned", NetworkRun.class, () -> flowers(laboratory,
                new FineTuning("resnet20 of " + CIFAR, List.of(), true, 1), Optional.of(cifar(laboratory))));
    }

    private static NetworkRun flowers(Laboratory laboratory, FineTuning tuning, Optional<NetworkRun> start) throws IOException {
        DataOptions options = laboratory.options();
        Split split = Datasets.open(FLOWERS, options.withSeed(1).withImages(options.images().withSize(SIZE, 0)));
        TrainConfig config = TrainConfig.builder("resnet20", FLOWERS).batchSize(32).epochs(8).optimizer("momentum").rate(0.02)
                .weightDecay(1e-4).schedule("warmup:1:cosine").fineTuning(tuning).build();
        return NetworkRun.train(laboratory, model("resnet20", split), split, config, FLIPS, start);
    }

    private static Model model(String name, Split split) {
        return Models.create(name, split.train().sampleShape(), split.train().classNames().size());
    }
}

package dev.lamina.models;

import dev.lamina.nn.Layer;
import dev.lamina.nn.Layers;
import dev.lamina.nn.Sequential;
import dev.lamina.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** All models: what is known of each, and how it is made. */
final class Catalogue {
    static final List<String> NAMES;

    private static final Map<String, Entry> ENTRIES = new LinkedHashMap<>();
    private static final Shape DIGIT = Shape.of(1, 28, 28);
    private static final Shape SMALL = Shape.of(3, 32, 32);
    private static final Shape CIFAR = SMALL;
    private static final Shape LARGE = Shape.of(3, 224, 224);
    private static final Shape TOWERS = Shape.of(3, 67, 67);
    private static final String HE = "He et al. 2015";
    private static final String LIN = "Lin, Chen, Yan 2013";

    /** How a model is made. */
    interface Maker {
        Layer make(Shape input, int classes, Chosen chosen);
    }

    record Entry(ModelInfo info, Maker maker) {
    }

    static {
        digits("linear", "softmax regression", List.of(),
                (_, classes, _) -> Sequential.of(Layers.flatten(), Layers.linear("fc", classes)));
        digits("mlp", "fully connected layers", List.of(ModelChoice.number("hidden", "256", "widths of the hidden layers"),
                new ModelChoice("activation", "relu", Layers.activations(), "activation of the hidden layers")),
                (_, classes, chosen) -> Sequential.mlp(chosen.sizes("hidden"), classes, chosen.text("activation")));
        digits("lenet", "LeCun et al. 1998", List.of(ModelChoice.width()), Models::lenet);
        add(new ModelInfo("alexnet", "Krizhevsky, Sutskever, Hinton 2012", Shape.of(3, 227, 227), 1000, TOWERS, AlexNet.CHOICES),
                AlexNet::of);
        photographs("alexnet-single", "Krizhevsky 2014", TOWERS, AlexNetSingle.CHOICES,
                (_, classes, chosen) -> AlexNetSingle.of(classes, chosen));
        for (int layers : new int[] {11, 13, 16, 19}) {
            photographs("vgg" + layers, "Simonyan, Zisserman 2014", SMALL, Vgg.CHOICES,
                    (input, classes, chosen) -> Vgg.of(layers, false, input, classes, chosen));
            photographs("vgg" + layers + "-bn", "Simonyan, Zisserman 2014, with batch normalisation", Shape.of(3, 64, 64), Vgg.CHOICES,
                    (input, classes, chosen) -> Vgg.of(layers, true, input, classes, chosen));
        }
        for (int layers : new int[] {20, 32, 56}) {
            add(new ModelInfo("resnet" + layers, HE, CIFAR, 10, SMALL, ResNet.SMALL_CHOICES),
                    (_, classes, chosen) -> ResNet.small((layers - 2) / 6, classes, chosen));
        }
        photographs("resnet18", HE, Shape.of(3, 64, 64), ResNet.BASIC_CHOICES,
                (_, classes, chosen) -> ResNet.large(false, classes, chosen, 2, 2, 2, 2));
        photographs("resnet34", HE, Shape.of(3, 64, 64), ResNet.BASIC_CHOICES,
                (_, classes, chosen) -> ResNet.large(false, classes, chosen, 3, 4, 6, 3));
        photographs("resnet50", HE, Shape.of(3, 64, 64), ResNet.BOTTLENECK_CHOICES,
                (_, classes, chosen) -> ResNet.large(true, classes, chosen, 3, 4, 6, 3));
        photographs("squeezenet1.1", "Iandola et al. 2016", SMALL, SqueezeNet.CHOICES,
                (_, classes, chosen) -> SqueezeNet.of(classes, chosen));
        photographs("mobilenetv2", "Sandler et al. 2018", Shape.of(3, 64, 64), MobileNetV2.CHOICES,
                (_, classes, chosen) -> MobileNetV2.of(classes, chosen));
        add(new ModelInfo("nin", LIN, CIFAR, 10, SMALL, Nin.CHOICES), (_, classes, chosen) -> Nin.small(classes, chosen));
        photographs("nin-imagenet", LIN, TOWERS, Nin.CHOICES, (_, classes, chosen) -> Nin.large(classes, chosen));
        NAMES = Collections.unmodifiableList(new ArrayList<>(ENTRIES.keySet()));
    }

    private Catalogue() { }

    private static void add(ModelInfo info, Maker maker) {
        ENTRIES.put(info.name(), new Entry(info, maker));
    }

    private static void digits(String name, String source, List<ModelChoice> choices, Maker maker) {
        add(new ModelInfo(name, source, DIGIT, 10, DIGIT, choices), maker);
    }

    private static void photographs(String name, String source, Shape small, List<ModelChoice> choices, Maker maker) {
        add(new ModelInfo(name, source, LARGE, 1000, small, choices), maker);
    }

    static Entry entry(String name) {
        Entry entry = ENTRIES.get(name);
        if (entry == null) {
            throw new IllegalArgumentException("model \"" + name + "\" is unknown; known are " + String.join(", ", NAMES) + ".");
        }
        return entry;
    }
}

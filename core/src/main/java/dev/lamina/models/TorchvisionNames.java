package dev.lamina.models;

import dev.lamina.io.Safetensors;
import dev.lamina.io.SafetensorsFile;
import dev.lamina.nn.Model;
import dev.lamina.nn.Parameters;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Weights in files whose tensors have torchvision's names, e.g. {@code features.0.weight}. Filters, weights and statistics mean the same
 * there, so that only names differ. Stateless and thread-safe.
 */
public final class TorchvisionNames {
    /** Counters of PyTorch's batch normalisation, which has no use for them at a fixed momentum. */
    private static final String COUNTER = ".num_batches_tracked";
    private static final int MOST = 10;

    /** Names of layers, Lamina's to torchvision's, of the models that have few. */
    private static final Map<String, String> ALEXNET = Map.of("conv1", "features.0", "conv2", "features.3", "conv3", "features.6",
            "conv4", "features.8", "conv5", "features.10", "fc6", "classifier.1", "fc7", "classifier.4", "fc8", "classifier.6");
    private static final Map<String, String> SQUEEZENET = Map.of("conv1", "features.0", "fire2", "features.3", "fire3", "features.4",
            "fire4", "features.6", "fire5", "features.7", "fire6", "features.9", "fire7", "features.10", "fire8", "features.11",
            "fire9", "features.12", "conv10", "classifier.1");
    private static final Map<String, String> VGG_HEAD = Map.of("fc6", "classifier.0", "fc7", "classifier.3", "fc8", "classifier.6");
    private static final int RESNET_STAGES = 4;
    private static final int MOBILE_BLOCKS = 17;

    private TorchvisionNames() { }

    /** Names of the models whose weights torchvision has. */
    public static List<String> models() {
        return Models.names().stream().filter(name -> layers(name) != null).toList();
    }

    /**
     * The names of a model's parameters and buffers, Lamina's to torchvision's, in order of creation.
     *
     * @throws IllegalArgumentException if torchvision has no such model
     */
    public static Map<String, String> of(Model model) {
        UnaryOperator<String> layers = layers(model.name());
        if (layers == null) {
            throw new IllegalArgumentException(model.name() + ": torchvision has no weights of it; it has those of "
                    + String.join(", ", models()) + ".");
        }
        Map<String, String> names = new LinkedHashMap<>();
        for (String name : model.parameters().names()) {
            int dot = name.lastIndexOf('.');
            names.put(name, layers.apply(name.substring(0, dot)) + name.substring(dot));
        }
        return names;
    }

    /**
     * Reads a model's weights and running statistics, under the names that Lamina's {@code State} and run folders know them by.
     *
     * <p>A weight {@code [out, in]} fits a filter with as many numbers, as those of VGG's head as convolutions.
     *
     * @param file a safetensors file of float32 tensors with torchvision's names
     * @throws IllegalArgumentException if torchvision has no such model, or a tensor is missing, too many, or of another type or shape
     * @throws IOException if the file cannot be read or breaks the format
     */
    public static Map<String, Tensor> load(Path file, Model model) throws IOException {
        Map<String, String> names = of(model);
        Parameters parameters = model.parameters();
        try (SafetensorsFile saved = Safetensors.read(file)) {
            requireSame(file, model, names, saved.names());
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            for (Map.Entry<String, String> name : names.entrySet()) {
                Tensor tensor = saved.tensor(name.getValue());
                Shape needed = parameters.type(name.getKey()).shape();
                requireFits(model, name.getValue(), tensor, needed);
                tensors.put(name.getKey(), tensor.reshape(needed.toArray()));
            }
            return tensors;
        }
    }

    private static void requireSame(Path file, Model model, Map<String, String> names, Set<String> there) {
        List<String> missing = names.values().stream().filter(name -> !there.contains(name)).toList();
        List<String> more = there.stream().filter(name -> !names.containsValue(name) && !name.endsWith(COUNTER)).sorted().toList();
        if (!missing.isEmpty() || !more.isEmpty()) {
            List<String> facts = new ArrayList<>();
            if (!missing.isEmpty()) {
                facts.add("lacks " + some(missing));
            }
            if (!more.isEmpty()) {
                facts.add("has " + some(more) + ", which the model has not");
            }
            throw new IllegalArgumentException(model.name() + ": " + file + " " + String.join(" and ", facts)
                    + ". Is it another model's, or of another variant?");
        }
    }

    private static String some(List<String> names) {
        String listed = String.join(", ", names.subList(0, Math.min(MOST, names.size())));
        return names.size() <= MOST ? listed : listed + " and " + (names.size() - MOST) + " more";
    }

    private static void requireFits(Model model, String name, Tensor tensor, Shape needed) {
        Shape shape = tensor.shape();
        if (tensor.dtype() != DType.FLOAT32) {
            throw new IllegalArgumentException(model.name() + ": \"" + name + "\" is " + tensor.dtype() + ", needs float32. Convert the "
                    + "file.");
        }
        boolean unrolled = shape.rank() == 2 && needed.rank() == 4 && shape.dim(0) == needed.dim(0)
                && shape.elements() == needed.elements();
        if (shape.equals(needed) || unrolled) {
            return;
        }
        boolean head = needed.dim(0) == model.classes() && shape.dim(0) != needed.dim(0)
                && shape.elements() / shape.dim(0) == needed.elements() / needed.dim(0);
        throw new IllegalArgumentException(model.name() + ": \"" + name + "\" is " + shape + ", model " + (head
                ? "has " + model.classes() + " classes. Pass classes = " + shape.dim(0) + "."
                : "needs " + needed + ". Is it of another width, or for images of another size?"));
    }

    /** From a layer's name to torchvision's; null if torchvision has no such model. */
    private static UnaryOperator<String> layers(String model) {
        return switch (model) {
            case "alexnet-single" -> ALEXNET::get;
            case "squeezenet1.1" -> TorchvisionNames::squeezeNet;
            case "mobilenetv2" -> mobileNet()::get;
            case "resnet18", "resnet34", "resnet50" -> TorchvisionNames::resNet;
            default -> model.matches("vgg\\d+(-bn)?") ? vgg(model)::get : null;
        };
    }

    private static String squeezeNet(String layer) {
        int dot = layer.indexOf('.');
        return dot < 0 ? SQUEEZENET.get(layer) : SQUEEZENET.get(layer.substring(0, dot)) + layer.substring(dot);
    }

    /** Blocks are counted from 0 there. */
    private static String resNet(String layer) {
        String[] parts = layer.split("\\.");
        if (!parts[0].matches("layer[1-" + RESNET_STAGES + "]")) {
            return layer;
        }
        parts[1] = Integer.toString(Integer.parseInt(parts[1]) - 1);
        return String.join(".", parts).replace("shortcut.conv", "downsample.0").replace("shortcut.bn", "downsample.1");
    }

    /** Convolutions, normalisations, rectifiers and poolings are counted through. */
    private static Map<String, String> vgg(String model) {
        boolean batchNorm = model.endsWith("-bn");
        int[] depths = Vgg.depths(Integer.parseInt(model.replaceAll("\\D", "")));
        Map<String, String> names = new HashMap<>(VGG_HEAD);
        int index = 0;
        for (int block = 1; block <= depths.length; block++) {
            for (int k = 1; k <= depths[block - 1]; k++) {
                names.put("conv" + block + "_" + k, "features." + index);
                names.put("bn" + block + "_" + k, "features." + (index + 1));
                index += batchNorm ? 3 : 2;
            }
            index++;
        }
        return names;
    }

    /** Block b is feature b; its first convolution is missing in block 1. */
    private static Map<String, String> mobileNet() {
        int last = MOBILE_BLOCKS + 1;
        Map<String, String> names = new HashMap<>(Map.of("conv1", "features.0.0", "bn1", "features.0.1", "conv2", "features." + last + ".0",
                "bn2", "features." + last + ".1", "fc", "classifier.1"));
        for (int block = 1; block <= MOBILE_BLOCKS; block++) {
            String ours = "block" + block + ".";
            String theirs = "features." + block + ".conv.";
            int depthwise = block == 1 ? 0 : 1;
            names.put(ours + "expand", theirs + "0.0");
            names.put(ours + "expand_bn", theirs + "0.1");
            names.put(ours + "depthwise", theirs + depthwise + ".0");
            names.put(ours + "depthwise_bn", theirs + depthwise + ".1");
            names.put(ours + "project", theirs + (depthwise + 1));
            names.put(ours + "project_bn", theirs + (depthwise + 2));
        }
        return names;
    }
}

package dev.lamina.inspect.learned;

import dev.lamina.graph.Convolution;
import dev.lamina.graph.Gradients;
import dev.lamina.graph.Graph;
import dev.lamina.graph.MatMul;
import dev.lamina.graph.Node;
import dev.lamina.graph.Normalization;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Pointwise.BinaryFunction;
import dev.lamina.graph.Pointwise.ReluRule;
import dev.lamina.graph.Pointwise.UnaryFunction;
import dev.lamina.graph.Pooling;
import dev.lamina.graph.Reduction;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The signal from a layer, or from the logits, back to the image under a rule for rectifiers: the gradient, the deconvnet (Zeiler and
 * Fergus 2013) or guided backpropagation (Springenberg et al. 2014). It is a signal to what the model sees, normalised pixels, and has the
 * image's shape. Stateless; one thread at a time a network.
 */
public final class Signals {
    private static final String SEED = "seed";
    private static final String SIGNAL = "signal";

    private Signals() { }

    /**
     * The signal of one activation an image: the unit's value at its place, 0 at all others of the layer.
     *
     * @param tool who asks, for messages, e.g. {@code deconvnet}
     * @param layer name of a layer of maps
     * @param pixels {@code [N, C, H, W]}, 0 to 255
     * @param units one an image
     * @return float32 {@code [N, C, H, W]}
     * @throws IllegalArgumentException if there is no such layer or unit
     */
    public static Tensor ofUnits(Loaded loaded, String tool, String layer, ReluRule rule, Tensor pixels, List<Unit> units) {
        ImageLayer of = loaded.network().layers().find(tool, layer);
        long images = pixels.shape().dim(0);
        if (units.size() != images) {
            throw new IllegalArgumentException(tool + ": " + units.size() + " units, " + images + " images, needs one an image.");
        }
        Tensor seed = Tensor.zeros(DType.FLOAT32, Shape.of(images, of.maps(), of.height(), of.width()));
        for (int i = 0; i < images; i++) {
            Unit unit = units.get(i);
            if (!inside(unit, of)) {
                throw new IllegalArgumentException(tool + ": layer \"" + layer + "\" has no unit [" + unit.map() + ", " + unit.row() + ", "
                        + unit.column() + "], it is [" + of.maps() + ", " + of.height() + ", " + of.width() + "].");
            }
            seed.set(unit.value(), i, unit.map(), unit.row(), unit.column());
        }
        return of(loaded, layer, rule, pixels, seed);
    }

    private static boolean inside(Unit unit, ImageLayer of) {
        return unit.map() >= 0 && unit.map() < of.maps() && unit.row() >= 0 && unit.row() < of.height() && unit.column() >= 0
                && unit.column() < of.width();
    }

    /**
     * The signal of one logit an image, with 1 at that logit.
     *
     * @param classes one an image
     * @return float32 {@code [N, C, H, W]}
     * @throws IllegalArgumentException if there is no such class
     */
    public static Tensor ofLogits(Loaded loaded, ReluRule rule, Tensor pixels, List<Integer> classes) {
        int known = loaded.network().model().classes();
        Tensor seed = Tensor.zeros(DType.FLOAT32, Shape.of(pixels.shape().dim(0), known));
        for (int i = 0; i < classes.size(); i++) {
            if (classes.get(i) < 0 || classes.get(i) >= known) {
                throw new IllegalArgumentException("saliency: class " + classes.get(i) + ", classes are 0.." + (known - 1) + ".");
            }
            seed.set(1, i, classes.get(i));
        }
        return of(loaded, null, rule, pixels, seed);
    }

    /**
     * The signal of anything.
     *
     * @param layer name of a node; null for the logits
     * @param seed the signal there, float32 of its shape
     * @return float32 {@code [N, C, H, W]}
     */
    public static Tensor of(Loaded loaded, String layer, ReluRule rule, Tensor pixels, Tensor seed) {
        long n = pixels.shape().dim(0);
        Learned network = loaded.network();
        return loaded.run("signal " + rule + " " + n + " " + layer, () -> graph(network, layer, rule, n),
                Map.of(LearnedGraph.PIXELS, pixels, SEED, seed)).read(SIGNAL).cast(DType.FLOAT32);
    }

    /**
     * The graph: inputs {@code pixels} float32 {@code [N, C, H, W]} and {@code seed}, output {@code signal}.
     *
     * @param layer name of a node; null for the logits
     * @throws dev.lamina.graph.GraphException if no gradient reaches the image
     */
    static Graph graph(Learned network, String layer, ReluRule rule, long batch) {
        LearnedGraph graph = new LearnedGraph(network, batch);
        Value from = layer == null ? graph.logits() : graph.values().get(layer);
        Value seed = graph.builder().input(SEED, new TensorType(DType.FLOAT32, from.shape()));
        Value kept = Reduction.sum(from.times(Pointwise.cast(seed, from.dtype())));
        Value signal = Gradients.of(kept, List.of(graph.input())).getFirst();
        return BackwardRules.apply(graph.builder().output(SIGNAL, signal).build(), rule);
    }

    /**
     * What of the way from a layer to the image is outside of the papers or needs to be known; a sentence each.
     *
     * @param layer name of a node; null for the logits
     */
    public static List<String> notes(Learned network, String layer, ReluRule rule) {
        LearnedGraph graph = new LearnedGraph(network, 1);
        Value from = layer == null ? graph.logits() : graph.values().get(layer);
        Set<String> notes = new LinkedHashSet<>();
        for (Node node : LearnedGraph.between(graph.input(), from)) {
            note(node, rule, notes);
        }
        return List.copyOf(notes);
    }

    private static void note(Node node, ReluRule rule, Set<String> notes) {
        boolean deconvnet = rule == ReluRule.DECONVNET;
        switch (node.op()) {
            case Pooling.AvgPool _, Pooling.AdaptiveAvgPool _ -> notes.add("average pooling spreads the signal evenly");
            case Normalization.Lrn _ when deconvnet -> notes.add("local response normalisation passes the signal as it is");
            case Normalization.BatchNormInference _ -> notes.add("batch normalisation scales the signal only");
            case Pointwise.Unary(UnaryFunction function) when function == UnaryFunction.RELU -> { }
            case Pointwise.Binary(BinaryFunction function) when function == BinaryFunction.ADD -> {
                if (node.inputs().stream().allMatch(v -> v.shape().equals(node.output(0).shape()))) {
                    notes.add("residual sums pass the signal to both branches, which is outside of the paper");
                }
            }
            case Convolution.Conv2d _, Pooling.MaxPool _, MatMul _, Shaping _, Normalization _ -> { }
            case Pointwise.Cast _ -> { }
            default -> {
                if (rule != ReluRule.GRADIENT && BackwardRules.isRectifier(node.op())) {
                    notes.add("clip is taken as a rectifier, which is outside of the paper");
                } else if (rule != ReluRule.GRADIENT) {
                    notes.add(node.op().name() + " passes the signal by its derivative, which is outside of the paper");
                }
            }
        }
    }
}

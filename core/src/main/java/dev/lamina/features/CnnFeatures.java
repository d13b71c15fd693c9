package dev.lamina.features;

import dev.lamina.backend.Backend;
import dev.lamina.data.ChannelStatistics;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.MatMul;
import dev.lamina.graph.Node;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.Source;
import dev.lamina.graph.Value;
import dev.lamina.models.ModelOptions;
import dev.lamina.models.Models;
import dev.lamina.nn.Context;
import dev.lamina.nn.Model;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A trained network cut at a node: learned filters in place of human ones. Cut at {@value #LAST_HIDDEN}, the operand of the network's last
 * matrix product, the last layer as a classifier gives exactly the whole network's answer. Nothing is left to fit.
 *
 * @param model the network
 * @param node name of a node of its graph, or {@value #LAST_HIDDEN}
 * @param statistics by which the network's images are normalised
 * @param weights its parameters and buffers by name; more are no harm
 */
public record CnnFeatures(Model model, String node, ChannelStatistics statistics, Map<String, Tensor> weights) implements Featurizer {
    /** Stands for the operand of the last matrix product. */
    public static final String LAST_HIDDEN = "last-hidden";

    private static final String MEAN = "input.mean";
    private static final String STD = "input.std";

    /** Checks that the node is there and the weights are complete. */
    public CnnFeatures {
        weights = Map.copyOf(weights);
        Context context = new Context(new GraphBuilder(), false);
        Value logits = model.logits(context, context.graph().input("images", model.inputType(1)));
        find(model, logits, node);
        for (dev.lamina.nn.Parameters.Entry entry : context.parameters().entries()) {
            Tensor tensor = weights.get(entry.name());
            if (tensor == null || tensor.dtype() != entry.type().dtype() || !tensor.shape().equals(entry.type().shape())) {
                throw new IllegalArgumentException("cnn: weight \"" + entry.name() + "\" is " + (tensor == null ? "missing"
                        : tensor.dtype() + " " + tensor.shape()) + ", model \"" + model.name() + "\" needs " + entry.type()
                        + ". Is this another model?");
            }
        }
    }

    /** Names of the nodes at which a model can be cut, from input to logits. */
    public static List<String> nodes(Model model) {
        Context context = new Context(new GraphBuilder(), false);
        return List.copyOf(ancestors(model.logits(context, context.graph().input("images", model.inputType(1)))).keySet());
    }

    /** A featuriser whose network comes with the tensors of a file. */
    static Featurizer parse(OptionText options) {
        String model = options.string("model", "");
        String node = options.string("node", LAST_HIDDEN);
        int classes = options.number("classes", 10);
        ModelOptions variant = variant(options.string("options", ""));
        if (model.isEmpty()) {
            throw new IllegalArgumentException("cnn: no trained network given. Name a run: cnn:run=FOLDER,node=NODE.");
        }
        return new Unloaded(model, node, classes, variant);
    }

    /** Options of the model as one option's value, which may not hold a comma. */
    private static String joined(ModelOptions variant) {
        return variant.toString().replace(',', ';');
    }

    private static ModelOptions variant(String text) {
        ModelOptions variant = ModelOptions.defaults();
        for (String pair : text.isEmpty() ? new String[0] : text.split(";")) {
            int at = pair.indexOf('=');
            if (at < 1) {
                throw new IllegalArgumentException("cnn: options=" + text + ": \"" + pair + "\" is not of the form name=value.");
            }
            variant = variant.with(pair.substring(0, at), pair.substring(at + 1));
        }
        return variant;
    }

    @Override
    public String kind() {
        return "cnn";
    }

    @Override
    public Map<String, String> options() {
        return new Unloaded(model.name(), node, model.classes(), new ModelOptions(model.options())).options();
    }

    @Override
    public Fitted fit(Backend backend, Samples samples, FitListener listener) {
        return restore(samples.sampleShape(), Map.of());
    }

    @Override
    public Fitted restore(Shape sampleShape, Map<String, Tensor> tensors) {
        if (!sampleShape.equals(model.inputShape())) {
            throw new IllegalArgumentException("cnn: samples have shape " + sampleShape + ", model \"" + model.name() + "\" takes "
                    + model.inputShape() + ".");
        }
        return new FittedCnn(this);
    }

    /** Model and node by name, until the weights are there. */
    private record Unloaded(String model, String node, int classes, ModelOptions variant) implements Featurizer {
        @Override
        public String kind() {
            return "cnn";
        }

        @Override
        public Map<String, String> options() {
            Map<String, String> options = new LinkedHashMap<>();
            options.put("model", model);
            options.put("node", node);
            options.put("classes", Integer.toString(classes));
            if (!variant.values().isEmpty()) {
                options.put("options", joined(variant));
            }
            return options;
        }

        @Override
        public Fitted fit(Backend backend, Samples samples, FitListener listener) {
            throw new IllegalArgumentException("cnn: model \"" + model + "\" has no weights. Name a run: cnn:run=FOLDER,node=NODE.");
        }

        @Override
        public Fitted restore(Shape sampleShape, Map<String, Tensor> tensors) {
            Images.require("cnn", sampleShape);
            long channels = sampleShape.dim(0);
            ChannelStatistics statistics = new ChannelStatistics(list(Restored.tensor(tensors, "cnn", MEAN, DType.FLOAT64, channels)),
                    list(Restored.tensor(tensors, "cnn", STD, DType.FLOAT64, channels)));
            return new FittedCnn(new CnnFeatures(Models.create(model, sampleShape, classes, variant), node, statistics, tensors));
        }

        private static List<Double> list(Tensor tensor) {
            return java.util.Arrays.stream(tensor.toDoubles()).boxed().toList();
        }
    }

    private record FittedCnn(CnnFeatures featurizer) implements Fitted {
        @Override
        public Shape sampleShape() {
            return featurizer.model.inputShape();
        }

        @Override
        public long outputSize() {
            Context context = new Context(new GraphBuilder(), false);
            Value logits = featurizer.model.logits(context, context.graph().input("images", featurizer.model.inputType(1)));
            return find(featurizer.model, logits, featurizer.node).shape().elements();
        }

        @Override
        public Map<String, Tensor> tensors() {
            Map<String, Tensor> all = new LinkedHashMap<>();
            featurizer.model.parameters().names().forEach(name -> all.put(name, featurizer.weights.get(name)));
            all.put(MEAN, Tensor.of(doubles(featurizer.statistics.mean())));
            all.put(STD, Tensor.of(doubles(featurizer.statistics.std())));
            return all;
        }

        @Override
        public Value apply(FeatureGraph graph, Value x) {
            Context context = new Context(graph.builder(), false);
            Value logits = featurizer.model.logits(context, normalized(graph, x));
            context.parameters().names().forEach(name -> graph.assign(name, featurizer.weights.get(name)));
            return Shaping.flatten(find(featurizer.model, logits, featurizer.node));
        }

        /** {@code (x - mean) / std} by channel, as training does it; a channel without variation is only shifted. */
        private Value normalized(FeatureGraph graph, Value x) {
            int channels = (int) x.shape().dim(1);
            double[] scale = new double[channels];
            double[] shift = new double[channels];
            for (int c = 0; c < channels; c++) {
                double std = featurizer.statistics.std().get(c) > 0 ? featurizer.statistics.std().get(c) : 1;
                scale[c] = 1 / std;
                shift[c] = -featurizer.statistics.mean().get(c) / std;
            }
            return x.times(Source.constant(graph.builder(), Tensor.of(DType.FLOAT32, scale, 1, channels, 1, 1)))
                    .plus(Source.constant(graph.builder(), Tensor.of(DType.FLOAT32, shift, 1, channels, 1, 1)));
        }

        private static double[] doubles(List<Double> values) {
            return values.stream().mapToDouble(Double::doubleValue).toArray();
        }
    }

    private static Value find(Model model, Value logits, String name) {
        Map<String, Value> all = ancestors(logits);
        if (name.equals(LAST_HIDDEN)) {
            Value last = logits;
            while (!(last.node().op() instanceof MatMul) && !last.node().inputs().isEmpty()) {
                last = last.node().input(0);
            }
            if (last.node().op() instanceof MatMul) {
                return last.node().input(0);
            }
            throw new IllegalArgumentException("cnn: model \"" + model.name() + "\" does not end in a matrix product. Name a node: "
                    + String.join(", ", all.keySet()) + ".");
        }
        Value found = all.get(name);
        if (found == null) {
            throw new IllegalArgumentException("cnn: model \"" + model.name() + "\" has no node \"" + name + "\"; it has "
                    + String.join(", ", all.keySet()) + ".");
        }
        return found;
    }

    /** What the logits are computed from, weights left out, in order of computation. */
    private static Map<String, Value> ancestors(Value logits) {
        Set<Node> seen = new LinkedHashSet<>();
        Deque<Node> open = new ArrayDeque<>(List.of(logits.node()));
        while (!open.isEmpty()) {
            Node node = open.pop();
            if (!(node.op() instanceof Source) && seen.add(node)) {
                node.inputs().forEach(v -> open.push(v.node()));
            }
        }
        Map<String, Value> byName = new LinkedHashMap<>();
        seen.stream().sorted(java.util.Comparator.comparingInt(Node::id)).forEach(n -> byName.put(n.name(), n.output(0)));
        return byName;
    }
}

package dev.lamina.graph.cases;

import dev.lamina.graph.Gradients;
import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.GraphException;
import dev.lamina.graph.Loss;
import dev.lamina.graph.MatMul;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Reduction;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.Source;
import dev.lamina.graph.Update;
import dev.lamina.graph.Update.MomentumForm;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Small networks wired at random: values that several nodes read, residuals from anywhere, values of the state alone, outputs in the
 * middle, gradients and updates. Sizes are drawn for each network: 1 to 3 images, 1 to 17 channels, maps of 1 to 7 rows and columns.
 */
public final class RandomNetworks {
    private static final Logger LOG = LoggerFactory.getLogger(RandomNetworks.class);
    private static final int CLASSES = 5;
    private static final int ATTEMPTS = 1000;

    private final Random random;
    private final GraphBuilder g = new GraphBuilder();
    private final RandomSources sources;
    private final RandomLayers layers;

    private RandomNetworks(long seed) {
        random = new Random(seed);
        sources = new RandomSources(g, seed);
        layers = new RandomLayers(random, sources);
    }

    /**
     * A network with numbers.
     *
     * @param graph in float32; labels and indices are integers
     * @param variables values of all its variables
     * @param inputs values of all its inputs
     */
    public record Drawn(Graph graph, Map<String, Tensor> variables, Map<String, Tensor> inputs) {
    }

    /**
     * The network of a seed. Its values are finite and of ordinary size, and so are those after a few runs.
     *
     * @throws IllegalStateException if no legal one is found
     */
    public static Drawn of(long seed) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            try {
                return new RandomNetworks(seed + attempt * 0x9E37_79B9_7F4A_7C15L).build();
            } catch (GraphException e) {
                LOG.debug("seed {}: {} Drawn again.", seed, e.getMessage());
            }
        }
        throw new IllegalStateException("no network of seed " + seed + " is a legal graph.");
    }

    private Drawn build() {
        layers.start();
        int nodes = 4 + random.nextInt(10);
        for (int i = 0; i < nodes; i++) {
            layers.grow();
        }
        Value last = layers.last();
        g.output("last", last);
        g.output("any", layers.any());
        g.output("sums", Reduction.sum(layers.any(), 0, 2, 3));
        layers.statistics().forEach(value -> g.output("statistic " + value.name(), value));
        if (random.nextInt(3) > 0) {
            train(loss(last));
        }
        Graph graph = g.build();
        return new Drawn(graph, sources.of(graph.variables()), sources.of(graph.inputs()));
    }

    private Value loss(Value last) {
        if (random.nextBoolean()) {
            return Reduction.mean(Pointwise.square(Pointwise.tanh(last)));
        }
        Value flat = Shaping.flatten(last);
        Value logits = MatMul.linear(flat, sources.weight(flat.shape().dim(1), CLASSES, flat.shape().dim(1)), sources.any(CLASSES));
        Loss.Options options = Loss.Options.defaults().smoothing(random.nextBoolean() ? 0.1 : 0);
        g.output("logits", logits);
        return Loss.crossEntropy(logits, sources.labels("labels", CLASSES, last.shape().dim(0)), options);
    }

    private void train(Value loss) {
        g.output("loss", loss);
        List<Value> by = g.trainable();
        List<Value> gradients = Gradients.orZeros(loss, by);
        for (int i = 0; i < by.size(); i++) {
            switch (random.nextInt(5)) {
                case 0 -> Update.assign(by.get(i), by.get(i).minus(gradients.get(i).times(0.1)));
                case 1 -> sgd(by.get(i), gradients.get(i));
                case 2 -> adam(by.get(i), gradients.get(i));
                default -> g.output("gradient " + by.get(i).name(), gradients.get(i));
            }
        }
    }

    private Value rate() {
        return Source.scalar(g, DType.FLOAT32, 0.05);
    }

    private void sgd(Value w, Value gradient) {
        double momentum = random.nextBoolean() ? 0.9 : 0;
        boolean nesterov = momentum > 0 && random.nextBoolean();
        Update.Sgd op = new Update.Sgd(momentum, nesterov, random.nextBoolean() ? 0.01 : 0, MomentumForm.RATE_OUTSIDE);
        if (momentum == 0) {
            Update.node(op, w, gradient, rate());
        } else {
            Update.node(op, w, gradient, rate(), sources.buffer(w, -0.5, 0.5));
        }
    }

    /** Second moments are far from 0, so that a step does not hang on rounding of a small gradient. */
    private void adam(Value w, Value gradient) {
        Update.Adam op = new Update.Adam(0.9, 0.99, 1e-3, random.nextBoolean() ? 0.01 : 0, random.nextBoolean());
        Update.node(op, w, gradient, rate(), sources.buffer(w, -0.5, 0.5), sources.buffer(w, 0.5, 2), g.step());
    }
}

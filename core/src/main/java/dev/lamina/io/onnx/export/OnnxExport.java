package dev.lamina.io.onnx.export;

import dev.lamina.graph.Convolution;
import dev.lamina.graph.DtPool;
import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphException;
import dev.lamina.graph.Loss;
import dev.lamina.graph.MatMul;
import dev.lamina.graph.Node;
import dev.lamina.graph.Normalization;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Pooling;
import dev.lamina.graph.Random;
import dev.lamina.graph.Reduction;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.Softmax;
import dev.lamina.graph.Source;
import dev.lamina.graph.Update;
import dev.lamina.io.onnx.OnnxModel;
import dev.lamina.tensor.Tensor;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;

/**
 * Turns inference graphs into ONNX models.
 *
 * <p><b>Batch.</b> A Lamina graph has one batch size, an ONNX model none: its batch axis is the free dimension {@code N}. Which extents
 * those are is found by building the graph for two batch sizes, 2 and 3. Both must have the same nodes and the same numbers in them; an
 * extent that is equal in both is fixed, one that is the same multiple of the batch in both is free, and a graph with any other difference
 * is refused. A graph whose form changes with the batch at other sizes only is not found out.
 *
 * <p><b>Names.</b> Inputs, outputs and variables (as initializers) have the names they have in the graph, nodes theirs. A computed value
 * has its node's name, or that of the output that it is. What ONNX has no single operator for becomes several nodes, {@code node/part}.
 *
 * <p><b>Numbers.</b> Attributes of ONNX are float32: an epsilon or a slope is rounded to it. {@code expm1} and {@code log1p} become
 * {@code exp(x) - 1} and {@code log(1 + x)}, less exact near 0.
 *
 * <p><b>Refused</b>, with op, node and reason: updates, random numbers, losses, ops of gradients, normalisation by the batch, and a few
 * forms that the operator set lacks. Stateless and thread-safe.
 */
public final class OnnxExport {
    /** Version of ONNX's operator set in exported models. */
    public static final long OPERATORS = 17;
    /** Version of the file format of exported models. */
    public static final long IR = 8;

    private OnnxExport() { }

    /**
     * What a model is called and which part of the graph it is.
     *
     * @param name of the graph, for people
     * @param producer name and version of the program, e.g. {@code lamina 1.0}
     * @param outputs the graph's outputs that the model gives, in this order, at least one
     * @param metadata free text by name
     */
    public record Settings(String name, String producer, List<String> outputs, Map<String, String> metadata) {
        /** Copies the collections. */
        public Settings {
            outputs = List.copyOf(outputs);
            metadata = Map.copyOf(metadata);
            if (outputs.isEmpty()) {
                throw new IllegalArgumentException("onnx: no outputs are named, needs at least one of the graph's.");
            }
        }
    }

    /**
     * The model of a graph.
     *
     * @param graphs the graph for a batch size
     * @param variables a tensor for every variable that the outputs need, by name; they are kept, not copied, and others are left aside
     * @throws GraphException if an op has no ONNX form, the graph depends on the batch size otherwise than by extents, or a variable has no
     *     tensor or one of another type
     */
    public static OnnxModel model(LongFunction<Graph> graphs, Map<String, Tensor> variables, Settings settings) {
        BatchFree graph = new BatchFree(graphs, settings.outputs());
        Emitter to = new Emitter(graph, settings.outputs());
        // Variables last: what an op is refused for is told before the weights that it would have needed.
        List<Node> ordered = graph.nodes().stream().sorted(Comparator.comparing(n -> n.op() instanceof Source.Variable)).toList();
        for (Node node : ordered) {
            switch (node.op()) {
                case Source op -> SourceNodes.add(to, node, op, variables);
                case Convolution op -> ConvolutionNodes.add(to, node, op);
                case Pooling op -> PoolingNodes.add(to, node, op);
                case DtPool _ -> throw Emitter.refused(node, "ONNX has no distance transform.");
                case MatMul op -> MatMulNodes.add(to, node, op);
                case Pointwise op -> PointwiseNodes.add(to, node, op);
                case Normalization op -> NormalizationNodes.add(to, node, op);
                case Softmax op -> softmax(to, node, op);
                case Reduction op -> ReductionNodes.add(to, node, op);
                case Shaping op -> ShapingNodes.add(to, node, op);
                case Loss _ -> throw Emitter.refused(node, "a model for inference has no loss. Export the logits.");
                case Random _ -> throw Emitter.refused(node, "ONNX has no random numbers by Lamina's convention. Build the graph for "
                        + "inference.");
                case Update _ -> throw Emitter.refused(node, "a model for inference changes no variable. Build the graph for inference.");
            }
            graph.check(node);
        }
        return new OnnxModel(IR, settings.producer(), Map.of("", OPERATORS), to.graph(settings.name()), List.of(), settings.metadata());
    }

    private static void softmax(Emitter to, Node node, Softmax op) {
        String type = switch (op) {
            case Softmax.Probabilities _ -> "Softmax";
            case Softmax.LogProbabilities _ -> "LogSoftmax";
        };
        to.add(node, type, to.inputs(node), Map.of("axis", Emitter.integer(op.axis())));
    }
}

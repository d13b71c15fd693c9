package dev.lamina.graph;

import dev.lamina.graph.Normalization.BatchNormInference;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Takes batch normalisation by given statistics into the weights of the convolution or matrix product before it. */
final class BatchNormFolding implements Rewriter.Rule {
    private final Map<Value, Integer> readers = new HashMap<>();
    private final Set<Value> outputs;

    BatchNormFolding(Graph graph) {
        graph.nodes().forEach(node -> node.inputs().forEach(v -> readers.merge(v, 1, Integer::sum)));
        outputs = new HashSet<>(graph.outputs().values());
    }

    @Override
    public List<Value> results(Rewriter to, Node node, List<Value> operands) {
        if (node.op() instanceof BatchNormInference norm && folds(node)) {
            return fold(to, node, norm, operands);
        }
        return to.copy(node, operands);
    }

    /**
     * Whether nobody else reads the product, its weights are not more than its results, and the normalisation's numbers depend on nothing:
     * else the new weights could depend on an update that has to wait for the old ones' reader.
     */
    private boolean folds(Node norm) {
        Value product = norm.input(0);
        Node node = product.node();
        return readers.get(product) == 1 && !outputs.contains(product)
                && (product.dtype() == DType.FLOAT32 || product.dtype() == DType.FLOAT64)
                && (node.op() instanceof Convolution.Conv2d || node.op() instanceof MatMul && product.shape().rank() == 2)
                && node.input(1).type().elements() <= product.type().elements()
                && norm.inputs().subList(1, 5).stream().allMatch(v -> v.root().node().op() instanceof Source);
    }

    private static List<Value> fold(Rewriter to, Node node, BatchNormInference norm, List<Value> operands) {
        Node product = operands.getFirst().node();
        to.fresh(node.name() + "/folded/");
        Value scale = operands.get(1).dividedBy(Pointwise.sqrt(operands.get(4).plus(norm.epsilon())));
        Value weight = product.input(1).times(Shaping.reshape(scale, perFilter(product)));
        Value mean = operands.get(3);
        Value bias = product.inputs().size() == 3 ? product.input(2).minus(mean).times(scale).plus(operands.get(2))
                : operands.get(2).minus(mean.times(scale));
        return to.replace(node, product.op(), List.of(product.input(0), weight, bias));
    }

    /** The shape under which a number a channel broadcasts against the product's weights. */
    private static Shape perFilter(Node product) {
        long channels = product.output(0).shape().dim(1);
        if (product.op() instanceof MatMul matmul) {
            return matmul.transposeB() ? Shape.of(channels, 1) : Shape.of(1, channels);
        }
        return Shape.of(channels, 1, 1, 1);
    }
}

package dev.lamina.cuda.lowering;

import dev.lamina.backend.fusion.Group.Activated;
import dev.lamina.cuda.api.ConvolutionPass;
import dev.lamina.graph.Node;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import java.util.List;
import java.util.Optional;

/**
 * What is applied to the result of a convolution or matrix product before anyone reads it.
 *
 * @param nodes names of all nodes of the group
 * @param bias one number a channel or column
 * @param other what is added, of the result's shape
 * @param relu whether negative results become 0
 */
record Epilogue(List<String> nodes, Optional<Value> bias, Optional<Value> other, boolean relu) {

    static Epilogue of(Activated group) {
        Node product = group.product();
        Optional<Value> bias = product.inputs().size() == 3 ? Optional.of(product.input(2)) : Optional.empty();
        Optional<Value> other = group.sum().map(sum -> sum.input(0) == product.output(0) ? sum.input(1) : sum.input(0));
        return new Epilogue(group.nodes().stream().map(Node::name).toList(), bias, other, group.relu().isPresent());
    }

    boolean isEmpty() {
        return bias.isEmpty() && other.isEmpty() && !relu;
    }

    /** The pass of cuDNN's that does it all, if there is one. */
    Optional<ConvolutionPass> pass() {
        if (bias.isEmpty()) {
            return isEmpty() ? Optional.of(ConvolutionPass.FORWARD) : Optional.empty();
        }
        if (other.isPresent()) {
            return relu ? Optional.of(ConvolutionPass.FORWARD_BIAS_SUM_RELU) : Optional.empty();
        }
        return Optional.of(relu ? ConvolutionPass.FORWARD_BIAS_RELU : ConvolutionPass.FORWARD_BIAS);
    }

    /** Where the other operand is, in the result's layout. */
    Optional<Place> other(Assembly assembly, Layout result) {
        return other.map(value -> assembly.in(value, result, "sum with " + nodes.getFirst()));
    }

    /** Adds the step of our own that does it, if there is something to do. */
    void add(Assembly assembly, Place result, long channels, long inner) {
        if (isEmpty()) {
            return;
        }
        DType element = result.layout().element();
        Optional<Place> sum = other(assembly, result.layout());
        Place unused = result;
        Place row = bias.map(value -> assembly.plain(value, "bias of " + nodes.getFirst())).orElse(unused);
        long total = result.layout().type().elements();
        assembly.kernel(nodes, "kernel epilogue", assembly.kernels().resource("epilogue", ElementDefine.of(element), "epilogue"))
                .over(total).pointer(result).pointer(row).pointer(sum.orElse(unused)).int64s(total, channels, inner)
                .int32(bias.isPresent() ? 1 : 0).int32(sum.isPresent() ? 1 : 0).int32(relu ? 1 : 0).add();
    }
}

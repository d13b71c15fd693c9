package dev.lamina.cpu.onednn;

import dev.lamina.backend.fusion.Group.Activated;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;

/**
 * The sum and the rectifier that a product applies to its results before it stores them. The rectifier is oneDNN's PReLU with slope 0, not
 * its ReLU, which turns NaN into 0 and so hides a network that has diverged; the price is that -∞ becomes NaN. It costs the same time.
 */
final class PostOps {
    private PostOps() { }

    /** The value that is added to the product. */
    static Optional<Value> residual(Activated group) {
        return group.sum().map(sum -> sum.input(0).node() == group.product() ? sum.input(1) : sum.input(0));
    }

    /** Attributes with the group's post-ops. The residual's layout is left open; it is given in the result's. */
    static long attributes(Assembly assembly, Precision precision, Activated group) {
        long attributes = precision.attributes(assembly);
        if (group.sum().isEmpty() && group.relu().isEmpty()) {
            return attributes;
        }
        NativeScope scope = assembly.scope();
        long postOps = scope.own("post_ops_create", Dnnl.POST_OPS_DESTROY, out -> (int) Dnnl.POST_OPS_CREATE.invokeExact(out));
        TensorType type = group.product().output(0).type();
        try {
            if (group.sum().isPresent()) {
                long residual = Layout.taggedDescriptor(scope, type.shape().toArray(), Dnnl.F32, Dnnl.TAG_ANY);
                NativeScope.check((int) Dnnl.POST_OPS_BINARY.invokeExact(postOps, (long) Dnnl.BINARY_ADD, residual),
                        "post_ops_append_binary");
            }
            if (group.relu().isPresent()) {
                NativeScope.check((int) Dnnl.POST_OPS_PRELU.invokeExact(postOps, 0L), "post_ops_append_prelu");
            }
            NativeScope.check((int) Dnnl.ATTR_POST_OPS.invokeExact(attributes, postOps), "primitive_attr_set_post_ops");
        } catch (Throwable e) {
            throw e instanceof RuntimeException known ? known : NativeScope.unexpected("post_ops", e);
        }
        return attributes;
    }

    /** Adds the operands of the post-ops to a product's arguments. */
    static void arguments(Assembly assembly, Activated group, Layout result, Map<Integer, Place> arguments) {
        residual(group).ifPresent(residual -> arguments.put(Dnnl.ARG_POST_OP | Dnnl.ARG_SRC_1,
                assembly.in(residual, result, "sum after " + group.product().name())));
        if (group.relu().isPresent()) {
            int index = group.sum().isPresent() ? 1 : 0;
            int rank = group.result().shape().rank();
            Shape ones = Shape.of(Collections.nCopies(rank, 1L).stream().mapToLong(Long::longValue).toArray());
            Tensor slope = Tensor.zeros(DType.FLOAT32, ones);
            arguments.put(Dnnl.ARG_POST_OP * (index + 1) | Dnnl.ARG_WEIGHTS, assembly.constant("slope 0", slope));
        }
    }
}

package dev.lamina.cpu.onednn;

import dev.lamina.backend.fusion.Group.Activated;
import dev.lamina.graph.MatMul;
import dev.lamina.graph.Node;
import dev.lamina.graph.TensorType;
import dev.lamina.tensor.DType;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** Matrix products by oneDNN. All matrices stay row-major, transposed ones are told by their strides: blocked weights gained nothing. */
final class MatMulLowering {
    private static final int MOST_AXES = 12;

    private final Assembly assembly;
    private final Precision precision;

    MatMulLowering(Assembly assembly, Precision precision) {
        this.assembly = assembly;
        this.precision = precision;
    }

    /** True if oneDNN takes the product: float32, not empty. */
    static boolean supports(Node node) {
        return node.op() instanceof MatMul && node.input(0).shape().rank() <= MOST_AXES
                && node.inputTypes().stream().allMatch(t -> Precision.isFloat32(t) && t.elements() > 0);
    }

    /** Adds the steps of a product. */
    void lower(Activated group) {
        Node node = group.product();
        MatMul op = (MatMul) node.op();
        NativeScope scope = assembly.scope();
        int rank = node.output(0).shape().rank();
        Layout result = Layout.plain(node.output(0).type());
        long a = operand(node.input(0).type(), op.transposeA());
        long b = operand(node.input(1).type(), op.transposeB());
        long bias = node.inputs().size() == 3 ? row(node.input(2).type(), rank) : 0;
        long c = result.descriptor(scope);
        long attributes = PostOps.attributes(assembly, precision, group);
        PrimitiveDesc desc = new PrimitiveDesc(scope.own("matmul_primitive_desc_create for " + node, Dnnl.PRIMITIVE_DESC_DESTROY,
                out -> (int) Dnnl.MATMUL.invokeExact(out, scope.engine(), a, b, bias, c, attributes)), scope);
        Map<Integer, Place> arguments = new LinkedHashMap<>();
        arguments.put(Dnnl.ARG_SRC, matrix(node, 0, op.transposeA()));
        arguments.put(Dnnl.ARG_WEIGHTS, matrix(node, 1, op.transposeB()));
        if (node.inputs().size() == 3) {
            Place plain = assembly.plain(node.input(2), "bias of " + node.name());
            arguments.put(Dnnl.ARG_BIAS, new Place(plain.buffer(), rowLayout(node.input(2).type(), rank)));
        }
        PostOps.arguments(assembly, group, result, arguments);
        arguments.put(Dnnl.ARG_DST, assembly.define(group.result(), result));
        assembly.primitive(Names.of(group), desc, "oneDNN " + desc.implementation(), arguments);
    }

    /** The operand in row-major order, seen with its last two axes in the product's order. */
    private Place matrix(Node node, int operand, boolean transpose) {
        TensorType type = node.input(operand).type();
        Layout wanted = Layout.plain(precision.operand(type));
        Place plain = precision.isFull() ? assembly.plain(node.input(operand), "operand of " + node.name())
                : assembly.in(node.input(operand), wanted, "bfloat16 operand of " + node.name());
        return new Place(plain.buffer(), seen(type, transpose));
    }

    private long operand(TensorType type, boolean transpose) {
        return seen(type, transpose).descriptor(assembly.scope());
    }

    private Layout seen(TensorType stored, boolean transpose) {
        TensorType type = precision.operand(stored);
        long[] dims = type.shape().toArray();
        long[] strides = type.shape().strides();
        if (transpose) {
            swapLast(dims);
            swapLast(strides);
        }
        return Layout.strided(TensorType.of(type.dtype(), dims), strides);
    }

    private static void swapLast(long[] values) {
        long last = values[values.length - 1];
        values[values.length - 1] = values[values.length - 2];
        values[values.length - 2] = last;
    }

    private long row(TensorType bias, int rank) {
        return rowLayout(bias, rank).descriptor(assembly.scope());
    }

    private static Layout rowLayout(TensorType bias, int rank) {
        long[] dims = new long[rank];
        Arrays.fill(dims, 1);
        dims[rank - 1] = bias.shape().dim(0);
        return Layout.plain(TensorType.of(DType.FLOAT32, dims));
    }
}

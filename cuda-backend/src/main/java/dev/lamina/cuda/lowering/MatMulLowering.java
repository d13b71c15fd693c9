package dev.lamina.cuda.lowering;

import dev.lamina.backend.fusion.Group.Activated;
import dev.lamina.cuda.api.Blas;
import dev.lamina.cuda.api.Gemm;
import dev.lamina.graph.MatMul;
import dev.lamina.graph.Node;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import java.util.List;

/**
 * Matrix products by cuBLAS, or by a kernel of our own where no library is wanted; all matrices row-major. Bias, sum and rectifier
 * follow in one pass of our own.
 */
final class MatMulLowering {
    private final Assembly assembly;
    private final Precision precision;
    private final Blas blas;
    private final boolean fast;

    MatMulLowering(Assembly assembly, Toolbox tools, Precision precision, boolean fast) {
        this.assembly = assembly;
        this.precision = precision;
        this.blas = tools.blas();
        this.fast = fast;
    }

    /** True for products that take a sum and a rectifier along. */
    static boolean fuses(Node node) {
        return node.op() instanceof MatMul;
    }

    /** Adds the steps of a product and what follows it. */
    void lower(Activated group) {
        Node node = group.product();
        MatMul op = (MatMul) node.op();
        Shape c = node.output(0).shape();
        long k = node.input(0).shape().dim(op.transposeA() ? -2 : -1);
        DType element = precision.operand(node.output(0).dtype());
        Epilogue epilogue = Epilogue.of(group);
        Buffer a = operand(node.input(0), element, node);
        Buffer b = operand(node.input(1), element, node);
        // Behind a rectifier come further layers, which want the operands' type; all else stays as exact as the sums.
        DType held = epilogue.relu() ? element : node.output(0).dtype();
        Place result = assembly.define(group.result(), new Layout(group.result().type(), held, Order.PLAIN));
        if (result.layout().bytes() == 0) {
            return;
        }
        if (k == 0) {
            zero(node, result);
        } else if (!fast) {
            plain(node, k, a, b, result);
        } else {
            library(node, gemm(op, c, k, element, held), a, b, result.buffer());
        }
        epilogue.add(assembly, result, c.dim(-1), 1);
    }

    private Gemm gemm(MatMul op, Shape c, long k, DType element, DType held) {
        long m = c.dim(-2);
        long n = c.dim(-1);
        return Gemm.of(op.transposeA(), op.transposeB(), m, n, k, precision.arithmetic(element)).batched(c.elements() / (m * n))
                .giving(held);
    }

    private Buffer operand(Value value, DType element, Node node) {
        return assembly.in(value, new Layout(value.type(), element, Order.PLAIN), "operand of " + node.name()).buffer();
    }

    private void library(Node node, Gemm gemm, Buffer a, Buffer b, Buffer c) {
        String name = "cuBLAS " + (gemm.batch() == 1 ? "GemmEx " : "GemmStridedBatchedEx ") + gemm.arithmetic();
        assembly.add(List.of(node.name()), name, stream -> {
            blas.stream(stream);
            blas.gemm(gemm, a.address(), b.address(), c.address());
        }, List.of(a, b, c));
    }

    /** One thread for each result, by {@code product.cu}. */
    private void plain(Node node, long k, Buffer a, Buffer b, Place result) {
        MatMul op = (MatMul) node.op();
        DType element = precision.operand(node.input(0).dtype());
        Shape c = node.output(0).shape();
        long m = c.dim(-2);
        long n = c.dim(-1);
        assembly.because("fast kernels are switched off").kernel(node, "product", ElementDefine.of(element), "product")
                .over(c.elements()).pointer(a).pointer(b).pointer(result).int64s(c.elements() / (m * n), m, n, k)
                .int32(op.transposeA() ? 1 : 0).int32(op.transposeB() ? 1 : 0).int32(result.layout().element() == element ? 0 : 1).add();
    }

    /** A sum of nothing. */
    private void zero(Node node, Place result) {
        Buffer buffer = result.buffer();
        long bytes = result.layout().bytes();
        assembly.add(List.of(node.name()), "fill", stream -> stream.fill(buffer.address(), (byte) 0, bytes), List.of(buffer));
    }
}

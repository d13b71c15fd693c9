package dev.lamina.cuda.lowering;

import dev.lamina.graph.Node;
import dev.lamina.graph.Random;
import java.util.List;

/** Random numbers and dropout by {@code random.cu}. The numbers of a value are those of its row-major order, in whatever layout it lies. */
final class RandomLowering {
    private static final String FAMILY = "random";
    /** Numbers that a thread draws at a time. */
    private static final int BLOCK = 4;

    private final Assembly assembly;

    RandomLowering(Assembly assembly) {
        this.assembly = assembly;
    }

    /** Adds the step of a node. */
    void lower(Node node) {
        switch ((Random) node.op()) {
            case Random.Uniform op -> sample(node, "uniform", call -> call.float64(op.low()).float64(op.high() - op.low()));
            case Random.Normal op -> sample(node, "normal", call -> call.float64(op.mean()).float64(op.deviation()));
            case Random.Bernoulli op -> sample(node, "bernoulli", call -> call.int32(threshold(op.p())));
            case Random.Dropout op -> dropout(op, node);
        }
    }

    private interface Arguments {
        void add(KernelCall call);
    }

    /** The least multiple of 2^-24 that is not below p, in such steps: {@code u < p} is {@code 2^24 u < threshold}. */
    static int threshold(double p) {
        return (int) Math.ceil(p * 0x1p24);
    }

    private void sample(Node node, String kernel, Arguments arguments) {
        Place y = assembly.define(node.output(0), Layout.plain(node.output(0).type()));
        long n = y.layout().type().elements();
        if (n > 0) {
            KernelCall call = kernel(node, kernel, y).over(Math.ceilDiv(n, BLOCK)).pointer(y);
            key(call, node, 0).int64(n);
            arguments.add(call);
            call.add();
        }
    }

    private void dropout(Random.Dropout op, Node node) {
        Place x = assembly.any(node.input(0));
        Place y = assembly.defineOver(node.output(0), x.layout().like(node.output(0).type()), List.of(node.input(0)));
        long n = y.layout().type().elements();
        if (n == 0) {
            return;
        }
        boolean rowMajor = y.layout().sameOrder(y.layout().in(Order.PLAIN));
        KernelCall call = kernel(node, rowMajor ? "dropout" : "dropout_last", y).over(rowMajor ? Math.ceilDiv(n, BLOCK) : n)
                .pointer(x).pointer(y);
        key(call, node, 1).int64(n).int32(threshold(op.p())).float64(1 - op.p());
        if (!rowMajor) {
            long[] dims = y.layout().type().shape().toArray();
            call.int64s(dims[1], dims[2] * dims[3]);
        }
        call.add();
    }

    private KernelCall kernel(Node node, String kernel, Place result) {
        return assembly.kernel(node, FAMILY, List.of(), kernel + "_" + result.layout().element());
    }

    /** Seed, step and stream. */
    private KernelCall key(KernelCall call, Node node, int first) {
        return call.pointer(assembly.plain(node.input(first), "seed")).pointer(assembly.plain(node.input(first + 1), "step"))
                .int32(((Random) node.op()).stream());
    }
}

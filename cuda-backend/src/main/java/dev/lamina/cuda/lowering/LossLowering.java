package dev.lamina.cuda.lowering;

import dev.lamina.graph.Loss;
import dev.lamina.graph.Loss.LossReduction;
import dev.lamina.graph.Node;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import java.util.List;

/** Cross-entropy and its gradient by {@code loss.cu}, row-major. Labels out of range are reported, and their samples count for nothing. */
public final class LossLowering {
    private static final int WARP = 32;
    private static final int BLOCK = 256;
    private static final int LARGEST_BLOCK = 1024;
    /** From this many classes on, a sample gets a block of threads. */
    private static final long MANY_CLASSES = 1024;
    private static final long MOST_BLOCKS = 65_535;

    private final Assembly assembly;

    /** Adds to this assembly. */
    public LossLowering(Assembly assembly) {
        this.assembly = assembly;
    }

    /** Adds the steps of a node. */
    public void lower(Node node) {
        switch ((Loss) node.op()) {
            case Loss.CrossEntropy op -> loss(op.options(), node);
            case Loss.CrossEntropyGradient op -> gradient(op.options(), node);
        }
    }

    /** The operands that all kernels share: logits, labels and, if there are three, class weights. */
    private final class Samples {
        private final Node node;
        private final Loss.Options options;
        private final List<Place> operands;
        private final DType labels;
        private final int slot;
        private final long count;
        private final long classes;

        Samples(Node node, Loss.Options options, List<Value> values) {
            this.node = node;
            this.options = options;
            this.operands = values.stream().map(v -> assembly.plain(v, "operand of " + node.name())).toList();
            this.labels = values.get(1).dtype();
            this.count = values.getFirst().shape().dim(0);
            this.classes = values.getFirst().shape().dim(1);
            String name = node.toString();
            this.slot = assembly.faults().slot(count, (position, label) -> name + ": label " + label + " at index " + position
                    + ", classes are 0.." + (classes - 1) + "." + (label == classes ? " Are labels 1-based?" : ""));
        }

        DType element() {
            return operands.getFirst().layout().element();
        }

        KernelCall kernel(String name) {
            boolean weighted = operands.size() > 2;
            return assembly.kernel(node, "loss", ElementDefine.of(element()), name)
                    .pointer(operands.get(0)).pointer(operands.get(1)).pointer(operands.get(weighted ? 2 : 0))
                    .pointer(assembly.faults().buffer()).int32(slot).int32(labels == DType.INT64 ? 1 : 0).int32(weighted ? 1 : 0)
                    .int64s(count, classes, options.ignoreIndex()).float64(options.labelSmoothing());
        }

        KernelCall rows(String name) {
            int width = classes < MANY_CLASSES ? WARP : BLOCK;
            int height = BLOCK / width;
            return kernel(name).block(width, height, 1).grid(Math.min(Math.ceilDiv(count, height), MOST_BLOCKS), 1, 1);
        }

        /** A kernel of one block over all samples. */
        KernelCall single(String name) {
            return kernel(name).grid(1, 1, 1).block(count <= BLOCK ? BLOCK : LARGEST_BLOCK, 1, 1);
        }

        Buffer scratch(String name, long numbers) {
            return assembly.buffer(node.name() + name, numbers * (element() == DType.FLOAT64 ? Double.BYTES : Float.BYTES));
        }
    }

    private void loss(Loss.Options options, Node node) {
        Samples samples = new Samples(node, options, node.inputs());
        Place y = assembly.define(node.output(0), Layout.plain(node.output(0).type()));
        if (options.reduction() == LossReduction.NONE) {
            samples.rows("cross_entropy_rows").pointer(y).pointer(y).int32(1).add();
            return;
        }
        Buffer losses = samples.scratch(" per sample", samples.count);
        samples.rows("cross_entropy_rows").pointer(losses).pointer(y).int32(0).add();
        samples.single("cross_entropy_total").pointer(losses).pointer(y).int32(mean(options)).add();
    }

    private static int mean(Loss.Options options) {
        return options.reduction() == LossReduction.MEAN ? 1 : 0;
    }

    private void gradient(Loss.Options options, Node node) {
        Place upstream = assembly.plain(node.input(0), "gradient at " + node.name());
        Samples samples = new Samples(node, options, node.inputs().subList(1, node.inputs().size()));
        Place g = assembly.defineOver(node.output(0), Layout.plain(node.output(0).type()), List.of(node.input(1)));
        Buffer divisor = samples.scratch(" divisor", 1);
        if (mean(options) == 1) {
            samples.single("cross_entropy_divisor").pointer(divisor).add();
        }
        int each = options.reduction() == LossReduction.NONE ? 1 : 0;
        samples.rows("cross_entropy_gradient").pointer(upstream).pointer(divisor).pointer(g).int32(each).int32(mean(options)).add();
    }
}

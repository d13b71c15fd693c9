package dev.lamina.cpu.onednn;

import dev.lamina.cpu.vector.Kernel;
import dev.lamina.cpu.vector.SoftmaxKernels;
import dev.lamina.graph.Loss;
import dev.lamina.graph.Node;
import dev.lamina.graph.Softmax;
import dev.lamina.graph.Value;
import java.util.ArrayList;
import java.util.List;

/** Softmax and cross-entropy of float32 values by vector kernels, row-major. */
final class LossLowering {
    private final Assembly assembly;

    LossLowering(Assembly assembly) {
        this.assembly = assembly;
    }

    /** True if the node is lowered here: float32 and not empty. */
    static boolean supports(Node node) {
        return switch (node.op()) {
            case Softmax _ -> Precision.isFloat32(node.input(0).type()) && node.input(0).type().elements() > 0;
            case Loss.CrossEntropy _ -> accepts(node, 0);
            case Loss.CrossEntropyGradient _ -> Precision.isFloat32(node.input(0).type()) && accepts(node, 1);
            default -> false;
        };
    }

    private static boolean accepts(Node node, int logits) {
        boolean weighted = node.inputs().size() == logits + 3;
        return Precision.isFloat32(node.input(logits).type()) && node.input(logits).type().elements() > 0
                && node.input(logits + 1).dtype().isInteger() && (!weighted || Precision.isFloat32(node.input(logits + 2).type()));
    }

    /** Adds the step of a softmax. */
    void softmax(Softmax softmax, Node node) {
        boolean logarithm = switch (softmax) {
            case Softmax.Probabilities _ -> false;
            case Softmax.LogProbabilities _ -> true;
        };
        Value value = node.input(0);
        Place x = assembly.plain(value, "operand of " + node.name());
        long outer = 1;
        long inner = 1;
        for (int axis = 0; axis < value.shape().rank(); axis++) {
            outer *= axis < softmax.axis() ? value.shape().dim(axis) : 1;
            inner *= axis > softmax.axis() ? value.shape().dim(axis) : 1;
        }
        Place y = assembly.defineOver(node.output(0), Layout.plain(node.output(0).type()), List.of(value));
        add(node, SoftmaxKernels.softmax(assembly.team(), logarithm, outer, value.shape().dim(softmax.axis()), inner, x.pointer(),
                y.pointer()), List.of(x, y));
    }

    /** Adds the step of a loss or of its gradient. */
    void loss(Loss loss, Node node) {
        switch (loss) {
            case Loss.CrossEntropy op -> {
                List<Place> used = new ArrayList<>();
                SoftmaxKernels.Samples samples = samples(node, 0, op.options(), used);
                Place y = assembly.define(node.output(0), Layout.plain(node.output(0).type()));
                used.add(y);
                add(node, SoftmaxKernels.crossEntropy(assembly.team(), samples, y.pointer()), used);
            }
            case Loss.CrossEntropyGradient op -> {
                List<Place> used = new ArrayList<>();
                Place upstream = assembly.plain(node.input(0), "gradient at " + node.name());
                SoftmaxKernels.Samples samples = samples(node, 1, op.options(), used);
                Place g = assembly.defineOver(node.output(0), Layout.plain(node.output(0).type()), List.of(node.input(1)));
                used.addAll(List.of(upstream, g));
                add(node, SoftmaxKernels.crossEntropyGradient(assembly.team(), samples, upstream.pointer(), g.pointer()), used);
            }
        }
    }

    private SoftmaxKernels.Samples samples(Node node, int first, Loss.Options options, List<Place> used) {
        for (int i = first; i < node.inputs().size(); i++) {
            used.add(assembly.plain(node.input(i), "operand of " + node.name()));
        }
        Value logits = node.input(first);
        return new SoftmaxKernels.Samples(node.toString(), options, logits.shape().dim(0), logits.shape().dim(1), used.get(0).pointer(),
                used.get(1).pointer(), node.input(first + 1).dtype(), used.size() > 2 ? used.get(2).pointer() : null);
    }

    private void add(Node node, Kernel kernel, List<Place> used) {
        assembly.add(List.of(node.name()), "vector " + node.op().name(), kernel, used.stream().map(Place::buffer).toList());
    }
}

package dev.lamina.check.fault;

import dev.lamina.graph.Loss;
import dev.lamina.graph.Node;
import dev.lamina.graph.Normalization;
import dev.lamina.graph.Normalization.Lrn;
import dev.lamina.graph.Normalization.LrnGradient;
import dev.lamina.graph.Pooling;
import dev.lamina.graph.Reduction;
import dev.lamina.graph.Value;
import dev.lamina.graph.Window;
import dev.lamina.tensor.Shape;
import java.util.List;

/** Means that divide by the wrong number. */
final class DivisorDefect {
    private DivisorDefect() { }

    static Defect create() {
        return Defect.of("a mean of two elements or more: of an axis, a window, a batch or a range of channels",
                (node, read) -> node.outputs().stream().allMatch(value -> value.shape().elements() > 0) && count(node) > 1
                        && !(node.op() instanceof Normalization.BatchNormTraining && read.equals(List.of(node.output(1)))),
                DivisorDefect::plant);
    }

    /** How many elements are averaged, 1 where nothing is. */
    private static long count(Node node) {
        Shape x = node.inputs().isEmpty() ? Shape.scalar() : node.input(0).shape();
        Shape y = node.output(0).shape();
        return switch (node.op()) {
            case Reduction.Reduce op -> op.fold() == Reduction.Fold.MEAN ? x.elements() / y.elements() : 1;
            case Pooling.AvgPool op -> taps(op.window());
            case Pooling.AvgPoolGradient op -> taps(op.window());
            case Pooling.AdaptiveAvgPool _ -> bin(x, y);
            case Pooling.AdaptiveAvgPoolGradient _ -> bin(y, x);
            case Normalization.BatchNormTraining _ -> x.elements() / x.dim(1);
            case Lrn op -> op.alpha() == 0 ? 1 : op.size();
            case LrnGradient op -> op.forward().alpha() == 0 ? 1 : op.forward().size();
            case Loss.CrossEntropy op -> isMean(op) ? x.dim(0) : 1;
            case Loss.CrossEntropyGradient op -> isMean(op) ? y.dim(0) : 1;
            default -> 1;
        };
    }

    private static boolean isMean(Loss loss) {
        return loss.options().reduction() == Loss.LossReduction.MEAN;
    }

    private static long taps(Window window) {
        return window.h().kernel() * window.w().kernel();
    }

    private static long bin(Shape image, Shape pooled) {
        return Math.ceilDiv(image.dim(2), pooled.dim(2)) * Math.ceilDiv(image.dim(3), pooled.dim(3));
    }

    private static List<Value> plant(Site site) {
        long n = count(site.node());
        double factor = n / (n - 1.0);
        return switch (site.node().op()) {
            case Normalization.BatchNormTraining op -> unbiased(site, op, factor);
            case Lrn op -> site.replaced(divided(op), site.operands());
            case LrnGradient op -> site.replaced(new LrnGradient(divided(op.forward())), site.operands());
            default -> List.of(site.clean().getFirst().times(factor));
        };
    }

    private static Lrn divided(Lrn op) {
        return new Lrn(op.size(), op.alpha(), op.beta(), op.k(), !op.alphaIsDivided());
    }

    private static List<Value> unbiased(Site site, Normalization.BatchNormTraining op, double factor) {
        List<Value> clean = site.clean();
        Value variance = clean.get(2).times(factor);
        Value y = Normalization.batchNormInference(site.operands().get(0), site.operands().get(1), site.operands().get(2), clean.get(1),
                variance, op.epsilon());
        return List.of(y, clean.get(1), variance);
    }
}

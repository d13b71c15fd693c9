package dev.lamina.check.fault;

import dev.lamina.graph.Convolution;
import dev.lamina.graph.Convolution.Conv2d;
import dev.lamina.graph.Convolution.Conv2dDataGradient;
import dev.lamina.graph.Convolution.Conv2dFilterGradient;
import dev.lamina.graph.Node;
import dev.lamina.graph.Pooling;
import dev.lamina.graph.Rounding;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.Value;
import dev.lamina.graph.Window;
import dev.lamina.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/** Windows of convolutions and their gradients that lie where they should not; those of pooling are {@link PoolDefects}. */
final class WindowDefects {
    private static final int H = 2;
    private static final int W = 3;

    private WindowDefects() { }

    static Defect wrongStride() {
        return Defect.of("two windows or more along an axis", (node, _) -> switch (node.op()) {
            case Convolution _ -> filled(node) && (outputs(node).dim(H) > 1 || outputs(node).dim(W) > 1);
            case Pooling _ -> PoolDefects.strides(node);
            default -> false;
        }, site -> site.node().op() instanceof Pooling ? PoolDefects.wrongStride(site) : strided(site));
    }

    static Defect wrongPadding() {
        return Defect.of("windows that have another place to lie", (node, _) -> switch (node.op()) {
            case Convolution _ -> filled(node) && (image(node).dim(H) > 1 || image(node).dim(W) > 1);
            case Pooling _ -> PoolDefects.hasPlace(node);
            default -> false;
        }, site -> site.node().op() instanceof Pooling ? PoolDefects.wrongPadding(site) : moved(site));
    }

    private static boolean filled(Node node) {
        return node.output(0).shape().elements() > 0 && node.inputs().stream().allMatch(x -> x.shape().elements() > 0);
    }

    /** The images that windows lie on, of a gradient those of the convolution. */
    private static Shape image(Node node) {
        return node.op() instanceof Conv2dDataGradient op ? op.inputShape() : node.input(0).shape();
    }

    /** One element a window. */
    private static Shape outputs(Node node) {
        return switch ((Convolution) node.op()) {
            case Conv2d _ -> node.output(0).shape();
            case Conv2dDataGradient _ -> node.input(0).shape();
            case Conv2dFilterGradient _ -> node.input(1).shape();
        };
    }

    /** The axis with a stride of one more; padding at the end is left to the image. */
    private static Window.Axis strided(Window.Axis axis, long windows) {
        return windows < 2 ? axis
                : new Window.Axis(axis.kernel(), axis.stride() + 1, axis.padBegin(), 0, axis.dilation(), Rounding.FLOOR);
    }

    /** The extent that the image then must have. */
    private static long needed(Window.Axis axis, long windows, long extent) {
        return windows < 2 ? extent : Math.max(extent, (windows - 1) * (axis.stride() + 1) + axis.span() - axis.padBegin());
    }

    private static List<Value> strided(Site site) {
        site.builder();
        Convolution op = (Convolution) site.node().op();
        Shape windows = outputs(site.node());
        Shape image = image(site.node());
        long h = needed(op.window().h(), windows.dim(H), image.dim(H));
        long w = needed(op.window().w(), windows.dim(W), image.dim(W));
        Window window = new Window(strided(op.window().h(), windows.dim(H)), strided(op.window().w(), windows.dim(W)));
        Value first = site.operands().getFirst();
        return switch (op) {
            case Conv2d forward -> {
                List<Value> operands = new ArrayList<>(site.operands());
                operands.set(0, enlarged(first, h, w));
                yield site.replaced(new Conv2d(window, forward.groups()), operands);
            }
            case Conv2dDataGradient data -> {
                Value large = Convolution.dataGradient(first, site.operands().get(1), window, data.groups(), image.with(H, h).with(W, w));
                yield List.of(Shaping.slice(Shaping.slice(large, H, 0, image.dim(H)), W, 0, image.dim(W)));
            }
            case Conv2dFilterGradient filter -> site.replaced(new Conv2dFilterGradient(window, filter.groups(), filter.filterShape()),
                    List.of(enlarged(first, h, w), site.operands().get(1)));
        };
    }

    private static Value enlarged(Value x, long h, long w) {
        return Elements.padded(Elements.padded(x, H, 0, h - x.shape().dim(H)), W, 0, w - x.shape().dim(W));
    }

    /** Windows begin one element later: the image moves towards its start, or of the image's gradient the result away from it. */
    private static List<Value> moved(Site site) {
        site.builder();
        boolean result = site.node().op() instanceof Conv2dDataGradient;
        Value x = result ? site.clean().getFirst() : site.operands().getFirst();
        for (int axis : new int[] {H, W}) {
            if (x.shape().dim(axis) > 1) {
                x = result ? Elements.towardsEnd(x, axis) : Elements.towardsStart(x, axis);
            }
        }
        return result ? List.of(x) : site.with(0, x);
    }
}

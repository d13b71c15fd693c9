package dev.lamina.cuda.lowering;

import dev.lamina.graph.Node;
import dev.lamina.graph.Pooling;
import dev.lamina.graph.Reduction.Fold;
import dev.lamina.graph.Window;
import java.util.List;
import java.util.Set;

/** Means of windows and bins, and their gradients, by {@code average_pool.cu}: every window, in whatever layout the image has. */
final class AveragePoolKernels {
    private final Assembly assembly;

    AveragePoolKernels(Assembly assembly) {
        this.assembly = assembly;
    }

    /** Adds the step of average or adaptive average pooling, or of the gradient of one. */
    void lower(Node node) {
        Place x = assembly.any(node.input(0));
        Place y = assembly.define(node.output(0), x.layout().like(node.output(0).type()));
        Images in = Images.of(x.layout());
        Images out = Images.of(y.layout());
        if (out.elements() == 0) {
            return;
        }
        switch ((Pooling) node.op()) {
            case Pooling.AvgPool op -> {
                KernelCall call = kernel(node, "average_pool", x, y);
                windows(call, op.window().h(), in.height(), out.height(), op.countIncludePad());
                windows(call, op.window().w(), in.width(), out.width(), op.countIncludePad());
                call.add();
            }
            case Pooling.AvgPoolGradient op -> {
                KernelCall call = kernel(node, "average_pool_gradient", x, y);
                windows(call, op.window().h(), out.height(), in.height(), op.countIncludePad());
                windows(call, op.window().w(), out.width(), in.width(), op.countIncludePad());
                call.add();
            }
            case Pooling.AdaptiveAvgPool _ -> {
                if (out.height() == 1 && out.width() == 1) {
                    ReductionLowering.fold(assembly, List.of(node.name()), Fold.MEAN, x, Set.of(2, 3), y, y.layout().strides());
                } else {
                    kernel(node, "adaptive_pool", x, y).int32(in.height()).int32(out.height()).int32(in.width()).int32(out.width()).add();
                }
            }
            case Pooling.AdaptiveAvgPoolGradient _ -> kernel(node, "adaptive_pool_gradient", x, y)
                    .int32(out.height()).int32(in.height()).int32(out.width()).int32(in.width()).add();
            case Pooling.MaxPool _, Pooling.MaxPoolGradient _, Pooling.MaxUnpool _, Pooling.PoolGather _ ->
                throw new IllegalStateException("cuda: " + node + " takes no mean.");
        }
    }

    private KernelCall kernel(Node node, String name, Place from, Place to) {
        Images images = Images.of(to.layout());
        return assembly.kernel(node, "average_pool", ElementDefine.of(to.layout().element()), name).over(images.elements())
                .pointer(from).pointer(to).int64s(images.elements(), images.inner());
    }

    private static void windows(KernelCall call, Window.Axis axis, long extent, long windows, boolean countPadding) {
        call.int32(extent).int32(windows).int32(axis.kernel()).int32(axis.stride()).int32(axis.padBegin()).int32(axis.dilation())
                .int32(countPadding ? extent + axis.padEnd() : 0);
    }
}

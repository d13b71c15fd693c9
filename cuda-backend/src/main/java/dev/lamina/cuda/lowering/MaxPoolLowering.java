package dev.lamina.cuda.lowering;

import dev.lamina.backend.fusion.Group.RectifiedPoolGradient;
import dev.lamina.graph.Node;
import dev.lamina.graph.Pooling;
import dev.lamina.graph.Value;
import dev.lamina.graph.Window;
import java.util.List;
import java.util.Optional;

/**
 * Max pooling, moves by its winners, and adaptive pooling, in whatever layout the images have. Sums where windows overlap are taken in the
 * windows' order, so that they repeat bit for bit.
 */
public final class MaxPoolLowering {
    private final Assembly assembly;
    private final AveragePoolKernels averages;

    /** Adds to this assembly. */
    public MaxPoolLowering(Assembly assembly) {
        this.assembly = assembly;
        this.averages = new AveragePoolKernels(assembly);
    }

    /** Adds the steps of a pooling node, also of an average. */
    public void lower(Node node) {
        switch ((Pooling) node.op()) {
            case Pooling.MaxPool op -> maxPool(op.window(), node);
            case Pooling.MaxPoolGradient _ -> back(node, "max_pool_gradient", Optional.empty());
            case Pooling.MaxUnpool _ -> back(node, "max_unpool", Optional.empty());
            case Pooling.PoolGather _ -> gather(node);
            case Pooling.AdaptiveAvgPool _, Pooling.AdaptiveAvgPoolGradient _, Pooling.AvgPool _, Pooling.AvgPoolGradient _ ->
                averages.lower(node);
        }
    }

    private void maxPool(Window window, Node node) {
        Place x = assembly.any(node.input(0));
        Place y = assembly.define(node.output(0), x.layout().like(node.output(0).type()));
        Value winners = node.output(1);
        boolean wanted = assembly.lifetimes().readers(winners) > 0 || assembly.lifetimes().isKept(winners);
        Place places = wanted ? assembly.define(winners, x.layout().like(winners.type())) : null;
        Images in = Images.of(x.layout());
        Images out = Images.of(y.layout());
        if (out.elements() == 0) {
            return;
        }
        KernelCall call = kernel(node, wanted ? "max_pool_winners" : "max_pool", x).over(out.elements()).pointer(x).pointer(y);
        if (wanted) {
            call.pointer(places);
        }
        call.int64s(out.elements(), out.inner()).int32(in.height()).int32(in.width()).int32(out.height()).int32(out.width());
        pass(call, window).add();
    }

    private KernelCall kernel(Node node, String name, Place values) {
        return assembly.kernel(node, "max_pool", ElementDefine.of(values.layout().element()), name);
    }

    private static KernelCall pass(KernelCall call, Window window) {
        Window.Axis h = window.h();
        Window.Axis w = window.w();
        return call.int32(h.kernel()).int32(w.kernel()).int32(h.stride()).int32(w.stride()).int32(h.padBegin()).int32(w.padBegin())
                .int32(h.dilation()).int32(w.dilation());
    }

    /** The window of the pooling that made the winners, if it is in the graph and pooled maps of the result's extents. */
    private static Optional<Window> window(Node node) {
        Value winners = node.input(1);
        return winners.output() == 1 && winners.node().op() instanceof Pooling.MaxPool pool
                && winners.node().input(0).shape().equals(node.output(0).shape()) ? Optional.of(pool.window()) : Optional.empty();
    }

    /** True if the gradient of the rectifier before the pooling is taken along with the pooling's: if the window is known. */
    static boolean takesRectifier(Node node) {
        return node.op() instanceof Pooling.MaxPoolGradient && window(node).isPresent();
    }

    /** Adds the step of a max pooling's gradient and of the rectifier's before it. */
    void lower(RectifiedPoolGradient group) {
        back(group.pool(), "max_pool_gradient_relu", Optional.of(group.relu()));
    }

    /** Values to their winners' places; they follow the order in which the winners lie. */
    private void back(Node node, String kernel, Optional<Node> relu) {
        Place winners = assembly.any(node.input(1));
        Optional<Window> window = window(node);
        Layout wanted = assembly.any(node.input(0)).layout().in(winners.layout().order());
        if (window.isEmpty()) {
            // Sums in memory would be rounded to bfloat16 at each step.
            wanted = wanted.as(node.input(0).dtype());
        }
        Place g = assembly.in(node.input(0), wanted, "gradient at " + node.name());
        Value result = relu.map(r -> r.output(0)).orElse(node.output(0));
        Layout layout = g.layout().like(result.type());
        Place rectified = relu.map(r -> assembly.in(r.input(1), layout, "rectifier at " + node.name())).orElse(null);
        Place x = assembly.define(result, layout);
        if (result.type().elements() == 0) {
            return;
        }
        if (window.isEmpty()) {
            byPlaces(node, kernel + "_serial", g, winners, x);
            return;
        }
        Images out = Images.of(x.layout());
        Images in = Images.of(g.layout());
        List<String> nodes = relu.map(r -> List.of(node.name(), r.name())).orElse(List.of(node.name()));
        KernelCall call = assembly.kernel(nodes, "kernel " + kernel,
                assembly.kernels().resource("max_pool", ElementDefine.of(layout.element()), kernel));
        call.over(out.elements()).pointer(g).pointer(winners).pointer(x);
        if (rectified != null) {
            call.pointer(rectified);
        }
        call.int64s(out.elements(), out.inner()).int32(out.height()).int32(out.width()).int32(in.height()).int32(in.width());
        pass(call, window.get()).add();
    }

    private void byPlaces(Node node, String kernel, Place g, Place winners, Place x) {
        Images out = Images.of(x.layout());
        Images in = Images.of(g.layout());
        Buffer target = x.buffer();
        long bytes = x.layout().bytes();
        assembly.add(List.of(node.name()), "fill", stream -> stream.fill(target.address(), (byte) 0, bytes), List.of(target));
        if (in.elements() > 0) {
            assembly.because("the windows of the winners are not known");
            kernel(node, kernel, g).over(out.outer() * out.inner()).pointer(g).pointer(winners).pointer(x)
                    .pointer(assembly.faults().buffer()).int32(slot(node, out.height() * out.width()))
                    .int64s(out.outer() * out.inner(), out.inner(), in.height() * in.width(), out.height() * out.width()).add();
        }
    }

    private int slot(Node node, long size) {
        String name = node.toString();
        return assembly.faults().slot(node.input(1).type().elements(), (_, winner) ->
                name + ": winner " + winner + " is outside a map of " + size + " elements.");
    }

    private void gather(Node node) {
        Place winners = assembly.any(node.input(1));
        Layout wanted = assembly.any(node.input(0)).layout().in(winners.layout().order());
        Place x = assembly.in(node.input(0), wanted, "input of " + node.name());
        Place y = assembly.define(node.output(0), new Layout(node.output(0).type(), wanted.element(), winners.layout().order()));
        Images in = Images.of(x.layout());
        Images out = Images.of(y.layout());
        if (out.elements() == 0) {
            return;
        }
        assembly.kernel(node, "gather", List.of(), "pool_gather_" + wanted.element().bytes()).over(out.elements())
                .pointer(x).pointer(winners).pointer(y)
                .pointer(assembly.faults().buffer()).int32(slot(node, in.height() * in.width()))
                .int64s(out.elements(), out.height() * out.width(), out.inner(), in.height() * in.width()).add();
    }
}

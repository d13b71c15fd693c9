package dev.lamina.cpu.onednn;

import dev.lamina.backend.fusion.Group.Activated;
import dev.lamina.graph.Convolution;
import dev.lamina.graph.Convolution.Conv2d;
import dev.lamina.graph.Convolution.Conv2dDataGradient;
import dev.lamina.graph.Convolution.Conv2dFilterGradient;
import dev.lamina.graph.Graph;
import dev.lamina.graph.Node;
import dev.lamina.graph.Normalization;
import dev.lamina.graph.Rounding;
import dev.lamina.graph.Source;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.graph.Window;
import dev.lamina.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Convolutions by oneDNN. The forward convolution lets the library choose all layouts, which then stand for the value; a gradient is first
 * asked for in the layouts that its operands have, and in others only if the library has no generated code for those.
 */
final class ConvolutionLowering {
    private static final int SIMD = 16;
    /** Up to as many channels oneDNN's kernels for first layers read row-major images. */
    private static final long FIRST_LAYER_CHANNELS = 4;

    private final Assembly assembly;
    private final Precision precision;
    private final boolean channelsLast;
    private final Map<Node, Forward> forwards = new HashMap<>();
    private final Map<Key, Forward> byFilter = new HashMap<>();

    /** A forward convolution: its implementation and the layouts it chose. */
    private record Forward(PrimitiveDesc desc, Layout source, Layout filter, Layout result) {
    }

    /** What a gradient has in common with its convolution. */
    private record Key(Value filter, Window window, long groups, Shape input) {
    }

    /** Layouts to ask for; null leaves the choice to the library. */
    private record Wish(Layout source, Layout filter, Layout result) {
    }

    ConvolutionLowering(Assembly assembly, Precision precision, Graph graph) {
        this.assembly = assembly;
        this.precision = precision;
        this.channelsLast = prefersChannelsLast(graph);
    }

    /**
     * Networks with batch normalisation are computed with channels last, those with pooling or local response normalisation between
     * convolutions in the library's blocks of channels. Measured on Zen 4: ResNet-20's training step of 128 images takes 160 ms so, 171 ms
     * in blocks; the pooling kernels are up to three times slower with channels last.
     */
    private static boolean prefersChannelsLast(Graph graph) {
        return graph.nodes().stream().anyMatch(n -> n.op() instanceof Normalization.BatchNormTraining);
    }

    /** True if oneDNN takes the convolution: float32 and not empty. */
    static boolean supports(Node node) {
        return node.op() instanceof Convolution && node.inputTypes().stream().allMatch(Precision::isFloat32)
                && node.inputTypes().stream().allMatch(t -> t.elements() > 0) && node.output(0).type().elements() > 0;
    }

    /** Chooses the implementation of a forward convolution, and the layout in which its filter lives in the state. */
    void plan(Activated group) {
        Node node = group.product();
        Conv2d op = (Conv2d) node.op();
        Problem problem = problem(op.window(), op.groups(), node.input(0).type(), node.input(1).type(), node.output(0).type());
        PrimitiveDesc desc = choose(forwardWishes(problem), wish -> forwardDesc(problem, wish, node, group));
        Forward forward = new Forward(desc, desc.layout(Dnnl.QUERY_SRC, precision.operand(problem.input)),
                desc.layout(Dnnl.QUERY_WEIGHTS, precision.operand(problem.filter)), desc.layout(Dnnl.QUERY_DST, problem.output));
        forwards.put(node, forward);
        byFilter.put(new Key(node.input(1), op.window(), op.groups(), node.input(0).shape()), forward);
        if (node.input(1).node().op() instanceof Source.Variable variable && precision.isFull()) {
            assembly.planState(variable.variableName(), forward.filter);
        }
    }

    /** The library's choice, or before it channels last: see {@link #prefersChannelsLast}. */
    private List<Wish> forwardWishes(Problem p) {
        List<Wish> wishes = new ArrayList<>();
        if (channelsLast && precision.isFull() && p.output.shape().dim(1) % SIMD == 0) {
            boolean firstLayer = p.input.shape().dim(1) <= FIRST_LAYER_CHANNELS;
            if (firstLayer || p.input.shape().dim(1) % SIMD == 0) {
                wishes.add(new Wish(firstLayer ? null : Layout.channelsLast(p.input), null, Layout.channelsLast(p.output)));
            }
        }
        wishes.add(new Wish(null, null, null));
        return wishes;
    }

    private PrimitiveDesc forwardDesc(Problem p, Wish wish, Node node, Activated group) {
        NativeScope scope = assembly.scope();
        long source = wish.source == null ? any(p.input, true) : wish.source.descriptor(scope);
        long filter = any(p.filterDims, precision.code());
        long bias = node.inputs().size() == 3 ? Layout.plain(node.input(2).type()).descriptor(scope) : 0;
        long result = wish.result == null ? any(p.output, false) : wish.result.descriptor(scope);
        long attributes = PostOps.attributes(assembly, precision, group);
        long handle = scope.attempt("convolution_forward_primitive_desc_create for " + node, Dnnl.PRIMITIVE_DESC_DESTROY,
                out -> (int) Dnnl.CONVOLUTION_FORWARD.invokeExact(out, scope.engine(), (long) Dnnl.FORWARD_TRAINING,
                        (long) Dnnl.CONVOLUTION_DIRECT, source, filter, bias, result, p.strides, p.dilations, p.begin, p.end, attributes));
        return handle == 0 ? null : new PrimitiveDesc(handle, scope);
    }

    /** Adds the steps of a forward convolution. */
    void forward(Activated group) {
        Node node = group.product();
        Forward forward = forwards.get(node);
        Map<Integer, Place> arguments = new LinkedHashMap<>();
        arguments.put(Dnnl.ARG_SRC, assembly.in(node.input(0), forward.source, "input of " + node.name()));
        arguments.put(Dnnl.ARG_WEIGHTS, assembly.in(node.input(1), forward.filter, "filter of " + node.name()));
        if (node.inputs().size() == 3) {
            arguments.put(Dnnl.ARG_BIAS, assembly.plain(node.input(2), "bias of " + node.name()));
        }
        PostOps.arguments(assembly, group, forward.result, arguments);
        arguments.put(Dnnl.ARG_DST, assembly.define(group.result(), forward.result));
        assembly.primitive(Names.of(group), forward.desc, "oneDNN " + forward.desc.implementation(), arguments);
    }

    /** Adds the steps of the gradient by the input. */
    void dataGradient(Node node) {
        Conv2dDataGradient op = (Conv2dDataGradient) node.op();
        TensorType input = node.output(0).type();
        Problem p = problem(op.window(), op.groups(), input, node.input(1).type(), node.input(0).type());
        Forward forward = byFilter.get(new Key(node.input(1), op.window(), op.groups(), op.inputShape()));
        Layout gradient = assembly.any(node.input(0)).layout();
        List<Wish> wishes = new ArrayList<>();
        if (forward != null) {
            Layout inner = gradient.isPlain() ? forward.result : gradient;
            if (precision.isFull()) {
                wishes.add(new Wish(forward.source, null, inner));
                wishes.add(new Wish(null, null, inner));
            }
        }
        wishes.add(new Wish(null, null, null));
        PrimitiveDesc desc = choose(wishes, wish -> dataDesc(p, wish));
        Map<Integer, Place> arguments = new LinkedHashMap<>();
        arguments.put(Dnnl.ARG_DIFF_DST, assembly.in(node.input(0), desc.layout(Dnnl.QUERY_DIFF_DST, precision.operand(p.output)),
                "gradient at " + node.name()));
        arguments.put(Dnnl.ARG_WEIGHTS, assembly.in(node.input(1), desc.layout(Dnnl.QUERY_WEIGHTS, precision.operand(p.filter)),
                "filter of " + node.name()));
        arguments.put(Dnnl.ARG_DIFF_SRC, assembly.define(node.output(0), desc.layout(Dnnl.QUERY_DIFF_SRC, input)));
        assembly.primitive(List.of(node.name()), desc, "oneDNN " + desc.implementation(), arguments);
    }

    private PrimitiveDesc dataDesc(Problem p, Wish wish) {
        NativeScope scope = assembly.scope();
        long attributes = precision.attributes(assembly);
        long hint = hint(p);
        long source = wish.source == null ? any(p.input, false) : wish.source.descriptor(scope);
        long filter = any(p.filterDims, precision.code());
        long result = wish.result == null ? any(p.output, true) : wish.result.descriptor(scope);
        long handle = scope.attempt("convolution_backward_data_primitive_desc_create", Dnnl.PRIMITIVE_DESC_DESTROY,
                out -> (int) Dnnl.CONVOLUTION_DATA.invokeExact(out, scope.engine(), (long) Dnnl.CONVOLUTION_DIRECT, source, filter, result,
                        p.strides, p.dilations, p.begin, p.end, hint, attributes));
        return handle == 0 ? null : new PrimitiveDesc(handle, scope);
    }

    /** Adds the steps of the gradient by the filter and, if a node wants it, by the bias. */
    void filterGradient(Node node, Optional<Node> bias) {
        Conv2dFilterGradient op = (Conv2dFilterGradient) node.op();
        Problem p = problem(op.window(), op.groups(), node.input(0).type(), node.output(0).type(), node.input(1).type());
        Layout image = assembly.any(node.input(0)).layout();
        Layout gradient = assembly.any(node.input(1)).layout();
        Layout filter = filterLayout(node, op);
        PrimitiveDesc desc = choose(filterWishes(p, image, gradient, filter), wish -> filterDesc(p, wish, bias));
        Map<Integer, Place> arguments = new LinkedHashMap<>();
        arguments.put(Dnnl.ARG_SRC, assembly.in(node.input(0), desc.layout(Dnnl.QUERY_SRC, precision.operand(p.input)),
                "input at " + node.name()));
        arguments.put(Dnnl.ARG_DIFF_DST, assembly.in(node.input(1), desc.layout(Dnnl.QUERY_DIFF_DST, precision.operand(p.output)),
                "gradient at " + node.name()));
        arguments.put(Dnnl.ARG_DIFF_WEIGHTS, assembly.define(node.output(0), desc.layout(Dnnl.QUERY_DIFF_WEIGHTS, p.filter)));
        bias.ifPresent(b -> arguments.put(Dnnl.ARG_DIFF_BIAS, assembly.define(b.output(0), Layout.plain(b.output(0).type()))));
        List<String> names = bias.map(b -> List.of(node.name(), b.name())).orElse(List.of(node.name()));
        assembly.primitive(names, desc, "oneDNN " + desc.implementation(), arguments);
    }

    /** The layout that the convolution of this input and result gave its filter; null if there is none in the graph. */
    private Layout filterLayout(Node node, Conv2dFilterGradient op) {
        for (Map.Entry<Key, Forward> entry : byFilter.entrySet()) {
            Key key = entry.getKey();
            if (key.window.equals(op.window()) && key.groups == op.groups() && key.input.equals(node.input(0).shape())
                    && key.filter.shape().equals(op.filterShape())) {
                return entry.getValue().filter;
            }
        }
        return null;
    }

    private List<Wish> filterWishes(Problem p, Layout image, Layout gradient, Layout filter) {
        List<Wish> wishes = new ArrayList<>();
        if (!precision.isFull()) {
            return List.of(new Wish(null, null, null));
        }
        long channels = p.input.shape().dim(1);
        boolean odd = channels % SIMD != 0 && channels > FIRST_LAYER_CHANNELS;
        if (odd && p.groups == 1) {
            // Measured at 6 channels, 14 x 14, 16 filters 5 x 5: 0.15 ms, against 0.29 ms in blocks of 8.
            Layout last = Layout.channelsLast(p.input);
            wishes.add(new Wish(last, null, Layout.channelsLast(p.output)));
        }
        if (!gradient.isPlain()) {
            if (gradient.isBlocked()) {
                wishes.add(new Wish(image, filter, gradient));
            }
            wishes.add(new Wish(image, null, gradient));
            wishes.add(new Wish(null, null, gradient));
        }
        wishes.add(new Wish(null, null, null));
        return wishes;
    }

    private PrimitiveDesc filterDesc(Problem p, Wish wish, Optional<Node> biasSum) {
        NativeScope scope = assembly.scope();
        long attributes = precision.attributes(assembly);
        long hint = hint(p);
        long source = wish.source == null ? any(p.input, true) : wish.source.descriptor(scope);
        long filter = wish.filter == null ? any(p.filterDims, Dnnl.F32) : wish.filter.descriptor(scope);
        long result = wish.result == null ? any(p.output, true) : wish.result.descriptor(scope);
        long bias = biasSum.map(b -> Layout.plain(b.output(0).type()).descriptor(scope)).orElse(0L);
        long handle = scope.attempt("convolution_backward_weights_primitive_desc_create", Dnnl.PRIMITIVE_DESC_DESTROY,
                out -> (int) Dnnl.CONVOLUTION_WEIGHTS.invokeExact(out, scope.engine(), (long) Dnnl.CONVOLUTION_DIRECT, source, filter,
                        bias, result, p.strides, p.dilations, p.begin, p.end, hint, attributes));
        return handle == 0 ? null : new PrimitiveDesc(handle, scope);
    }

    /** The forward description that oneDNN wants beside a gradient's, with layouts left open. */
    private long hint(Problem p) {
        NativeScope scope = assembly.scope();
        long source = any(p.input, true);
        long filter = any(p.filterDims, precision.code());
        long result = any(p.output, false);
        return scope.own("convolution_forward_primitive_desc_create", Dnnl.PRIMITIVE_DESC_DESTROY,
                out -> (int) Dnnl.CONVOLUTION_FORWARD.invokeExact(out, scope.engine(), (long) Dnnl.FORWARD_TRAINING,
                        (long) Dnnl.CONVOLUTION_DIRECT, source, filter, 0L, result, p.strides, p.dilations, p.begin, p.end, 0L));
    }

    /** Makes a description, or returns null where the library has none. */
    @FunctionalInterface
    private interface Description {
        PrimitiveDesc of(Wish wish);
    }

    /** The first that has generated code; the last, with all choices the library's, if none has. */
    private static PrimitiveDesc choose(List<Wish> wishes, Description description) {
        PrimitiveDesc last = null;
        for (Wish wish : wishes) {
            PrimitiveDesc desc = description.of(wish);
            if (desc != null && !desc.isReference()) {
                return desc;
            }
            last = desc == null ? last : desc;
        }
        if (last == null) {
            throw new IllegalStateException("oneDNN has no convolution for these arguments.");
        }
        return last;
    }

    private long any(TensorType type, boolean operand) {
        return any(type.shape().toArray(), operand ? precision.code() : Dnnl.F32);
    }

    private long any(long[] dims, int dtype) {
        return Layout.taggedDescriptor(assembly.scope(), dims, dtype, Dnnl.TAG_ANY);
    }

    private Problem problem(Window window, long groups, TensorType input, TensorType filter, TensorType output) {
        Shape w = filter.shape();
        long[] filterDims = groups == 1 ? w.toArray() : new long[] {groups, w.dim(0) / groups, w.dim(1), w.dim(2), w.dim(3)};
        NativeScope scope = assembly.scope();
        return new Problem(input, filter, output, groups, filterDims,
                scope.dims(window.h().stride(), window.w().stride()),
                scope.dims(window.h().dilation() - 1, window.w().dilation() - 1),
                scope.dims(window.h().padBegin(), window.w().padBegin()),
                scope.dims(end(window.h(), input.shape().dim(2), output.shape().dim(2)),
                        end(window.w(), input.shape().dim(3), output.shape().dim(3))));
    }

    /** Padding at the end: as asked, or as far as a last window hangs over under CEIL. */
    private static long end(Window.Axis axis, long in, long out) {
        return axis.rounding() == Rounding.CEIL ? (out - 1) * axis.stride() + axis.span() - in - axis.padBegin() : axis.padEnd();
    }

    /** A convolution's extents in oneDNN's form. */
    private record Problem(TensorType input, TensorType filter, TensorType output, long groups, long[] filterDims, long strides,
            long dilations, long begin, long end) {
    }
}

package dev.lamina.io.onnx.ops;

import static java.util.Map.entry;

import dev.lamina.graph.Convolution;
import dev.lamina.graph.Rounding;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.Value;
import dev.lamina.graph.Window;
import dev.lamina.io.onnx.ops.Windows.Span;
import dev.lamina.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Convolutions along one axis, where the input is taken for images of height 1, two axes, or three, see {@link DepthConvolution}. */
final class ConvolutionOperators {
    static final Map<String, Operator> ALL = Map.ofEntries(
            entry("Conv", Operator.single(ConvolutionOperators::conv)),
            entry("ConvTranspose", Operator.single(ConvolutionOperators::transposed)));

    private ConvolutionOperators() { }

    private static Value conv(Call call) {
        List<Span> spans = Windows.of(call, kernel(call), call.shape(0));
        long groups = call.integer("group", 1);
        Optional<Value> bias = call.has(2) ? Optional.of(call.value(2)) : Optional.empty();
        Value x = call.value(0);
        if (spans.size() == 3) {
            requireGroups(call, call.shape(0).dim(1), call.shape(1).dim(1) * groups, groups);
            return DepthConvolution.conv(call, x, call.value(1), bias, spans, groups);
        }
        Value y = images(Windows.images(x), Windows.images(call.value(1)), bias, Windows.plane(spans, false), groups);
        return Windows.back(y, x.shape().rank());
    }

    static Value images(Value x, Value filter, Optional<Value> bias, Window window, long groups) {
        return bias.isPresent() ? Convolution.conv2d(x, filter, bias.get(), window, groups)
                : Convolution.conv2d(x, filter, window, groups);
    }

    /** The filter's extents along the spatial axes. */
    private static long[] kernel(Call call) {
        Shape x = call.shape(0);
        Shape filter = call.shape(1);
        call.require(x.rank() >= 3 && x.rank() <= 5, "input has shape %s, needs [N, C, W], [N, C, H, W] or [N, C, D, H, W].", x);
        call.require(filter.rank() == x.rank(), "input has shape %s, filter %s; both need the same number of axes.", x, filter);
        long[] extents = Arrays.copyOfRange(filter.toArray(), 2, filter.rank());
        long[] kernel = call.integers("kernel_shape").orElse(extents);
        call.require(Arrays.equals(kernel, extents), "kernel_shape is %s, filter has shape %s; they must agree.", Arrays.toString(kernel),
                filter);
        return kernel;
    }

    private static void requireGroups(Call call, long channels, long needed, long groups) {
        call.require(groups >= 1 && channels % groups == 0 && channels == needed, "input has shape %s, filter %s, group is %d; the filter "
                + "must fit the channels, group divide them.", call.shape(0), call.shape(1), groups);
    }

    /** The adjoint of a convolution from the output's extents to the input's. */
    private static Value transposed(Call call) {
        Value x = call.value(0);
        Shape filter = call.shape(1);
        List<Span> spans = transposedSpans(call, kernel(call));
        long groups = call.integer("group", 1);
        requireGroups(call, x.shape().dim(1), filter.dim(0), groups);
        int rank = x.shape().rank();
        Value result = rank == 5 ? DepthConvolution.transposed(call, x, call.value(1), spans, groups)
                : Windows.back(transposedImages(call, Windows.images(x), Windows.images(call.value(1)), spans, groups), rank);
        if (!call.has(2)) {
            return result;
        }
        long outputs = filter.dim(1) * groups;
        call.require(call.shape(2).equals(Shape.of(outputs)), "bias has shape %s, needs [%d].", call.shape(2), outputs);
        return result.plus(Shaping.reshape(call.value(2), ActivationOperators.channels(result.shape())));
    }

    /** On images {@code [N, C, H, W]}; the spans are the last two. */
    static Value transposedImages(Call call, Value images, Value filter, List<Span> spans, long groups) {
        List<Span> plane = spans.size() == 1 ? List.of(Span.UNIT, spans.getFirst()) : spans.subList(spans.size() - 2, spans.size());
        long[] dims = {images.shape().dim(0), filter.shape().dim(1) * groups, 0, 0};
        Window.Axis[] axes = new Window.Axis[2];
        for (int a = 0; a < 2; a++) {
            Span span = plane.get(a);
            long begin = Math.max(0, span.begin());
            long end = Math.max(0, span.end());
            dims[a + 2] = (images.shape().dim(a + 2) - 1) * span.stride() + span.reach() - begin - end;
            call.require(dims[a + 2] >= 1, "padding %d and %d leaves nothing of input %s.", begin, end, call.shape(0));
            axes[a] = new Window.Axis(span.kernel(), span.stride(), begin, end, span.dilation(), Rounding.FLOOR);
        }
        Value y = Convolution.dataGradient(images, filter, new Window(axes[0], axes[1]), groups, Shape.of(dims));
        return beyond(beyond(y, plane.get(0), 2), plane.get(1), 3);
    }

    /** Zeros where padding below 0 asks for positions that no tap reaches. */
    static Value beyond(Value x, Span span, int axis) {
        if (span.begin() >= 0 && span.end() >= 0) {
            return x;
        }
        Long[] before = new Long[x.shape().rank()];
        Arrays.fill(before, 0L);
        Long[] after = before.clone();
        before[axis] = Math.max(0, -span.begin());
        after[axis] = Math.max(0, -span.end());
        return Shaping.pad(x, List.of(before), List.of(after), 0);
    }

    /** Windows whose padding is what the result lacks of all that the taps reach; below 0, the result has more. */
    private static List<Span> transposedSpans(Call call, long[] kernel) {
        Shape x = call.shape(0);
        int count = kernel.length;
        long[] strides = Windows.axes(call, "strides", count, 1, 1);
        long[] dilations = Windows.axes(call, "dilations", count, 1, 1);
        long[] pads = Windows.axes(call, "pads", 2 * count, 0, 0);
        long[] more = Windows.axes(call, "output_padding", count, 0, 0);
        long[] wanted = call.integers("output_shape").map(s -> s.length == count + 2 ? Arrays.copyOfRange(s, 2, s.length) : s).orElse(null);
        call.require(wanted == null || wanted.length == count, "output_shape is %s, needs %d extents.", Arrays.toString(wanted), count);
        Span[] spans = new Span[count];
        for (int a = 0; a < count; a++) {
            long full = (x.dim(a + 2) - 1) * strides[a] + (kernel[a] - 1) * dilations[a] + 1;
            long begin = pads[a];
            long end = pads[a + count] - more[a];
            if (wanted != null || Windows.same(call)) {
                long total = full + more[a] - (wanted != null ? wanted[a] : x.dim(a + 2) * strides[a]);
                begin = Windows.begin(call, Math.max(0, total));
                end = total - begin - more[a];
            } else if (Windows.auto(call).equals("VALID")) {
                begin = 0;
                end = -more[a];
            }
            spans[a] = new Span(kernel[a], strides[a], begin, end, dilations[a]);
        }
        return List.of(spans);
    }
}

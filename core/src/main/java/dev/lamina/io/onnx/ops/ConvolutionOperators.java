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

/** Convolutions along one or two axes; along one, the input is taken for images of height 1. */
final class ConvolutionOperators {
    static final Map<String, Operator> ALL = Map.ofEntries(
            entry("Conv", Operator.single(ConvolutionOperators::conv)),
            entry("ConvTranspose", Operator.single(ConvolutionOperators::transposed)));

    private ConvolutionOperators() { }

    private static Value conv(Call call) {
        List<Span> spans = Windows.of(call, kernel(call), call.shape(0));
        Window window = Windows.plane(spans, false);
        long groups = call.integer("group", 1);
        Value x = Windows.images(call.value(0));
        Value filter = Windows.images(call.value(1));
        Value y = call.has(2) ? Convolution.conv2d(x, filter, call.value(2), window, groups)
                : Convolution.conv2d(x, filter, window, groups);
        return Windows.back(y, call.shape(0).rank());
    }

    /** The filter's extents along the spatial axes. */
    private static long[] kernel(Call call) {
        Shape x = call.shape(0);
        Shape filter = call.shape(1);
        call.require(x.rank() == 3 || x.rank() == 4, "input has shape %s, needs [N, C, W] or [N, C, H, W]: Lamina convolves along one or two "
                + "axes.", x);
        call.require(filter.rank() == x.rank(), "input has shape %s, filter %s; both need the same number of axes.", x, filter);
        long[] extents = Arrays.copyOfRange(filter.toArray(), 2, filter.rank());
        long[] kernel = call.integers("kernel_shape").orElse(extents);
        call.require(Arrays.equals(kernel, extents), "kernel_shape is %s, filter has shape %s; they must agree.", Arrays.toString(kernel),
                filter);
        return kernel;
    }

    /** The adjoint of a convolution from the output's extents to the input's. */
    private static Value transposed(Call call) {
        Shape x = call.shape(0);
        Shape filter = call.shape(1);
        List<Span> spans = transposedSpans(call, kernel(call));
        long groups = call.integer("group", 1);
        call.require(groups >= 1 && x.dim(1) % groups == 0 && filter.dim(0) == x.dim(1), "input has shape %s, filter %s, group is %d; needs "
                + "a filter [C, K / group, ...] and a group that divides the channels.", x, filter, groups);
        Value images = Windows.images(call.value(0));
        List<Span> plane = spans.size() == 1 ? List.of(Span.UNIT, spans.getFirst()) : spans;
        long[] dims = {x.dim(0), filter.dim(1) * groups, 0, 0};
        Window.Axis[] axes = new Window.Axis[2];
        Long[] before = {0L, 0L, 0L, 0L};
        Long[] after = {0L, 0L, 0L, 0L};
        for (int a = 0; a < 2; a++) {
            Span span = plane.get(a);
            long full = (images.shape().dim(a + 2) - 1) * span.stride() + span.reach();
            // Positions that no tap reaches, at either end.
            before[a + 2] = Math.max(0, -span.begin());
            after[a + 2] = Math.max(0, -span.end());
            long begin = Math.max(0, span.begin());
            long end = Math.max(0, span.end());
            call.require(full - begin - end >= 1, "output has extent %d along axis %d, needs >= 1.", full - begin - end, a + 2);
            dims[a + 2] = full - begin - end;
            axes[a] = new Window.Axis(span.kernel(), span.stride(), begin, end, span.dilation(), Rounding.FLOOR);
        }
        Value y = Convolution.dataGradient(images, Windows.images(call.value(1)), new Window(axes[0], axes[1]), groups, Shape.of(dims));
        boolean more = Arrays.stream(before).anyMatch(b -> b > 0) || Arrays.stream(after).anyMatch(b -> b > 0);
        Value padded = more ? Shaping.pad(y, List.of(before), List.of(after), 0) : y;
        Value result = Windows.back(padded, x.rank());
        if (!call.has(2)) {
            return result;
        }
        call.require(call.shape(2).equals(Shape.of(dims[1])), "bias has shape %s, needs [%d].", call.shape(2), dims[1]);
        return result.plus(Shaping.reshape(call.value(2), ActivationOperators.channels(result.shape())));
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

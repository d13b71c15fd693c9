package dev.lamina.io.onnx.ops;

import dev.lamina.graph.Rounding;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.Value;
import dev.lamina.graph.Window;
import dev.lamina.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The windows of convolutions and pooling, from attributes {@code auto_pad}, {@code pads}, {@code strides} and {@code dilations}. */
final class Windows {
    private Windows() { }

    /** A window along one axis; it may hang over the padded end. */
    record Span(long kernel, long stride, long begin, long end, long dilation) {
        /** One tap a position. */
        static final Span UNIT = new Span(1, 1, 0, 0, 1);

        /** Extent that the dilated taps cover. */
        long reach() {
            return Math.addExact(Math.multiplyExact(dilation, kernel - 1), 1);
        }

        /** Windows along an extent; rounded up, one that would start in the end padding is dropped. */
        long outputs(long extent, boolean ceil) {
            long travel = extent + begin + end - reach();
            if (!ceil || travel < 0) {
                return Math.floorDiv(travel, stride) + 1;
            }
            long windows = Math.ceilDiv(travel, stride) + 1;
            return (windows - 1) * stride >= extent + begin ? windows - 1 : windows;
        }

        /** The same without padding. */
        Span bare() {
            return new Span(kernel, stride, 0, 0, dilation);
        }

        Window.Axis axis(boolean ceil) {
            return new Window.Axis(kernel, stride, begin, end, dilation, ceil ? Rounding.CEIL : Rounding.FLOOR);
        }
    }

    /**
     * Windows along the axes after the first two.
     *
     * @param kernel their extents
     * @param input {@code [N, C, ...]}
     */
    static List<Span> of(Call call, long[] kernel, Shape input) {
        call.require(input.rank() >= 3, "input has shape %s, needs [N, C, ...].", input);
        int count = input.rank() - 2;
        call.require(kernel.length == count, "kernel_shape is %s, input has shape %s; needs %d extents.", Arrays.toString(kernel), input,
                count);
        long[] strides = axes(call, "strides", count, 1, 1);
        long[] dilations = axes(call, "dilations", count, 1, 1);
        long[] pads = axes(call, "pads", 2 * count, 0, 0);
        List<Span> spans = new ArrayList<>();
        for (int a = 0; a < count; a++) {
            call.require(kernel[a] >= 1, "kernel_shape is %s, needs extents >= 1.", Arrays.toString(kernel));
            long reach = (kernel[a] - 1) * dilations[a] + 1;
            long extent = input.dim(a + 2);
            long total = same(call) ? Math.max(0, (Math.ceilDiv(extent, strides[a]) - 1) * strides[a] + reach - extent)
                    : auto(call).equals("VALID") ? 0 : pads[a] + pads[a + count];
            long begin = same(call) ? begin(call, total) : auto(call).equals("VALID") ? 0 : pads[a];
            spans.add(new Span(kernel[a], strides[a], begin, total - begin, dilations[a]));
        }
        return spans;
    }

    /** What of a padding comes before the input: the smaller half, or the larger under SAME_LOWER. */
    static long begin(Call call, long total) {
        return auto(call).equals("SAME_UPPER") ? total / 2 : total - total / 2;
    }

    /** Whether padding follows from the extents. */
    static boolean same(Call call) {
        return auto(call).equals("SAME_UPPER") || auto(call).equals("SAME_LOWER");
    }

    /** Attribute {@code auto_pad}. */
    static String auto(Call call) {
        String auto = call.text("auto_pad", "NOTSET");
        call.require(List.of("NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER").contains(auto),
                "auto_pad is \"%s\", needs NOTSET, VALID, SAME_UPPER or SAME_LOWER.", auto);
        return auto;
    }

    /** An attribute with a number for each of several axes. */
    static long[] axes(Call call, String attribute, int count, long otherwise, long least) {
        long[] values = call.integers(attribute).orElseGet(() -> {
            long[] filled = new long[count];
            Arrays.fill(filled, otherwise);
            return filled;
        });
        call.require(values.length == count, "%s is %s, needs %d numbers.", attribute, Arrays.toString(values), count);
        call.require(Arrays.stream(values).allMatch(v -> v >= least), "%s is %s, needs numbers >= %d.", attribute, Arrays.toString(values),
                least);
        return values;
    }

    /** The windows over height and width; one axis becomes the width of images of height 1. */
    static Window plane(List<Span> spans, boolean ceil) {
        return new Window((spans.size() == 1 ? Span.UNIT : spans.getFirst()).axis(ceil), spans.getLast().axis(ceil));
    }

    /** {@code [N, C, W]} as {@code [N, C, 1, W]}, and images as they are. */
    static Value images(Value x) {
        Shape shape = x.shape();
        return shape.rank() == 3 ? Shaping.reshape(x, Shape.of(shape.dim(0), shape.dim(1), 1, shape.dim(2))) : x;
    }

    /** The way back from {@link #images}. */
    static Value back(Value images, int rank) {
        Shape shape = images.shape();
        return rank == 3 ? Shaping.reshape(images, Shape.of(shape.dim(0), shape.dim(1), shape.dim(3))) : images;
    }
}

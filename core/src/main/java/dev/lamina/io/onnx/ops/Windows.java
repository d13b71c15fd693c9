package dev.lamina.io.onnx.ops;

import dev.lamina.graph.Rounding;
import dev.lamina.graph.Window;
import dev.lamina.tensor.Shape;
import java.util.Arrays;

/** The window of convolutions and pooling, from attributes {@code auto_pad}, {@code pads}, {@code strides} and {@code dilations}. */
final class Windows {
    private Windows() { }

    /**
     * The window over images.
     *
     * @param kernel its extents
     * @param input {@code [N, C, H, W]}
     */
    static Window of(Call call, long[] kernel, Shape input) {
        call.require(input.rank() == 4, "input has shape %s, needs [N, C, H, W].", input);
        call.require(kernel.length == 2, "kernel_shape is %s, needs 2 extents.", Arrays.toString(kernel));
        long[] strides = axes(call, "strides", 2, 1);
        long[] dilations = axes(call, "dilations", 2, 1);
        long[] pads = axes(call, "pads", 4, 0);
        Window.Axis[] axes = new Window.Axis[2];
        Rounding rounding = call.integer("ceil_mode", 0) != 0 ? Rounding.CEIL : Rounding.FLOOR;
        for (int a = 0; a < axes.length; a++) {
            long begin = pads[a];
            long end = pads[a + 2];
            String auto = call.text("auto_pad", "NOTSET");
            switch (auto) {
                case "NOTSET" -> { }
                case "VALID" -> {
                    begin = 0;
                    end = 0;
                }
                case "SAME_UPPER", "SAME_LOWER" -> {
                    long extent = input.dim(a + 2);
                    long span = (kernel[a] - 1) * dilations[a] + 1;
                    long total = Math.max(0, (Math.ceilDiv(extent, strides[a]) - 1) * strides[a] + span - extent);
                    long small = total / 2;
                    begin = auto.equals("SAME_UPPER") ? small : total - small;
                    end = total - begin;
                }
                default -> throw call.error("auto_pad is \"%s\", needs NOTSET, VALID, SAME_UPPER or SAME_LOWER.", auto);
            }
            axes[a] = new Window.Axis(kernel[a], strides[a], begin, end, dilations[a], rounding);
        }
        return new Window(axes[0], axes[1]);
    }

    private static long[] axes(Call call, String attribute, int count, long otherwise) {
        long[] values = call.integers(attribute).orElseGet(() -> {
            long[] filled = new long[count];
            Arrays.fill(filled, otherwise);
            return filled;
        });
        call.require(values.length == count, "%s is %s, needs %d numbers.", attribute, Arrays.toString(values), count);
        return values;
    }
}

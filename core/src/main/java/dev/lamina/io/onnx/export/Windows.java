package dev.lamina.io.onnx.export;

import dev.lamina.graph.Rounding;
import dev.lamina.graph.Window;
import dev.lamina.io.onnx.OnnxAttribute;
import java.util.HashMap;
import java.util.Map;

/**
 * Windows of convolutions and pooling as attributes. {@code ceil_mode} is not used, as implementations differ in it: where the last window
 * hangs over the end, the padding there is what it needs.
 */
final class Windows {
    private Windows() { }

    /** {@code kernel_shape} and {@code strides}, to which more may be put. */
    static Map<String, OnnxAttribute> attributes(Window window) {
        Map<String, OnnxAttribute> attributes = new HashMap<>();
        attributes.put("kernel_shape", Emitter.integers(window.h().kernel(), window.w().kernel()));
        attributes.put("strides", Emitter.integers(window.h().stride(), window.w().stride()));
        return attributes;
    }

    static OnnxAttribute pads(Window window, long endH, long endW) {
        return Emitter.integers(window.h().padBegin(), window.w().padBegin(), endH, endW);
    }

    /** Padding at the end with which an extent gives this many windows, rounded down. */
    static long endPad(Window.Axis axis, long extent, long windows) {
        long needed = (windows - 1) * axis.stride() + axis.span() - extent - axis.padBegin();
        return axis.rounding() == Rounding.CEIL ? Math.max(0, needed) : axis.padEnd();
    }
}

package dev.lamina.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The sliding window of a convolution or pooling along height and width. Immutable.
 *
 * @param h the vertical axis
 * @param w the horizontal axis
 */
public record Window(Axis h, Axis w) {

    /**
     * A window along one axis.
     *
     * @param kernel taps, at least 1
     * @param stride step between windows, at least 1
     * @param padBegin padding before the first element, at least 0
     * @param padEnd padding after the last element, at least 0
     * @param dilation distance between taps, at least 1
     * @param rounding what happens when the stride does not divide the distance
     */
    public record Axis(long kernel, long stride, long padBegin, long padEnd, long dilation, Rounding rounding) {
        /** Extent that the dilated taps cover: {@code d(K - 1) + 1}. */
        public long span() {
            return Math.addExact(Math.multiplyExact(dilation, kernel - 1), 1);
        }

        /** Where a stride stops short of the padded input's end: elements that no window covers under FLOOR. */
        public long dropped(long extent) {
            long travel = extent + padBegin + padEnd - span();
            return rounding == Rounding.FLOOR && travel > 0 ? travel % stride : 0;
        }

        void check(OpInputs in) {
            in.require(kernel >= 1, "kernel = %d, needs >= 1.", kernel);
            in.require(stride >= 1, "stride = %d, needs >= 1.", stride);
            in.require(dilation >= 1, "dilation = %d, needs >= 1.", dilation);
            in.require(padBegin >= 0 && padEnd >= 0, "padding = %d, needs >= 0.", Math.min(padBegin, padEnd));
        }

        /** Windows along an extent, {@code (N + P_b + P_e - K_eff) / S + 1} rounded. */
        long output(OpInputs in, long extent) {
            long padded = extent + padBegin + padEnd;
            if (span() > padded) {
                throw in.error(dilation == 1
                        ? "kernel %d is larger than padded input %d.".formatted(kernel, padded)
                        : "kernel %d (dilated %d) is larger than padded input %d.".formatted(kernel, span(), padded));
            }
            long travel = padded - span();
            return switch (rounding) {
                case FLOOR -> travel / stride + 1;
                case CEIL -> Math.ceilDiv(travel, stride) + 1;
                case EXACT -> {
                    if (travel % stride != 0) {
                        throw in.error(inexact(extent));
                    }
                    yield travel / stride + 1;
                }
            };
        }

        private String inexact(long extent) {
            long travel = extent + padBegin + padEnd - span();
            List<String> hints = new ArrayList<>();
            for (long s = 1; s < stride; s++) {
                if (travel % s == 0) {
                    hints.add("%s %d gives %d".formatted(hints.isEmpty() ? "Stride" : "stride", s, travel / s + 1));
                }
            }
            for (long p = Math.max(padBegin, padEnd) + 1; p < span(); p++) {
                long padded = extent + 2 * p - span();
                if (padded % stride == 0) {
                    hints.add("padding %d gives %d".formatted(p, padded / stride + 1));
                    break;
                }
            }
            return String.format(Locale.ROOT, "(%d + %d - %d) / %d + 1 = %.2f is not whole (rounding EXACT). %s.",
                    extent, padBegin + padEnd, span(), stride, (double) travel / stride + 1, String.join(", ", hints));
        }
    }

    /** A square window with stride 1, no padding, dilation 1, rounding FLOOR. */
    public static Window of(long kernel) {
        return of(kernel, kernel);
    }

    /** A window with stride 1, no padding, dilation 1, rounding FLOOR. */
    public static Window of(long kernelH, long kernelW) {
        return new Window(new Axis(kernelH, 1, 0, 0, 1, Rounding.FLOOR), new Axis(kernelW, 1, 0, 0, 1, Rounding.FLOOR));
    }

    /** This window with the stride along both axes. */
    public Window stride(long stride) {
        return stride(stride, stride);
    }

    /** This window with a stride for each axis. */
    public Window stride(long strideH, long strideW) {
        return new Window(new Axis(h.kernel, strideH, h.padBegin, h.padEnd, h.dilation, h.rounding),
                new Axis(w.kernel, strideW, w.padBegin, w.padEnd, w.dilation, w.rounding));
    }

    /** This window with the padding on all four sides. */
    public Window padding(long padding) {
        return padding(padding, padding, padding, padding);
    }

    /** This window with the padding of each axis, equal at both ends. */
    public Window padding(long paddingH, long paddingW) {
        return padding(paddingH, paddingW, paddingH, paddingW);
    }

    /** This window with the padding of each side. */
    public Window padding(long top, long left, long bottom, long right) {
        return new Window(new Axis(h.kernel, h.stride, top, bottom, h.dilation, h.rounding),
                new Axis(w.kernel, w.stride, left, right, w.dilation, w.rounding));
    }

    /** This window with the dilation along both axes. */
    public Window dilation(long dilation) {
        return dilation(dilation, dilation);
    }

    /** This window with a dilation for each axis. */
    public Window dilation(long dilationH, long dilationW) {
        return new Window(new Axis(h.kernel, h.stride, h.padBegin, h.padEnd, dilationH, h.rounding),
                new Axis(w.kernel, w.stride, w.padBegin, w.padEnd, dilationW, w.rounding));
    }

    /** This window with the rounding along both axes. */
    public Window rounding(Rounding rounding) {
        return new Window(new Axis(h.kernel, h.stride, h.padBegin, h.padEnd, h.dilation, rounding),
                new Axis(w.kernel, w.stride, w.padBegin, w.padEnd, w.dilation, rounding));
    }

    /**
     * This window padded so that an input of these extents gives {@code ceil(N / S)} outputs; an odd pixel of padding goes to the end
     * (ONNX {@code SAME_UPPER}).
     *
     * @throws GraphException if an axis has stride and dilation both above 1
     */
    public Window same(long inputH, long inputW) {
        return new Window(same(h, inputH), same(w, inputW));
    }

    private static Axis same(Axis axis, long extent) {
        if (axis.stride > 1 && axis.dilation > 1) {
            throw new GraphException("window: SAME padding with stride " + axis.stride + " and dilation " + axis.dilation
                    + "; one of them must be 1. Give the padding as numbers.");
        }
        long total = Math.max(0, (Math.ceilDiv(extent, axis.stride) - 1) * axis.stride + axis.span() - extent);
        return new Axis(axis.kernel, axis.stride, total / 2, total - total / 2, axis.dilation, axis.rounding);
    }

    void check(OpInputs in) {
        h.check(in);
        w.check(in);
    }
}

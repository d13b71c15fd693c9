package dev.lamina.io.onnx.ops;

import dev.lamina.graph.Node;
import dev.lamina.graph.Pooling;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.Source;
import dev.lamina.graph.Value;
import dev.lamina.graph.Window;
import dev.lamina.io.onnx.ops.Windows.Span;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.Collections;
import java.util.List;

/**
 * Pooling of planes {@code [N, C, H, W]} under ONNX's rules. Lamina's windows have at most half of the kernel in the padding; where ONNX's
 * have more, the input is padded first.
 */
final class Planes {
    private Planes() { }

    /** What a window's sum is divided by. */
    enum Divisor {
        /** The kernel's taps, also those past the padded end. */
        KERNEL,
        /** Taps on the input or its padding. */
        PADDED,
        /** Taps on the input. */
        COVERED
    }

    /** Pooling along two axes. */
    @FunctionalInterface
    interface Plane {
        Value pool(Value map, Span h, Span w);
    }

    /**
     * Pools along all axes after the first two. Maxima and means of boxes, with and without padding, are those of planes and then of the
     * remaining axes one by one.
     */
    static Value pool(Value x, List<Span> spans, Plane plane) {
        Shape shape = x.shape();
        int rank = shape.rank();
        if (rank <= 4) {
            return Windows.back(plane.pool(Windows.images(x), rank == 3 ? Span.UNIT : spans.getFirst(), spans.getLast()), rank);
        }
        Value pooled = x;
        for (int a = rank - 2; a >= 2; a--) {
            boolean last = a == rank - 2;
            Shape now = pooled.shape();
            long before = product(now, 1, a);
            long after = last ? now.dim(rank - 1) : product(now, a + 1, rank);
            Value map = Shaping.reshape(pooled, Shape.of(now.dim(0), before, now.dim(a), after));
            Value y = plane.pool(map, spans.get(a - 2), last ? spans.get(a - 1) : Span.UNIT);
            Shape next = now.with(a, y.shape().dim(2));
            pooled = Shaping.reshape(y, last ? next.with(rank - 1, y.shape().dim(3)) : next);
        }
        return pooled;
    }

    private static long product(Shape shape, int from, int to) {
        long product = 1;
        for (int a = from; a < to; a++) {
            product *= shape.dim(a);
        }
        return product;
    }

    /** Whether Lamina's windows have such padding. */
    static boolean fits(Span h, Span w) {
        return 2 * Math.max(h.begin(), h.end()) <= h.kernel() && 2 * Math.max(w.begin(), w.end()) <= w.kernel();
    }

    /** Largest elements and their positions in the map, which counts the padding unless {@link #fits}. */
    static Node max(Call call, Value x, Span h, Span w, boolean ceil) {
        require(call, x, h, w, ceil);
        if (fits(h, w)) {
            return Pooling.maxPoolWithIndices(x, new Window(h.axis(ceil), w.axis(ceil)));
        }
        Value padded = padded(x, h, w, ceil, Double.NEGATIVE_INFINITY);
        return Pooling.maxPoolWithIndices(padded, new Window(h.bare().axis(false), w.bare().axis(false)));
    }

    private static void require(Call call, Value x, Span h, Span w, boolean ceil) {
        call.require(h.outputs(x.shape().dim(2), ceil) >= 1 && w.outputs(x.shape().dim(3), ceil) >= 1,
                "windows reach over %d x %d elements, more than input %s with its padding has.", h.reach(), w.reach(), call.shape(0));
    }

    /** Means. */
    static Value mean(Call call, Value x, Span h, Span w, boolean ceil, Divisor divisor) {
        require(call, x, h, w, ceil);
        if (fits(h, w) && (divisor != Divisor.KERNEL || !ceil)) {
            Window window = new Window(h.axis(ceil), w.axis(ceil));
            return divisor == Divisor.COVERED ? Pooling.avgPoolExcludingPad(x, window) : Pooling.avgPool(x, window);
        }
        Value mean = Pooling.avgPool(padded(x, h, w, ceil, 0), new Window(h.bare().axis(false), w.bare().axis(false)));
        if (divisor == Divisor.KERNEL) {
            return mean;
        }
        double[] rows = shares(h, x.shape().dim(2), ceil, divisor);
        double[] columns = shares(w, x.shape().dim(3), ceil, divisor);
        Value scaled = mean.times(constant(x, rows, rows.length, 1));
        return scaled.times(constant(x, columns, columns.length));
    }

    private static Value constant(Value like, double[] values, long... dims) {
        String name = like.graph().takeName();
        Value constant = Source.constant(like.graph(), Tensor.of(like.dtype(), values, dims));
        like.graph().name(name);
        return constant;
    }

    /** Taps of each window divided by those that count. */
    private static double[] shares(Span span, long extent, boolean ceil, Divisor divisor) {
        long low = divisor == Divisor.PADDED ? -span.begin() : 0;
        long high = divisor == Divisor.PADDED ? extent + span.end() : extent;
        double[] shares = new double[Math.toIntExact(span.outputs(extent, ceil))];
        for (int i = 0; i < shares.length; i++) {
            long count = 0;
            for (long k = 0; k < span.kernel(); k++) {
                long at = i * span.stride() - span.begin() + k * span.dilation();
                count += at >= low && at < high ? 1 : 0;
            }
            shares[i] = (double) span.kernel() / count;
        }
        return shares;
    }

    /** The input with its padding and what the last windows need past it. */
    private static Value padded(Value x, Span h, Span w, boolean ceil, double value) {
        List<Long> before = List.of(0L, 0L, h.begin(), w.begin());
        List<Long> after = List.of(0L, 0L, after(h, x.shape().dim(2), ceil), after(w, x.shape().dim(3), ceil));
        return before.equals(after) && after.equals(Collections.nCopies(4, 0L)) ? x : Shaping.pad(x, before, after, value);
    }

    private static long after(Span span, long extent, boolean ceil) {
        return Math.max(0, (span.outputs(extent, ceil) - 1) * span.stride() + span.reach() - extent - span.begin());
    }
}

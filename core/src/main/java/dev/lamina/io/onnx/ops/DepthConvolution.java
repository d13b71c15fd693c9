package dev.lamina.io.onnx.ops;

import dev.lamina.graph.Shaping;
import dev.lamina.graph.Value;
import dev.lamina.io.onnx.ops.Windows.Span;
import dev.lamina.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Convolution along three axes by that of images: the planes that a filter covers in depth become channels of one image, for every depth of
 * the result.
 */
final class DepthConvolution {
    private static final int DEPTH = 2;

    private DepthConvolution() { }

    /**
     * The convolution.
     *
     * @param x {@code [N, C, D, H, W]}
     * @param filter {@code [K, C / groups, T, R, S]}
     */
    static Value conv(Call call, Value x, Value filter, Optional<Value> bias, List<Span> spans, long groups) {
        Span depth = spans.getFirst();
        Shape shape = x.shape();
        long outputs = depth.outputs(shape.dim(DEPTH), false);
        call.require(outputs >= 1, "kernel reaches over %d planes, more than input %s with its padding has.", depth.reach(), shape);
        Value padded = depth.begin() + depth.end() == 0 ? x : Shaping.pad(x, along(0, depth.begin()), along(0, depth.end()), 0);
        List<Value> taps = new ArrayList<>();
        for (long k = 0; k < depth.kernel(); k++) {
            long start = k * depth.dilation();
            Long[] ends = Arrays.stream(padded.shape().toArray()).boxed().toArray(Long[]::new);
            ends[DEPTH] = start + (outputs - 1) * depth.stride() + 1;
            Value tap = Shaping.slice(padded, along(0, start), List.of(ends), along(1, depth.stride()));
            taps.add(Shaping.reshape(tap, Shape.of(shape.dim(0), shape.dim(1), 1, outputs, shape.dim(3), shape.dim(4))));
        }
        Value planes = Shaping.transpose(Shaping.concat(DEPTH, taps.toArray(Value[]::new)), 0, 3, 1, 2, 4, 5);
        Value images = Shaping.reshape(planes,
                Shape.of(shape.dim(0) * outputs, shape.dim(1) * depth.kernel(), shape.dim(3), shape.dim(4)));
        Value y = ConvolutionOperators.images(images, flat(filter), bias, Windows.plane(spans.subList(1, 3), false), groups);
        Shape image = y.shape();
        Value split = Shaping.reshape(y, Shape.of(shape.dim(0), outputs, image.dim(1), image.dim(2), image.dim(3)));
        return Shaping.transpose(split, 0, 2, 1, 3, 4);
    }

    /** A filter's planes as channels. */
    private static Value flat(Value filter) {
        Shape w = filter.shape();
        return Shaping.reshape(filter, Shape.of(w.dim(0), w.dim(1) * w.dim(DEPTH), w.dim(3), w.dim(4)));
    }

    /** A number for each of the five axes: one for the depth, another for the rest. */
    private static List<Long> along(long others, long depth) {
        return List.of(others, others, depth, others, others);
    }

    /**
     * The adjoint.
     *
     * @param x {@code [N, C, D, H, W]}
     * @param filter {@code [C, K / groups, T, R, S]}
     */
    static Value transposed(Call call, Value x, Value filter, List<Span> spans, long groups) {
        Span depth = spans.getFirst();
        Shape shape = x.shape();
        long planes = shape.dim(DEPTH);
        Value images = Shaping.reshape(Shaping.transpose(x, 0, DEPTH, 1, 3, 4),
                Shape.of(shape.dim(0) * planes, shape.dim(1), shape.dim(3), shape.dim(4)));
        Value y = ConvolutionOperators.transposedImages(call, images, flat(filter), spans, groups);
        Shape image = y.shape();
        long channels = image.dim(1) / depth.kernel();
        Value split = Shaping.transpose(Shaping.reshape(y,
                Shape.of(shape.dim(0), planes, channels, depth.kernel(), image.dim(2), image.dim(3))), 3, 0, 2, 1, 4, 5);
        Shape one = Shape.of(shape.dim(0), channels, planes, image.dim(2), image.dim(3));
        long full = (planes - 1) * depth.stride() + depth.reach();
        Value sum = null;
        for (long k = 0; k < depth.kernel(); k++) {
            long before = k * depth.dilation();
            Shaping.Pad spread = new Shaping.Pad(along(0, before), along(0, depth.reach() - 1 - before), along(0, depth.stride() - 1), 0);
            Value tap = x.graph().add(spread, Shaping.reshape(Shaping.slice(split, 0, k, k + 1), one));
            sum = sum == null ? tap : sum.plus(tap);
        }
        long begin = Math.max(0, depth.begin());
        long end = full - Math.max(0, depth.end());
        call.require(end > begin, "padding %d and %d leaves nothing of input %s.", begin, full - end, shape);
        Value cut = begin == 0 && end == full ? sum : Shaping.slice(sum, DEPTH, begin, end);
        return ConvolutionOperators.beyond(cut, depth, DEPTH);
    }
}

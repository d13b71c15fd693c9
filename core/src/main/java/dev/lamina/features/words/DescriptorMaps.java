package dev.lamina.features.words;

import dev.lamina.features.Images;
import dev.lamina.graph.Convolution;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Pooling;
import dev.lamina.graph.Reduction;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.Source;
import dev.lamina.graph.Value;
import dev.lamina.graph.Window;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.List;

/** Descriptors of all patches as a graph: from images {@code [N, C, H, W]} in [0, 1] to maps {@code [N, d, rows, columns]}. Stateless. */
final class DescriptorMaps {
    private static final double LEVELS = 255;
    private static final double VARIANCE_FLOOR = 10;
    private static final double SIFT_CLIP = 0.2;
    /** Squared length, of pixels in [0, 1], below which a gradient histogram counts as flat: about a hundredth of one grey level. */
    private static final double FLAT = 1e-9;

    private DescriptorMaps() { }

    static Value of(Descriptor descriptor, Value x) {
        return switch (descriptor.kind()) {
            case RAW -> raw(descriptor, x);
            case GRADIENT -> unit(gradients(descriptor, x), FLAT);
            case SIFT -> unit(Pointwise.clip(unit(gradients(descriptor, x), FLAT), 0, SIFT_CLIP), 1e-12);
        };
    }

    private static Value raw(Descriptor descriptor, Value x) {
        int channels = (int) x.shape().dim(1);
        Value patches = windows(x.times(LEVELS), channels, descriptor.patch(), 1, descriptor.stride());
        Value centred = patches.minus(Reduction.reduce(Reduction.Fold.MEAN, patches, true, 1));
        Value variance = Reduction.reduce(Reduction.Fold.MEAN, Pointwise.square(centred), true, 1);
        return centred.dividedBy(Pointwise.sqrt(variance.plus(VARIANCE_FLOOR)));
    }

    /** Every window's values as channels (first by channel, then row by row): a convolution whose filters hold a single 1. */
    private static Value windows(Value x, int channels, int side, int dilation, int stride) {
        int size = channels * side * side;
        Tensor filters = Tensor.zeros(DType.FLOAT32, Shape.of(size, channels, side, side));
        for (int i = 0; i < size; i++) {
            filters.set(1, i, i / (side * side), i / side % side, i % side);
        }
        return Convolution.conv2d(x, Source.constant(x.graph(), filters), Window.of(side).dilation(dilation).stride(stride), 1);
    }

    /**
     * Sums of gradient magnitudes by cell and direction. The share of a direction o is {@code max(0, cos(θ - θ_o))^9}, as in the authors'
     * published code of the spatial pyramid; cells are weighted evenly.
     */
    private static Value gradients(Descriptor descriptor, Value x) {
        Value grey = Images.grey(x);
        Value dx = central(grey, 3);
        Value dy = central(grey, 2);
        Value magnitude = Pointwise.sqrt(Pointwise.square(dx).plus(Pointwise.square(dy)));
        Value floor = magnitude.plus(1e-12);
        Value cos = dx.dividedBy(floor);
        Value sin = dy.dividedBy(floor);
        Value[] shares = new Value[Descriptor.ORIENTATIONS];
        for (int o = 0; o < shares.length; o++) {
            double angle = 2 * Math.PI * o / shares.length;
            Value c = Pointwise.relu(cos.times(Math.cos(angle)).plus(sin.times(Math.sin(angle))));
            Value c3 = Pointwise.square(c).times(c);
            shares[o] = Pointwise.square(c3).times(c3).times(magnitude);
        }
        int cells = descriptor.kind().cells();
        int cell = descriptor.patch() / cells;
        int step = gcd(cell, descriptor.stride());
        Value pooled = Pooling.avgPool(Shaping.concat(1, shares), Window.of(cell).stride(step));
        return windows(pooled, Descriptor.ORIENTATIONS, cells, cell / step, descriptor.stride() / step);
    }

    private static int gcd(int a, int b) {
        return b == 0 ? a : gcd(b, a % b);
    }

    /** {@code (f(i+1) - f(i-1)) / 2} along an axis, 0 at the border. */
    private static Value central(Value x, int axis) {
        long extent = x.shape().dim(axis);
        if (extent < 3) {
            return x.times(0);
        }
        Value inner = Shaping.slice(x, axis, 2, extent).minus(Shaping.slice(x, axis, 0, extent - 2)).times(0.5);
        List<Long> border = axis == 2 ? List.of(0L, 0L, 1L, 0L) : List.of(0L, 0L, 0L, 1L);
        return Shaping.pad(inner, border, border, 0);
    }

    private static Value unit(Value maps, double floor) {
        Value squares = Reduction.sumKeepDims(Pointwise.square(maps), 1);
        return maps.dividedBy(Pointwise.sqrt(squares.plus(floor)));
    }
}

package dev.lamina.cuda.lowering;

import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import java.util.List;
import java.util.Optional;

/** Steps of {@code batch_norm.cu}. */
final class BatchNormKernels {
    private static final String FAMILY = "batch_norm";
    private static final int THREADS = 256;
    private static final int WIDEST = 32;
    /** Blocks that keep a large device busy. */
    private static final long BLOCKS = 512;
    /** Rows that a thread sums at least, so that there are not more parts than worth it. */
    private static final long ROWS = 8;

    private final Assembly assembly;

    BatchNormKernels(Assembly assembly) {
        this.assembly = assembly;
    }

    /**
     * The places of a gradient's operands and results.
     *
     * @param rectified what tells which elements of the gradient count, if not all do
     * @param masked where those that count are to be kept, if somebody else reads them
     */
    record Gradient(Place gradient, Optional<Place> rectified, Optional<Place> masked, Place x, Place gamma, Place mean, Place variance,
            Place to, Place byGamma, Place byBeta) {
    }

    /** The places of a normalisation's operands and result; other is added before the rectifier. */
    record Normalisation(Place x, Place gamma, Place beta, Place mean, Place variance, Optional<Place> other, boolean relu, Place y) {
    }

    /**
     * How sums over all axes but the channels' are split, of a tensor that is not empty.
     *
     * @param last whether channels come last
     * @param channels number of channels
     * @param count elements of a channel
     * @param inner elements between neighbouring channels
     * @param width channels of a block
     * @param splits parts of a sum
     */
    private record Split(boolean last, long channels, long count, long inner, int width, long splits) {
        static Split of(Layout layout) {
            Shape s = layout.type().shape();
            long channels = s.dim(1);
            long count = s.elements() / channels;
            // Without further axes channels are neighbours in any order.
            boolean last = layout.order() == Order.CHANNELS_LAST || s.rank() == 2;
            int width = last ? (int) Math.min(WIDEST, Long.highestOneBit(Math.max(1, 2 * channels - 1))) : 1;
            long tiles = Math.ceilDiv(channels, width);
            long most = Math.max(1, BLOCKS / tiles);
            return new Split(last, channels, count, DnnLayouts.inner(layout), width,
                    Math.clamp(Math.ceilDiv(count, THREADS / width * ROWS), 1, most));
        }

        KernelCall shape(KernelCall call) {
            return call.grid(Math.ceilDiv(channels, width), splits, 1).block(width, THREADS / width, 1);
        }

        /** The arguments that say what is summed. */
        KernelCall extents(KernelCall call) {
            return last ? call.int64s(count, channels) : call.int64s(count / inner, channels, inner);
        }

        String kernel(String name) {
            return name + (last ? "_rows" : "_planes");
        }
    }

    /** Mean and biased variance of each channel. */
    void statistics(List<String> nodes, Place x, Place mean, Place variance) {
        Split split = Split.of(x.layout());
        Buffer parts = parts(nodes, x.layout(), split);
        split.extents(split.shape(call(nodes, x.layout(), split.kernel("statistics"))).pointer(x).pointer(parts)).add();
        call(nodes, x.layout(), "statistics_total").over(split.channels).pointer(x).pointer(parts).pointer(mean).pointer(variance)
                .int64s(split.channels, split.inner, split.splits).float64(split.count).add();
    }

    private Buffer parts(List<String> nodes, Layout layout, Split split) {
        return assembly.buffer("partial sums of " + nodes.getFirst(),
                2 * split.splits * split.channels * DnnLayouts.real(layout.element()).bytes());
    }

    /** The normalisation. */
    void normalise(List<String> nodes, Normalisation n, double epsilon) {
        Layout layout = n.x.layout();
        KernelCall call = call(nodes, layout, "normalise").over(layout.type().elements());
        List.of(n.x, n.gamma, n.beta, n.mean, n.variance, n.other.orElse(n.x), n.y).forEach(call::pointer);
        real(elements(call, layout), layout, epsilon).int32(n.other.isPresent() ? 1 : 0).int32(n.relu ? 1 : 0).add();
    }

    /** The three gradients. */
    void gradient(List<String> nodes, Gradient g, double epsilon) {
        Layout layout = g.x.layout();
        Split split = Split.of(layout);
        Buffer parts = parts(nodes, layout, split);
        KernelCall sums = split.shape(call(nodes, layout, split.kernel("gradient"))).pointer(g.gradient)
                .pointer(g.rectified.orElse(g.gradient)).pointer(g.x).pointer(g.mean).pointer(g.masked.orElse(g.gradient)).pointer(parts);
        split.extents(sums).int32(g.rectified.isPresent() ? 1 : 0).int32(g.masked.isPresent() ? 1 : 0).add();
        real(call(nodes, layout, "gradient_total").over(split.channels).pointer(parts).pointer(g.variance).pointer(g.byGamma)
                .pointer(g.byBeta).int64s(split.channels, split.splits), layout, epsilon).add();
        boolean masks = g.rectified.isPresent() && g.masked.isEmpty();
        Place passed = g.masked.orElse(g.gradient);
        KernelCall data = call(nodes, layout, "gradient_data").over(layout.type().elements()).pointer(passed)
                .pointer(masks ? g.rectified.get() : passed);
        List.of(g.x, g.gamma, g.mean, g.variance, g.byGamma, g.byBeta, g.to).forEach(data::pointer);
        real(real(elements(data, layout), layout, split.count), layout, epsilon).int32(masks ? 1 : 0).add();
    }

    /** The variance that divides by the number of elements from the one that divides by one less. */
    void biasedVariance(List<String> nodes, Layout x, Buffer sample, Place variance) {
        Split split = Split.of(x);
        real(call(nodes, x, "biased_variance").over(split.channels).pointer(sample).pointer(variance).int64(split.channels), x,
                (split.count - 1.0) / split.count).add();
    }

    /** {@code 1 / sqrt(variance + epsilon)}. */
    void inverseDeviation(List<String> nodes, Layout x, Place variance, Buffer inverse, double epsilon) {
        long channels = x.type().shape().dim(1);
        real(call(nodes, x, "inverse_deviation").over(channels).pointer(variance).pointer(inverse).int64(channels), x, epsilon).add();
    }

    private KernelCall call(List<String> nodes, Layout layout, String kernel) {
        return assembly.kernel(nodes, "kernel " + kernel,
                assembly.kernels().resource(FAMILY, ElementDefine.of(layout.element()), kernel));
    }

    private static KernelCall elements(KernelCall call, Layout layout) {
        return call.int64s(layout.type().elements(), layout.type().shape().dim(1), DnnLayouts.inner(layout));
    }

    /** A number of the kernels' type Real. */
    private static KernelCall real(KernelCall call, Layout layout, double value) {
        return layout.element() == DType.FLOAT64 ? call.float64(value) : call.float32(value);
    }
}

package dev.lamina.cuda.lowering;

import dev.lamina.graph.Node;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import java.util.List;

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

    /** The places of a gradient's operands and results. */
    record Gradient(Place gradient, Place x, Place gamma, Place mean, Place variance, Place to, Place byGamma, Place byBeta) {
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
    void statistics(Node node, Place x, Place mean, Place variance) {
        Split split = Split.of(x.layout());
        Buffer parts = parts(node, x.layout(), split);
        split.extents(split.shape(call(node, x.layout(), split.kernel("statistics"))).pointer(x).pointer(parts)).add();
        call(node, x.layout(), "statistics_total").over(split.channels).pointer(x).pointer(parts).pointer(mean).pointer(variance)
                .int64s(split.channels, split.inner, split.splits).float64(split.count).add();
    }

    private Buffer parts(Node node, Layout layout, Split split) {
        return assembly.buffer("partial sums of " + node.name(),
                2 * split.splits * split.channels * DnnLayouts.real(layout.element()).bytes());
    }

    /** The normalisation with operands x, gamma, beta, mean, variance and result y. */
    void normalise(Node node, List<Place> places, double epsilon) {
        Layout layout = places.getFirst().layout();
        KernelCall call = call(node, layout, "normalise").over(layout.type().elements());
        places.forEach(call::pointer);
        real(elements(call, layout), layout, epsilon).add();
    }

    /** The three gradients. */
    void gradient(Node node, Gradient g, double epsilon) {
        Layout layout = g.x.layout();
        Split split = Split.of(layout);
        Buffer parts = parts(node, layout, split);
        split.extents(split.shape(call(node, layout, split.kernel("gradient"))).pointer(g.gradient).pointer(g.x).pointer(g.mean)
                .pointer(parts)).add();
        real(call(node, layout, "gradient_total").over(split.channels).pointer(parts).pointer(g.variance).pointer(g.byGamma)
                .pointer(g.byBeta).int64s(split.channels, split.splits), layout, epsilon).add();
        KernelCall call = call(node, layout, "gradient_data").over(layout.type().elements());
        List.of(g.gradient, g.x, g.gamma, g.mean, g.variance, g.byGamma, g.byBeta, g.to).forEach(call::pointer);
        real(real(elements(call, layout), layout, split.count), layout, epsilon).add();
    }

    /** The variance that divides by the number of elements from the one that divides by one less. */
    void biasedVariance(Node node, Layout x, Buffer sample, Place variance) {
        Split split = Split.of(x);
        real(call(node, x, "biased_variance").over(split.channels).pointer(sample).pointer(variance).int64(split.channels), x,
                (split.count - 1.0) / split.count).add();
    }

    /** {@code 1 / sqrt(variance + epsilon)}. */
    void inverseDeviation(Node node, Layout x, Place variance, Buffer inverse, double epsilon) {
        long channels = x.type().shape().dim(1);
        real(call(node, x, "inverse_deviation").over(channels).pointer(variance).pointer(inverse).int64(channels), x, epsilon).add();
    }

    private KernelCall call(Node node, Layout layout, String kernel) {
        return assembly.kernel(node, FAMILY, ElementDefine.of(layout.element()), kernel);
    }

    private static KernelCall elements(KernelCall call, Layout layout) {
        return call.int64s(layout.type().elements(), layout.type().shape().dim(1), DnnLayouts.inner(layout));
    }

    /** A number of the kernels' type Real. */
    private static KernelCall real(KernelCall call, Layout layout, double value) {
        return layout.element() == DType.FLOAT64 ? call.float64(value) : call.float32(value);
    }
}

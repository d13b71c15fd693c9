package dev.lamina.cuda.lowering;

import dev.lamina.graph.Window;
import dev.lamina.tensor.Shape;
import java.util.List;

/** Steps of {@code convolution.cu}: convolutions that cuDNN does not take, and the padding of images for those that it does. */
final class DirectConvolution {
    private static final String FAMILY = "convolution";
    private static final long MOST_BLOCKS = 65_535;

    private final Assembly assembly;

    DirectConvolution(Assembly assembly) {
        this.assembly = assembly;
    }

    /** Images in a new buffer with the extents that the windows cover: {@code shifted[h, w] = input[h - padBegin, w - padBegin]}. */
    Buffer pad(List<String> nodes, ConvolutionCase c, Buffer input) {
        Buffer padded = shiftedBuffer(nodes, c);
        Window window = c.op().window();
        shift(nodes, c, input, c.input(), padded, c.shifted(), -window.h().padBegin(), -window.w().padBegin());
        return padded;
    }

    /** Memory for images of those extents. */
    Buffer shiftedBuffer(List<String> nodes, ConvolutionCase c) {
        return assembly.buffer("padded images of " + nodes.getFirst(), Math.multiplyExact(c.shifted().elements(), c.element().bytes()));
    }

    /** The way back, which adds zeros where windows left a border out. */
    void crop(List<String> nodes, ConvolutionCase c, Buffer padded, Buffer input) {
        Window window = c.op().window();
        shift(nodes, c, padded, c.shifted(), input, c.input(), window.h().padBegin(), window.w().padBegin());
    }

    private void shift(List<String> nodes, ConvolutionCase c, Buffer from, Shape source, Buffer to, Shape target, long offsetH,
            long offsetW) {
        long channels = c.order() == Order.CHANNELS_LAST ? source.dim(1) : 1;
        long images = source.dim(0) * source.dim(1) / channels;
        call(nodes, c, "shift_images").over(target.elements()).pointer(from).pointer(to)
                .int64s(images, channels, source.dim(2), source.dim(3), target.dim(2), target.dim(3), offsetH, offsetW).add();
    }

    /** Adds the step of a forward convolution. */
    void forward(List<String> nodes, ConvolutionCase c, Buffer x, Buffer w, Buffer y) {
        extents(call(nodes, c, "convolution_forward").over(c.output().elements()).pointer(x).pointer(w).pointer(y), c).add();
    }

    /** Adds the step of the gradient by the input. */
    void dataGradient(List<String> nodes, ConvolutionCase c, Buffer y, Buffer w, Buffer x) {
        extents(call(nodes, c, "convolution_data").over(c.input().elements()).pointer(y).pointer(w).pointer(x), c).add();
    }

    /** Adds the step of the gradient by the filter, one block for each of its elements. */
    void filterGradient(List<String> nodes, ConvolutionCase c, Buffer x, Buffer y, Buffer w) {
        extents(call(nodes, c, "convolution_filter").grid(Math.clamp(c.filter().elements(), 1, MOST_BLOCKS), 1, 1)
                .pointer(x).pointer(y).pointer(w), c).add();
    }

    private KernelCall call(List<String> nodes, ConvolutionCase c, String kernel) {
        return assembly.kernel(nodes, "kernel " + kernel, assembly.kernels().resource(FAMILY, ElementDefine.of(c.element()), kernel));
    }

    private static KernelCall extents(KernelCall call, ConvolutionCase c) {
        Window.Axis h = c.op().window().h();
        Window.Axis w = c.op().window().w();
        long groups = c.op().groups();
        return call.int64s(c.input().dim(0), groups, c.filter().dim(1), c.input().dim(2), c.input().dim(3), c.filter().dim(0) / groups,
                c.output().dim(2), c.output().dim(3), h.kernel(), w.kernel(), h.stride(), w.stride(), h.padBegin(), w.padBegin(),
                h.dilation(), w.dilation()).int32(c.order() == Order.CHANNELS_LAST ? 1 : 0);
    }
}

package dev.lamina.cuda.lowering;

import dev.lamina.cuda.api.FilterTensor;
import dev.lamina.cuda.api.ImageTensor;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;

/** What layouts are to cuDNN and to the kernels beside it. */
final class DnnLayouts {
    private DnnLayouts() { }

    /** True if cuDNN can count the elements, and there are some. */
    static boolean fits(Shape shape) {
        return shape.elements() > 0 && shape.elements() <= Integer.MAX_VALUE;
    }

    /** Images of rank 4 that fit. */
    static ImageTensor images(Layout layout) {
        return images(layout.type().shape(), layout.element(), layout.order());
    }

    static ImageTensor images(Shape s, DType element, Order order) {
        return order == Order.PLAIN ? ImageTensor.channelsFirst(element, s.dim(0), s.dim(1), s.dim(2), s.dim(3))
                : ImageTensor.channelsLast(element, s.dim(0), s.dim(1), s.dim(2), s.dim(3));
    }

    static FilterTensor filters(Shape s, DType element, Order order) {
        return new FilterTensor(element, (int) s.dim(0), (int) s.dim(1), (int) s.dim(2), (int) s.dim(3), order == Order.CHANNELS_LAST);
    }

    /** The type in which kernels compute with elements of a type, and that of statistics and biases. */
    static DType real(DType element) {
        return element == DType.FLOAT64 ? DType.FLOAT64 : DType.FLOAT32;
    }

    /** Elements between neighbouring channels: a map where channels come first, 1 where they come last. */
    static long inner(Layout layout) {
        long[] strides = layout.strides();
        return strides[1];
    }
}

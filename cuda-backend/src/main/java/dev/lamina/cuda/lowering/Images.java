package dev.lamina.cuda.lowering;

import dev.lamina.tensor.Shape;

/**
 * How the maps of an image of rank 4 lie in memory: {@code [outer, height, width, inner]}. NCHW has outer = N C and inner = 1, channels
 * last outer = N and inner = C.
 */
record Images(long outer, long height, long width, long inner) {
    static Images of(Layout layout) {
        Shape shape = layout.type().shape();
        boolean plain = layout.order() == Order.PLAIN;
        return new Images(plain ? shape.dim(0) * shape.dim(1) : shape.dim(0), shape.dim(2), shape.dim(3), plain ? 1 : shape.dim(1));
    }

    long elements() {
        return outer * height * width * inner;
    }
}

package dev.lamina.cuda.lowering;

import dev.lamina.tensor.Shape;

/** In which order the axes of a value lie in memory. */
public enum Order {
    /** Row-major: the last axis is innermost. For images that is NCHW, for filters OIHW. */
    PLAIN,
    /** Values of rank 4 with axis 1 innermost: NHWC for images, OHWI for filters. What tensor cores want. */
    CHANNELS_LAST;

    /** Distance of neighbours along each axis in elements, without gaps. */
    public long[] strides(Shape shape) {
        if (this == PLAIN || shape.rank() != 4) {
            return shape.strides();
        }
        long[] d = shape.toArray();
        return new long[] {d[1] * d[2] * d[3], 1, d[3] * d[1], d[1]};
    }
}

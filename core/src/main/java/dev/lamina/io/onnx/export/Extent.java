package dev.lamina.io.onnx.export;

import dev.lamina.io.onnx.OnnxValue.Dim;

/**
 * An extent of a value of a graph that takes batches of any size.
 *
 * @param fixed the extent, where it does not depend on the batch; else 0
 * @param perSample what the batch size is multiplied by, where it does; else 0
 */
record Extent(long fixed, long perSample) {
    /** The name of the batch axis in models. */
    static final String BATCH = "N";

    boolean isFree() {
        return perSample > 0;
    }

    /** True of the batch size itself. */
    boolean isBatch() {
        return perSample == 1;
    }

    /** What a model says of it. */
    Dim dim() {
        return isFree() ? new Dim.Free(perSample == 1 ? BATCH : perSample + "*" + BATCH) : new Dim.Fixed(fixed);
    }
}

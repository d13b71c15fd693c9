package dev.lamina.graph;

/** What to do with a stride that does not divide the distance a window can travel. */
public enum Rounding {
    /** Windows that do not fit are dropped, as cuDNN, PyTorch and ONNX do. */
    FLOOR,
    /** One more window is added that hangs over the end. */
    CEIL,
    /** An error. */
    EXACT
}

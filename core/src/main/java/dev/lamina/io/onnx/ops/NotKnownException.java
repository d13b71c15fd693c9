package dev.lamina.io.onnx.ops;

/** A shape, an axis or the like is computed when a model runs, but is needed before. The message names node and input. */
public final class NotKnownException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    NotKnownException(String message) {
        super(message);
    }
}

package dev.lamina.io.onnx;

import java.io.IOException;

/** A message that breaks a rule of ONNX; the reader adds the file's name. */
final class OnnxFormatException extends IOException {
    private static final long serialVersionUID = 1;

    OnnxFormatException(String message) {
        super(message);
    }
}

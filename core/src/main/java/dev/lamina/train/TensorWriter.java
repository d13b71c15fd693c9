package dev.lamina.train;

import dev.lamina.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** Writes a file of tensors so that it is there whole or not at all; a seam where tests let a disk be full. */
@FunctionalInterface
interface TensorWriter {
    void write(Path file, Map<String, Tensor> tensors, Map<String, String> metadata) throws IOException;
}

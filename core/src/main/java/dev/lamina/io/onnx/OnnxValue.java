package dev.lamina.io.onnx;

import dev.lamina.tensor.DType;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a graph says of an input or output.
 *
 * @param name its name
 * @param dtype element type; empty where the file does not say, or Lamina has none such
 * @param dims extents; empty where the file does not say its rank
 */
public record OnnxValue(String name, Optional<DType> dtype, Optional<List<Dim>> dims) {

    /** One extent. */
    public sealed interface Dim {

        /** Known. */
        record Fixed(long extent) implements Dim {
            @Override
            public String toString() {
                return Long.toString(extent);
            }
        }

        /** Known when the model is used; the name may be empty. */
        record Free(String name) implements Dim {
            @Override
            public String toString() {
                return name.isEmpty() ? "?" : name;
            }
        }
    }

    /** Copies the list. */
    public OnnxValue {
        dims = dims.map(List::copyOf);
    }

    @Override
    public String toString() {
        return name + ": " + dtype.map(DType::toString).orElse("?") + " "
                + dims.map(d -> d.stream().map(Dim::toString).collect(Collectors.joining(", ", "[", "]"))).orElse("of any shape");
    }
}

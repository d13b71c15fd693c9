package dev.lamina.io.onnx.ops;

import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;

/** What a name of an ONNX graph stands for while the graph is built. */
public sealed interface Operand {

    /** Computed when the graph runs. */
    record Wired(Value value) implements Operand {
    }

    /** Numbers known now, such as a shape or an axis. They enter the graph as a constant where an op needs them. */
    record Known(Tensor tensor) implements Operand {
    }

    /** A floating-point initializer. It enters the graph, where an op needs it, as the importer's caller wants its weights. */
    record Weight(String name, Tensor tensor) implements Operand {
    }

    /** A value of the graph. */
    static Operand of(Value value) {
        return new Wired(value);
    }

    /** Numbers that are known. */
    static Operand of(Tensor tensor) {
        return new Known(tensor);
    }

    /** Extents. */
    default Shape shape() {
        return switch (this) {
            case Wired(Value value) -> value.shape();
            case Known(Tensor tensor) -> tensor.shape();
            case Weight(String _, Tensor tensor) -> tensor.shape();
        };
    }

    /** Element type. */
    default DType dtype() {
        return switch (this) {
            case Wired(Value value) -> value.dtype();
            case Known(Tensor tensor) -> tensor.dtype();
            case Weight(String _, Tensor tensor) -> tensor.dtype();
        };
    }
}

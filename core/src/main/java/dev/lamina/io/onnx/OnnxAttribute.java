package dev.lamina.io.onnx;

import dev.lamina.tensor.DType;
import dev.lamina.tensor.Tensor;
import java.util.List;

/** The value of a node's attribute. */
public sealed interface OnnxAttribute {

    /** {@code FLOAT}. */
    record Number(float value) implements OnnxAttribute {
    }

    /** {@code INT}. */
    record Integer(long value) implements OnnxAttribute {
    }

    /** {@code STRING}. */
    record Text(String value) implements OnnxAttribute {
    }

    /** {@code TENSOR}. */
    record OfTensor(Tensor value) implements OnnxAttribute {
    }

    /** {@code FLOATS}. */
    record Numbers(List<Float> values) implements OnnxAttribute {
        /** Copies the list. */
        public Numbers {
            values = List.copyOf(values);
        }
    }

    /** {@code INTS}. */
    record Integers(List<Long> values) implements OnnxAttribute {
        /** Copies the list. */
        public Integers {
            values = List.copyOf(values);
        }
    }

    /** {@code STRINGS}. */
    record Texts(List<String> values) implements OnnxAttribute {
        /** Copies the list. */
        public Texts {
            values = List.copyOf(values);
        }
    }

    /**
     * A value that no operator that Lamina knows takes: a graph, a sparse tensor, a type.
     *
     * @param kind what it is, for errors
     */
    record Other(String kind) implements OnnxAttribute {
    }

    /**
     * In a function's body: the attribute of this name of the node that calls the function.
     *
     * @param name its name there
     */
    record Reference(String name) implements OnnxAttribute {
    }

    /** The number by which attributes such as {@code to} of {@code Cast} name an element type. */
    static long code(DType dtype) {
        return OnnxType.of(dtype).code();
    }
}

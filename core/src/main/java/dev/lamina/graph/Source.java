package dev.lamina.graph;

import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.List;

/** Ops without operands: where values come from. */
public sealed interface Source extends Op {

    /** A value given anew at each run. */
    record Input(String inputName, TensorType type) implements Source {
        @Override
        public String name() {
            return "input";
        }

        @Override
        public List<TensorType> infer(OpInputs in) {
            return List.of(type);
        }
    }

    /** A value that lives in the backend's state. Reads the value before the run's updates. */
    record Variable(String variableName, TensorType type, boolean trainable) implements Source {
        @Override
        public String name() {
            return "variable";
        }

        @Override
        public List<TensorType> infer(OpInputs in) {
            return List.of(type);
        }
    }

    /** A value fixed when the graph is built. The tensor must not be changed afterwards. */
    record Constant(Tensor tensor) implements Source {
        @Override
        public String name() {
            return "constant";
        }

        @Override
        public List<TensorType> infer(OpInputs in) {
            return List.of(new TensorType(tensor.dtype(), tensor.shape()));
        }
    }

    /** A value with all elements equal. */
    record Fill(TensorType type, double value) implements Source {
        @Override
        public String name() {
            return "fill";
        }

        @Override
        public List<TensorType> infer(OpInputs in) {
            return List.of(type);
        }
    }

    @Override
    default Value[] gradient(Backward back) {
        return back.none();
    }

    @Override
    default long flops(List<TensorType> inputs, List<TensorType> outputs) {
        return 0;
    }

    /** Adds a constant. */
    static Value constant(GraphBuilder graph, Tensor tensor) {
        return graph.add(new Constant(tensor));
    }

    /** Adds a value with all elements equal. */
    static Value fill(GraphBuilder graph, TensorType type, double value) {
        return graph.add(new Fill(type, value));
    }

    /** A value of the same type with all elements equal. */
    static Value fillLike(Value like, double value) {
        return quietly(like, like.type(), value);
    }

    /** Zeros of the same type. */
    static Value zerosLike(Value like) {
        return fillLike(like, 0);
    }

    /** A scalar of the same element type, for broadcasting against the value. */
    static Value scalarLike(Value like, double value) {
        return quietly(like, new TensorType(like.dtype(), Shape.scalar()), value);
    }

    /** A scalar of an element type. */
    static Value scalar(GraphBuilder graph, DType dtype, double value) {
        return fill(graph, new TensorType(dtype, Shape.scalar()), value);
    }

    /** Adds a fill without consuming a name meant for the node that uses it. */
    private static Value quietly(Value like, TensorType type, double value) {
        GraphBuilder graph = like.graph();
        String name = graph.takeName();
        Value fill = graph.add(new Fill(type, value));
        graph.name(name);
        return fill;
    }
}

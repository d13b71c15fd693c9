package dev.lamina.io.onnx.export;

import dev.lamina.graph.GraphException;
import dev.lamina.graph.Node;
import dev.lamina.graph.Source;
import dev.lamina.graph.TensorType;
import dev.lamina.io.onnx.OnnxAttribute;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.List;
import java.util.Map;

/** Inputs, parameters and constants. */
final class SourceNodes {
    /** Elements up to which equal numbers are stored one by one. */
    private static final long FEW = 64;

    private SourceNodes() { }

    static void add(Emitter to, Node node, Source op, Map<String, Tensor> variables) {
        switch (op) {
            case Source.Input _ -> to.input(node);
            case Source.Variable(String name, TensorType type, boolean _) -> to.initializer(node, checked(name, type, variables));
            case Source.Constant(Tensor tensor) -> to.constant(node, tensor);
            case Source.Fill fill -> fill(to, node, fill);
        }
    }

    private static Tensor checked(String name, TensorType type, Map<String, Tensor> variables) {
        Tensor tensor = variables.get(name);
        if (tensor == null) {
            throw new GraphException("onnx: variable \"" + name + "\" has no tensor; there are " + variables.size()
                    + " others. Are these the weights of another model?");
        }
        if (tensor.dtype() != type.dtype() || !tensor.shape().equals(type.shape())) {
            throw new GraphException("onnx: variable \"" + name + "\": the tensor is " + tensor.dtype() + " " + tensor.shape() + ", needs "
                    + type + ". Are these the weights of another model?");
        }
        return tensor;
    }

    private static void fill(Emitter to, Node node, Source.Fill fill) {
        List<Extent> extents = to.extents(node.output(0));
        if (extents.stream().noneMatch(Extent::isFree) && fill.type().elements() <= FEW) {
            to.constant(node, Tensor.full(fill.type().dtype(), fill.type().shape(), fill.value()));
        } else {
            Tensor value = Tensor.full(fill.type().dtype(), Shape.of(1), fill.value());
            to.add(node, "ConstantOfShape", List.of(to.shape(node, extents)), Map.of("value", new OnnxAttribute.OfTensor(value)));
        }
    }
}

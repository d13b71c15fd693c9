package dev.lamina.io.onnx.ops;

import static java.util.Map.entry;

import dev.lamina.io.onnx.OnnxAttribute;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.List;
import java.util.Map;

/** Constants, and shapes, which are known since Lamina's are fixed. */
final class SourceOperators {
    static final Map<String, Operator> ALL = Map.ofEntries(
            entry("Constant", call -> List.of(Operand.of(constant(call)))),
            entry("ConstantOfShape", call -> List.of(Operand.of(constantOfShape(call)))));

    private SourceOperators() { }

    private static Tensor constant(Call call) {
        call.require(call.node().attributes().size() == 1, "has %d attributes, needs one: a constant has one value.",
                call.node().attributes().size());
        Map.Entry<String, OnnxAttribute> only = call.node().attributes().entrySet().iterator().next();
        return switch (only.getValue()) {
            case OnnxAttribute.OfTensor(Tensor tensor) -> tensor;
            case OnnxAttribute.Number(float value) -> Tensor.scalar(DType.FLOAT32, value);
            case OnnxAttribute.Integer(long value) -> Tensor.of(new long[] {value}, 1).reshape();
            case OnnxAttribute.Numbers(List<Float> values) ->
                Tensor.of(DType.FLOAT32, values.stream().mapToDouble(Float::doubleValue).toArray(), values.size());
            case OnnxAttribute.Integers(List<Long> values) ->
                Tensor.of(values.stream().mapToLong(Long::longValue).toArray(), values.size());
            case OnnxAttribute.Text _, OnnxAttribute.Texts _, OnnxAttribute.Other _, OnnxAttribute.Reference _ ->
                throw call.error("%s is %s, needs numbers.", only.getKey(), only.getValue());
        };
    }

    private static Tensor constantOfShape(Call call) {
        Tensor value = call.tensor("value").orElse(Tensor.scalar(DType.FLOAT32, 0));
        call.require(value.elements() == 1, "value has shape %s, needs one element.", value.shape());
        long[] dims = call.integers(0, "shape");
        for (long dim : dims) {
            call.require(dim >= 0, "shape has extent %d, needs >= 0.", dim);
        }
        return Tensor.full(value.dtype(), Shape.of(dims), value.toDoubles()[0]);
    }
}

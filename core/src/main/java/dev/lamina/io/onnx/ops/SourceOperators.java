package dev.lamina.io.onnx.ops;

import static java.util.Map.entry;

import dev.lamina.io.onnx.OnnxAttribute;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Constants and ranges. */
final class SourceOperators {
    static final Map<String, Operator> ALL = Map.ofEntries(
            entry("Constant", Operator.of(call -> Operand.of(constant(call)))),
            entry("ConstantOfShape", Operator.of(SourceOperators::constantOfShape)),
            entry("Range", Operator.of(SourceOperators::range)));

    /** Elements of a range. */
    private static final int MOST = 1 << 24;

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

    /** Small ones are known, large ones are filled when the model runs. */
    private static Operand constantOfShape(Call call) {
        Tensor value = call.tensor("value").orElse(Tensor.scalar(DType.FLOAT32, 0));
        call.require(value.elements() == 1, "value has shape %s, needs one element.", value.shape());
        long[] dims = call.integers(0, "shape");
        for (long dim : dims) {
            call.require(dim >= 0, "shape has extent %d, needs >= 0.", dim);
        }
        return Folding.broadcastTo(call, Operand.of(value.reshape()), Shape.of(dims));
    }

    /** {@code start, start + delta, ...} to before {@code limit}. */
    private static Operand range(Call call) {
        Tensor start = scalar(call, 0, "start");
        Tensor limit = scalar(call, 1, "limit");
        Tensor delta = scalar(call, 2, "delta");
        DType dtype = start.dtype();
        call.require(limit.dtype() == dtype && delta.dtype() == dtype, "start, limit and delta are %s, %s and %s, need one type.",
                dtype, limit.dtype(), delta.dtype());
        call.require(delta.item() != 0, "delta is 0, needs another number.");
        if (dtype.isFloating()) {
            double count = Math.max(0, Math.ceil((limit.item() - start.item()) / delta.item()));
            call.require(count <= MOST, "has %s elements, Lamina makes at most %d.", count, MOST);
            double[] values = new double[(int) count];
            Arrays.setAll(values, i -> start.item() + i * delta.item());
            return Operand.of(HostArithmetic.of(dtype, Shape.of(values.length), values));
        }
        long first = start.toLongs()[0];
        long step = delta.toLongs()[0];
        long count = Math.max(0, Math.ceilDiv(Math.subtractExact(limit.toLongs()[0], first), step));
        call.require(count <= MOST, "has %d elements, Lamina makes at most %d.", count, MOST);
        long[] values = new long[(int) count];
        Arrays.setAll(values, i -> first + i * step);
        return Operand.of(HostArithmetic.of(dtype, Shape.of(values.length), values));
    }

    private static Tensor scalar(Call call, int i, String what) {
        Tensor tensor = call.numbers(i, what);
        call.require(tensor.elements() == 1, "input %d (%s) has shape %s, needs one number.", i, what, tensor.shape());
        return tensor;
    }
}

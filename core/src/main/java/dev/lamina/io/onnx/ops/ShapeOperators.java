package dev.lamina.io.onnx.ops;

import static java.util.Map.entry;

import dev.lamina.graph.Shaping;
import dev.lamina.graph.Value;
import dev.lamina.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Shapes and the order of elements. */
final class ShapeOperators {
    static final Map<String, Operator> ALL = Map.ofEntries(
            entry("Identity", call -> List.of(call.operand(0))),
            entry("Flatten", Operator.single(ShapeOperators::flatten)),
            entry("Concat", Operator.single(ShapeOperators::concat)),
            entry("Reshape", Operator.single(call -> Shaping.reshape(call.value(0), reshaped(call)))));

    private ShapeOperators() { }

    /** The shape that a Reshape asks for: 0 copies an extent unless {@code allowzero}, -1 takes what is left. */
    static Shape reshaped(Call call) {
        Shape x = call.shape(0);
        long[] dims = call.integers("shape", 1).orElseThrow(() -> call.error("shape is missing.")).clone();
        Call.Scope scope = call.scope();
        if (scope.batch() != scope.declaredBatch() && x.rank() > 0 && dims.length > 0 && dims[0] == scope.declaredBatch()
                && x.dim(0) == scope.batch()) {
            dims[0] = scope.batch();
        }
        int open = -1;
        long rest = 1;
        for (int i = 0; i < dims.length; i++) {
            if (dims[i] == 0 && call.integer("allowzero", 0) == 0) {
                call.require(i < x.rank(), "shape %s copies axis %d, input %s has none.", Arrays.toString(dims), i, x);
                dims[i] = x.dim(i);
            }
            call.require(dims[i] >= -1 && (dims[i] >= 0 || open < 0), "shape %s needs extents >= 0 and at most one -1.",
                    Arrays.toString(dims));
            if (dims[i] < 0) {
                open = i;
            } else {
                rest = Math.multiplyExact(rest, dims[i]);
            }
        }
        if (open >= 0) {
            call.require(rest > 0 && x.elements() % rest == 0, "shape %s does not divide the %d elements of input %s.",
                    Arrays.toString(dims), x.elements(), x);
            dims[open] = x.elements() / rest;
        }
        Shape shape = Shape.of(dims);
        call.require(shape.elements() == x.elements(), "shape %s has %d elements, input %s has %d.", shape, shape.elements(), x,
                x.elements());
        return shape;
    }

    private static Value flatten(Call call) {
        Value x = call.value(0);
        int rank = x.shape().rank();
        long axis = call.integer("axis", 1);
        int split = axis == rank ? rank : call.axis(axis, rank);
        long rows = Arrays.stream(x.shape().toArray()).limit(split).reduce(1, Math::multiplyExact);
        long columns = Arrays.stream(x.shape().toArray()).skip(split).reduce(1, Math::multiplyExact);
        return Shaping.reshape(x, Shape.of(rows, columns));
    }

    private static Value concat(Call call) {
        return Shaping.concat(call.axis(call.integer("axis", 0), call.shape(0).rank()), call.values());
    }
}

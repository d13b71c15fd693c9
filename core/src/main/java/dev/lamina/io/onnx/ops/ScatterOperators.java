package dev.lamina.io.onnx.ops;

import static dev.lamina.graph.Pointwise.BinaryFunction.ADD;
import static dev.lamina.graph.Pointwise.BinaryFunction.MAX;
import static dev.lamina.graph.Pointwise.BinaryFunction.MIN;
import static dev.lamina.graph.Pointwise.BinaryFunction.MULTIPLY;
import static java.util.Map.entry;

import dev.lamina.graph.Pointwise.BinaryFunction;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Elements;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Values changed at places that are known. Lamina has no op that writes at places, but where they are known, each element of the result is
 * one of the input or one of the updates, and can be gathered.
 */
final class ScatterOperators {
    static final Map<String, Operator> ALL = Map.ofEntries(
            entry("Scatter", Operator.of(ScatterOperators::scatterElements)),
            entry("ScatterElements", Operator.of(ScatterOperators::scatterElements)),
            entry("ScatterND", Operator.of(ScatterOperators::scatterNd)));

    /** Updates of one place, each of which is a pass over the values. */
    private static final int MOST_PASSES = 64;

    private ScatterOperators() { }

    private static Operand scatterElements(Call call) {
        Operand x = call.operand(0);
        Shape shape = x.shape();
        int axis = call.axis(call.integer("axis", 0), shape.rank());
        Tensor indices = call.numbers(1, "indices");
        call.require(indices.shape().equals(call.shape(2)) && indices.shape().rank() == shape.rank(),
                "indices have shape %s, updates %s, input %s; needs one shape of the first two and one rank.", indices.shape(),
                call.shape(2), shape);
        long[] strides = shape.strides();
        long[] named = indices.toLongs();
        long[] places = new long[named.length];
        for (int i = 0; i < named.length; i++) {
            List<Long> at = indices.shape().position(i);
            for (int a = 0; a < shape.rank(); a++) {
                places[i] += position(call, shape, a, a == axis ? named[i] : at.get(a)) * strides[a];
            }
        }
        return changed(call, x, List.of(shape.elements()), places);
    }

    private static Operand scatterNd(Call call) {
        Operand x = call.operand(0);
        Shape shape = x.shape();
        Tensor indices = call.numbers(1, "indices");
        call.require(indices.shape().rank() >= 1 && indices.shape().dim(-1) <= shape.rank(),
                "indices have shape %s: the last extent must be at most the rank of input %s.", indices.shape(), shape);
        int depth = Math.toIntExact(indices.shape().dim(-1));
        long[] named = indices.toLongs();
        long[] places = new long[depth == 0 ? 1 : named.length / depth];
        for (int i = 0; i < named.length; i++) {
            int axis = i % depth;
            places[i / depth] = places[i / depth] * shape.dim(axis) + position(call, shape, axis, named[i]);
        }
        List<Long> rows = new ArrayList<>();
        rows.add(Arrays.stream(shape.toArray()).limit(depth).reduce(1, Math::multiplyExact));
        Arrays.stream(shape.toArray()).skip(depth).forEach(rows::add);
        long inner = rows.stream().skip(1).reduce(1L, Math::multiplyExact);
        call.require(call.shape(2).elements() == places.length * inner, "updates have shape %s, needs %d places times %d elements.",
                call.shape(2), places.length, inner);
        return changed(call, x, rows, places);
    }

    private static long position(Call call, Shape shape, int axis, long index) {
        long extent = shape.dim(axis);
        call.require(index >= -extent && index < extent, "index %d is outside axis %d of input %s.", index, axis, shape);
        return index < 0 ? index + extent : index;
    }

    /** Rows at the places replaced by those of the updates, or joined with them; of several for a place the last counts, or all. */
    private static Operand changed(Call call, Operand x, List<Long> rows, long[] places) {
        String reduction = call.text("reduction", "none");
        List<long[]> passes = passes(call, Math.toIntExact(rows.getFirst()), places, reduction.equals("none"));
        Shape flat = shapeOf(rows);
        List<Long> parts = new ArrayList<>(rows);
        parts.set(0, (long) places.length);
        Operand updates = Folding.reshape(call, call.operand(2), shapeOf(parts));
        Operand result = Folding.reshape(call, x, flat);
        for (long[] pass : passes) {
            Operand chosen = Folding.gather(call, Folding.concat(call, 0, List.of(result, updates)),
                    Operand.of(Tensor.of(pass, pass.length)), 0);
            result = switch (reduction) {
                case "none" -> chosen;
                case "add" -> joined(call, ADD, result, chosen, pass);
                case "mul" -> joined(call, MULTIPLY, result, chosen, pass);
                case "max" -> joined(call, MAX, result, chosen, pass);
                case "min" -> joined(call, MIN, result, chosen, pass);
                default -> throw call.error("reduction is \"%s\", needs none, add, mul, max or min.", reduction);
            };
        }
        return Folding.reshape(call, result, x.shape());
    }

    private static Operand joined(Call call, BinaryFunction function, Operand old, Operand chosen, long[] pass) {
        long[] dims = new long[old.shape().rank()];
        Arrays.fill(dims, 1);
        dims[0] = pass.length;
        Tensor touched = Tensor.zeros(DType.BOOL, Shape.of(dims));
        for (int row = 0; row < pass.length; row++) {
            if (pass[row] != row) {
                Elements.setLong(touched.memory(), touched.dtype(), row, 1);
            }
        }
        return Folding.where(call, Operand.of(touched), Folding.binary(call, function, old, chosen), old);
    }

    /** For each pass and row of the result, which row it is of the values that the updates follow. */
    private static List<long[]> passes(Call call, int rows, long[] places, boolean onlyLast) {
        List<long[]> passes = new ArrayList<>();
        int[] seen = new int[rows];
        for (int i = 0; i < places.length; i++) {
            int row = (int) places[i];
            int pass = onlyLast ? 0 : seen[row]++;
            call.require(pass < MOST_PASSES, "indices name one place more than %d times.", MOST_PASSES);
            if (pass == passes.size()) {
                long[] same = new long[rows];
                Arrays.setAll(same, r -> r);
                passes.add(same);
            }
            passes.get(pass)[row] = rows + i;
        }
        return passes;
    }

    private static Shape shapeOf(List<Long> dims) {
        return Shape.of(dims.stream().mapToLong(Long::longValue).toArray());
    }
}

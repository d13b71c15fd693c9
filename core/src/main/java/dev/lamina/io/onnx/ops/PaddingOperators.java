package dev.lamina.io.onnx.ops;

import static java.util.Map.entry;

import dev.lamina.graph.Shaping;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** Borders. */
final class PaddingOperators {
    static final Map<String, Operator> ALL = Map.ofEntries(
            entry("Pad", Operator.of(PaddingOperators::pad)));

    /** From this version on, the widths are inputs. */
    private static final int PADS_ARE_INPUTS = 11;
    /** Before this version, the attribute has another name. */
    private static final int PADS_ARE_PADS = 2;

    private PaddingOperators() { }

    /** A border of width >= 0; a negative width cuts, before the border is made. */
    private static Operand pad(Call call) {
        Operand x = call.operand(0);
        int rank = x.shape().rank();
        long[] pads = pads(call);
        long[] axes = call.has(3) ? call.integers(3, "axes") : LongStream.range(0, rank).toArray();
        call.require(pads.length == 2 * axes.length, "pads are %s, need 2 numbers for each of %d axes.", Arrays.toString(pads),
                axes.length);
        Long[] before = Collections.nCopies(rank, 0L).toArray(Long[]::new);
        Long[] after = before.clone();
        for (int i = 0; i < axes.length; i++) {
            int axis = call.axis(axes[i], rank);
            before[axis] = pads[i];
            after[axis] = pads[i + axes.length];
        }
        Operand cut = cut(call, x, before, after);
        for (int axis = 0; axis < rank; axis++) {
            before[axis] = Math.max(0, before[axis]);
            after[axis] = Math.max(0, after[axis]);
        }
        String mode = call.text("mode", "constant");
        if (mode.equals("constant")) {
            double value = call.version() < PADS_ARE_INPUTS ? call.number("value", 0)
                    : call.has(2) ? call.number(2, "constant_value") : 0;
            return Folding.pad(call, cut, List.of(before), List.of(after), value);
        }
        Operand result = cut;
        for (int axis = 0; axis < rank; axis++) {
            if (before[axis] > 0 || after[axis] > 0) {
                long[] positions = positions(call, mode, cut.shape().dim(axis), before[axis], after[axis]);
                result = Folding.gather(call, result, Operand.of(Tensor.of(positions, positions.length)), axis);
            }
        }
        return result;
    }

    private static long[] pads(Call call) {
        if (call.version() >= PADS_ARE_INPUTS) {
            return call.integers(1, "pads");
        }
        String name = call.version() < PADS_ARE_PADS ? "paddings" : "pads";
        return call.integers(name).orElseThrow(() -> call.error("attribute %s is missing.", name));
    }

    private static Operand cut(Call call, Operand x, Long[] before, Long[] after) {
        Shape shape = x.shape();
        Long[] starts = new Long[before.length];
        Long[] ends = new Long[before.length];
        for (int axis = 0; axis < starts.length; axis++) {
            starts[axis] = Math.max(0, -before[axis]);
            ends[axis] = shape.dim(axis) - Math.max(0, -after[axis]);
            call.require(starts[axis] <= ends[axis], "pads cut %d and %d from axis %d of input %s, which has fewer.", starts[axis],
                    shape.dim(axis) - ends[axis], axis, shape);
        }
        return Folding.slice(call, x, new Shaping.Slice(List.of(starts), List.of(ends), Collections.nCopies(starts.length, 1L)));
    }

    /** Where the elements of an axis with its border come from. */
    private static long[] positions(Call call, String mode, long extent, long before, long after) {
        call.require(extent > 0, "mode is \"%s\", needs an axis with elements.", mode);
        return LongStream.range(-before, extent + after).map(i -> switch (mode) {
            case "edge" -> Math.clamp(i, 0, extent - 1);
            case "wrap" -> Math.floorMod(i, extent);
            case "reflect" -> {
                long there = Math.floorMod(i, Math.max(1, 2 * (extent - 1)));
                yield Math.min(there, 2 * (extent - 1) - there);
            }
            default -> throw call.error("mode is \"%s\", needs constant, reflect, edge or wrap.", mode);
        }).toArray();
    }
}

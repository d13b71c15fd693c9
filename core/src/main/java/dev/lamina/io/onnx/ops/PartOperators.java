package dev.lamina.io.onnx.ops;

import static java.util.Map.entry;

import dev.lamina.graph.Shaping;
import dev.lamina.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Parts of values, and values joined of parts. */
final class PartOperators {
    static final Map<String, Operator> ALL = Map.ofEntries(
            entry("Concat", Operator.of(PartOperators::concat)),
            entry("DepthToSpace", Operator.of(PartOperators::depthToSpace)),
            entry("Slice", Operator.of(PartOperators::slice)),
            entry("SpaceToDepth", Operator.of(PartOperators::spaceToDepth)),
            entry("Split", PartOperators::split));

    /** From this version on, Concat's axis has no default. */
    private static final int CONCAT_NEEDS_AXIS = 4;
    /** From this version on, Slice's numbers are inputs. */
    private static final int SLICE_BY_INPUTS = 10;
    /** From this version on, Split's parts may be unequal without a list. */
    private static final int SPLIT_UNEQUALLY = 18;

    private PartOperators() { }

    private static Operand concat(Call call) {
        call.require(call.version() < CONCAT_NEEDS_AXIS || call.hasAttribute("axis"), "attribute axis is missing.");
        List<Operand> parts = IntStream.range(0, call.inputs()).mapToObj(call::operand).toList();
        call.require(!parts.isEmpty(), "has no input.");
        return Folding.concat(call, call.axis(call.integer("axis", 1), call.shape(0).rank()), parts);
    }

    /** Into listed extents, or as many parts as there are outputs; the last may be smaller. */
    private static List<Operand> split(Call call) {
        Operand x = call.operand(0);
        int axis = call.axis(call.integer("axis", 0), x.shape().rank());
        long extent = x.shape().dim(axis);
        long[] parts = call.integers("split", 1).orElseGet(() -> equalParts(call, extent));
        call.require(Arrays.stream(parts).allMatch(p -> p >= 0) && Arrays.stream(parts).sum() == extent,
                "split is %s, needs numbers >= 0 that add up to %d, the extent of axis %d of input %s.", Arrays.toString(parts), extent,
                axis, x.shape());
        List<Operand> results = new ArrayList<>();
        long at = 0;
        for (long part : parts) {
            results.add(Folding.slice(call, x, axis, at, at + part));
            at += part;
        }
        return results;
    }

    private static long[] equalParts(Call call, long extent) {
        long count = call.integer("num_outputs", call.node().outputs().size());
        call.require(count >= 1, "num_outputs is %d, needs >= 1.", count);
        call.require(call.version() >= SPLIT_UNEQUALLY || extent % count == 0, "%d equal parts do not divide the extent %d.", count,
                extent);
        long part = Math.ceilDiv(extent, count);
        long[] parts = new long[Math.toIntExact(count)];
        Arrays.fill(parts, part);
        parts[parts.length - 1] = extent - part * (count - 1);
        return parts;
    }

    /** By NumPy's rules: negative positions count from the end, those past the ends are cut, negative steps go backwards. */
    private static Operand slice(Call call) {
        boolean inputs = call.version() >= SLICE_BY_INPUTS;
        long[] starts = inputs ? call.integers(1, "starts") : call.integers("starts").orElseThrow(() -> call.error("starts are missing."));
        long[] ends = inputs ? call.integers(2, "ends") : call.integers("ends").orElseThrow(() -> call.error("ends are missing."));
        Operand x = call.operand(0);
        int rank = x.shape().rank();
        long[] axes = (inputs ? call.integers("axes", 3) : call.integers("axes"))
                .orElseGet(() -> LongStream.range(0, starts.length).toArray());
        long[] steps = inputs && call.has(4) ? call.integers(4, "steps") : LongStream.generate(() -> 1).limit(starts.length).toArray();
        call.require(ends.length == starts.length && axes.length == starts.length && steps.length == starts.length,
                "starts, ends, axes and steps have %d, %d, %d and %d numbers, need as many each.", starts.length, ends.length, axes.length,
                steps.length);
        Long[] from = Collections.nCopies(rank, 0L).toArray(Long[]::new);
        Long[] to = Arrays.stream(x.shape().toArray()).boxed().toArray(Long[]::new);
        Long[] by = Collections.nCopies(rank, 1L).toArray(Long[]::new);
        boolean[] seen = new boolean[rank];
        for (int i = 0; i < axes.length; i++) {
            int axis = call.axis(axes[i], rank);
            call.require(!seen[axis], "axes %s name axis %d twice.", Arrays.toString(axes), axis);
            seen[axis] = true;
            call.require(steps[i] != 0, "step of axis %d is 0, needs another number.", axis);
            long extent = x.shape().dim(axis);
            boolean backwards = steps[i] < 0;
            long least = backwards ? -1 : 0;
            long most = backwards ? extent - 1 : extent;
            long start = Math.clamp(starts[i] < 0 ? starts[i] + extent : starts[i], least, Math.max(least, most));
            long end = Math.clamp(ends[i] < 0 ? ends[i] + extent : ends[i], least, Math.max(least, most));
            if (backwards) {
                x = Folding.reverse(call, x, axis);
                start = extent - 1 - start;
                end = extent - 1 - end;
            }
            from[axis] = start;
            to[axis] = Math.max(start, end);
            // A step past the end takes one element, as any such step does.
            by[axis] = Math.max(1, Math.min(extent, steps[i] == Long.MIN_VALUE ? Long.MAX_VALUE : Math.abs(steps[i])));
        }
        return Folding.slice(call, x, new Shaping.Slice(List.of(from), List.of(to), List.of(by)));
    }

    // --- blocks of pixels ---------------------------------------------------------------------------------------------------------------

    private static long block(Call call) {
        Shape x = call.shape(0);
        long block = call.integer("blocksize", 0);
        call.require(block >= 1 && x.rank() == 4, "blocksize is %d, input %s; needs blocksize >= 1 and an input [N, C, H, W].", block, x);
        return block;
    }

    private static Operand depthToSpace(Call call) {
        Shape x = call.shape(0);
        long block = block(call);
        long channels = x.dim(1) / (block * block);
        call.require(channels * block * block == x.dim(1), "blocksize is %d, input %s; its square must divide the channels.", block, x);
        String mode = call.text("mode", "DCR");
        call.require(mode.equals("DCR") || mode.equals("CRD"), "mode is \"%s\", needs DCR or CRD.", mode);
        boolean depthFirst = mode.equals("DCR");
        Shape apart = depthFirst ? Shape.of(x.dim(0), block, block, channels, x.dim(2), x.dim(3))
                : Shape.of(x.dim(0), channels, block, block, x.dim(2), x.dim(3));
        Operand moved = Folding.transpose(call, Folding.reshape(call, call.operand(0), apart),
                depthFirst ? new int[] {0, 3, 4, 1, 5, 2} : new int[] {0, 1, 4, 2, 5, 3});
        return Folding.reshape(call, moved, Shape.of(x.dim(0), channels, x.dim(2) * block, x.dim(3) * block));
    }

    private static Operand spaceToDepth(Call call) {
        Shape x = call.shape(0);
        long block = block(call);
        call.require(x.dim(2) % block == 0 && x.dim(3) % block == 0, "blocksize is %d, input %s; it must divide height and width.", block,
                x);
        Shape apart = Shape.of(x.dim(0), x.dim(1), x.dim(2) / block, block, x.dim(3) / block, block);
        Operand moved = Folding.transpose(call, Folding.reshape(call, call.operand(0), apart), 0, 3, 5, 1, 2, 4);
        return Folding.reshape(call, moved, Shape.of(x.dim(0), x.dim(1) * block * block, x.dim(2) / block, x.dim(3) / block));
    }
}

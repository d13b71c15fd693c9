package dev.lamina.io.onnx.ops;

import static java.util.Map.entry;

import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Shapes and the order of axes. */
final class ShapeOperators {
    static final Map<String, Operator> ALL = Map.ofEntries(
            entry("Expand", Operator.of(ShapeOperators::expand)),
            entry("Flatten", Operator.of(ShapeOperators::flatten)),
            entry("Identity", Operator.of(call -> call.operand(0))),
            entry("Reshape", Operator.of(call -> Folding.reshape(call, call.operand(0), reshaped(call)))),
            entry("Shape", Operator.of(ShapeOperators::shape)),
            entry("Size", Operator.of(call -> Operand.of(Tensor.scalar(DType.INT64, call.shape(0).elements())))),
            entry("Squeeze", Operator.of(ShapeOperators::squeeze)),
            entry("Tile", Operator.of(ShapeOperators::tile)),
            entry("Transpose", Operator.of(ShapeOperators::transpose)),
            entry("Unsqueeze", Operator.of(ShapeOperators::unsqueeze)));

    /** Before this version, Tile repeats along one axis. */
    private static final int TILES_ALL_AXES = 6;

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

    private static Operand flatten(Call call) {
        Shape x = call.shape(0);
        long axis = call.integer("axis", 1);
        int split = axis == x.rank() ? x.rank() : call.axis(axis, x.rank());
        long rows = Arrays.stream(x.toArray()).limit(split).reduce(1, Math::multiplyExact);
        long columns = Arrays.stream(x.toArray()).skip(split).reduce(1, Math::multiplyExact);
        return Folding.reshape(call, call.operand(0), Shape.of(rows, columns));
    }

    /** The extents of axes from {@code start} to before {@code end}; those past the ends are cut. */
    private static Operand shape(Call call) {
        long[] dims = call.shape(0).toArray();
        int start = edge(call.integer("start", 0), dims.length);
        int end = edge(call.integer("end", dims.length), dims.length);
        long[] part = end <= start ? new long[0] : Arrays.copyOfRange(dims, start, end);
        return Operand.of(Tensor.of(part, part.length));
    }

    private static int edge(long axis, int rank) {
        return Math.clamp(axis < 0 ? axis + rank : axis, 0, rank);
    }

    /** Without the named axes, which have extent 1; without all such if none are named. */
    private static Operand squeeze(Call call) {
        Shape x = call.shape(0);
        List<Integer> axes = new ArrayList<>();
        for (long axis : call.integers("axes", 1).orElseGet(() -> LongStream.range(0, x.rank())
                .filter(a -> x.dim((int) a) == 1).toArray())) {
            int positive = call.axis(axis, x.rank());
            call.require(x.dim(positive) == 1, "axes name axis %d of input %s, needs extent 1.", positive, x);
            axes.add(positive);
        }
        return Folding.reshape(call, call.operand(0),
                Shape.of(IntStream.range(0, x.rank()).filter(a -> !axes.contains(a)).mapToLong(x::dim).toArray()));
    }

    private static Operand unsqueeze(Call call) {
        Shape x = call.shape(0);
        long[] named = call.integers("axes", 1).orElseThrow(() -> call.error("axes are missing."));
        int rank = x.rank() + named.length;
        long[] dims = new long[rank];
        for (long axis : named) {
            int positive = call.axis(axis, rank);
            call.require(dims[positive] == 0, "axes %s name axis %d twice.", Arrays.toString(named), positive);
            dims[positive] = 1;
        }
        int next = 0;
        boolean[] added = new boolean[rank];
        for (int a = 0; a < rank; a++) {
            added[a] = dims[a] == 1;
        }
        for (int a = 0; a < rank; a++) {
            dims[a] = added[a] ? 1 : x.dim(next++);
        }
        return Folding.reshape(call, call.operand(0), Shape.of(dims));
    }

    private static Operand transpose(Call call) {
        int rank = call.shape(0).rank();
        long[] order = call.integers("perm").orElseGet(() -> LongStream.range(0, rank).map(a -> rank - 1 - a).toArray());
        call.require(Arrays.equals(Arrays.stream(order).sorted().toArray(), LongStream.range(0, rank).toArray()),
                "perm is %s, needs an order of the %d axes of input %s.", Arrays.toString(order), rank, call.shape(0));
        return Folding.transpose(call, call.operand(0), Arrays.stream(order).mapToInt(Math::toIntExact).toArray());
    }

    /** To the common shape of the input and the one asked for. */
    private static Operand expand(Call call) {
        Shape asked = Shape.of(call.integers(1, "shape"));
        return Folding.broadcastTo(call, call.operand(0), Shape.broadcast(call.shape(0), asked));
    }

    private static Operand tile(Call call) {
        Shape x = call.shape(0);
        long[] repeats;
        if (call.version() < TILES_ALL_AXES) {
            repeats = new long[x.rank()];
            Arrays.fill(repeats, 1);
            repeats[call.axis((long) call.number(2, "axis"), x.rank())] = (long) call.number(1, "tiles");
        } else {
            repeats = call.integers(1, "repeats");
        }
        call.require(repeats.length == x.rank() && Arrays.stream(repeats).allMatch(r -> r >= 0),
                "repeats are %s, need a number >= 0 for each of the %d axes of input %s.", Arrays.toString(repeats), x.rank(), x);
        long[] apart = new long[2 * repeats.length];
        long[] stretched = new long[apart.length];
        long[] joined = new long[repeats.length];
        for (int a = 0; a < repeats.length; a++) {
            apart[2 * a] = 1;
            apart[2 * a + 1] = x.dim(a);
            stretched[2 * a] = repeats[a];
            stretched[2 * a + 1] = x.dim(a);
            joined[a] = Math.multiplyExact(repeats[a], x.dim(a));
        }
        Operand copies = Folding.broadcastTo(call, Folding.reshape(call, call.operand(0), Shape.of(apart)), Shape.of(stretched));
        return Folding.reshape(call, copies, Shape.of(joined));
    }
}

package dev.lamina.io.onnx.ops;

import static dev.lamina.graph.Pointwise.BinaryFunction.ADD;
import static dev.lamina.graph.Pointwise.BinaryFunction.MULTIPLY;
import static dev.lamina.graph.Pointwise.Comparison.LESS;
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

/** Elements at positions, which may be computed when the graph runs. */
final class IndexingOperators {
    static final Map<String, Operator> ALL = Map.ofEntries(
            entry("Gather", Operator.of(IndexingOperators::gather)),
            entry("GatherElements", Operator.of(call -> gatherElements(call, call.operand(0), call.operand(1),
                    call.axis(call.integer("axis", 0), call.shape(0).rank())))),
            entry("GatherND", Operator.of(IndexingOperators::gatherNd)));

    private IndexingOperators() { }

    private static Operand gather(Call call) {
        Operand x = call.operand(0);
        Operand indices = call.operand(1);
        int axis = call.axis(call.integer("axis", 0), x.shape().rank());
        Shape gathered = HostShapes.gathered(x.shape(), indices.shape(), axis);
        if (indices instanceof Operand.Known(Tensor one) && one.elements() == 1 && !Folding.known(gathered, x, indices)) {
            // One position is a slice, whose gradient needs no sums.
            long at = one.toLongs()[0];
            long extent = x.shape().dim(axis);
            call.require(at >= -extent && at < extent, "index %d is outside axis %d of input %s.", at, axis, x.shape());
            long positive = at < 0 ? at + extent : at;
            return Folding.reshape(call, Folding.slice(call, x, axis, positive, positive + 1), gathered);
        }
        return Folding.gather(call, x, indices, axis);
    }

    /** Along the axis the element that the indices, of the result's shape, name; along the others the one at the same place. */
    static Operand gatherElements(Call call, Operand x, Operand indices, int axis) {
        Shape shape = indices.shape();
        call.require(shape.rank() == x.shape().rank(), "indices have shape %s, input %s; needs one rank.", shape, x.shape());
        long[] strides = x.shape().strides();
        Operand flat = times(call, counted(call, indices, x.shape().dim(axis)), strides[axis]);
        for (int a = 0; a < shape.rank(); a++) {
            if (a != axis) {
                call.require(shape.dim(a) <= x.shape().dim(a), "indices have shape %s, input %s; extents other than axis %d must fit.",
                        shape, x.shape(), axis);
                flat = Folding.binary(call, ADD, flat, steps(shape.rank(), a, shape.dim(a), strides[a]));
            }
        }
        return Folding.gather(call, Folding.reshape(call, x, Shape.of(x.shape().elements())), flat, 0);
    }

    /** The last axis of the indices is a place in the axes of the input that follow the batch's. */
    private static Operand gatherNd(Call call) {
        Operand x = call.operand(0);
        Shape shape = call.shape(1);
        int batch = Math.toIntExact(call.integer("batch_dims", 0));
        call.require(shape.rank() >= 1 && batch >= 0 && batch < shape.rank(), "batch_dims is %d, indices have shape %s; needs a batch of "
                + "fewer axes than the indices.", batch, shape);
        Place place = place(call, x.shape(), call.operand(1), batch);
        Operand flat = place.flat();
        long[] outer = Arrays.copyOf(x.shape().toArray(), batch);
        call.require(Arrays.equals(outer, Arrays.copyOf(shape.toArray(), batch)), "indices have shape %s, input %s; the first %d extents, "
                + "the batch, must be equal.", shape, x.shape(), batch);
        long stride = Arrays.stream(x.shape().toArray()).skip(batch).limit(place.depth()).reduce(1, Math::multiplyExact);
        for (int a = batch - 1; a >= 0; a--) {
            flat = Folding.binary(call, ADD, flat, steps(flat.shape().rank(), a, outer[a], stride));
            stride *= outer[a];
        }
        List<Long> rows = new ArrayList<>(List.of(stride));
        rows.addAll(place.rest());
        return Folding.gather(call, Folding.reshape(call, x, shapeOf(rows)), flat, 0);
    }

    /**
     * Places in the first axes of a shape.
     *
     * @param flat their numbers in row-major order
     * @param depth how many axes they are in
     * @param rest extents of the axes that follow
     */
    record Place(Operand flat, int depth, List<Long> rest) {
    }

    /** Places that the last axis of the indices gives, in the axes of a shape after the batch's. */
    static Place place(Call call, Shape x, Operand indices, int batch) {
        int last = indices.shape().rank() - 1;
        int depth = Math.toIntExact(indices.shape().dim(last));
        call.require(depth >= 1 && batch + depth <= x.rank(), "indices have shape %s: places of %d axes, input %s has %d to choose from.",
                indices.shape(), depth, x, x.rank() - batch);
        Shape outer = Shape.of(Arrays.copyOf(indices.shape().toArray(), last));
        Operand flat = null;
        for (int d = 0; d < depth; d++) {
            Operand one = Folding.reshape(call, Folding.slice(call, indices, last, d, d + 1), outer);
            long extent = x.dim(batch + d);
            Operand counted = counted(call, one, extent);
            flat = flat == null ? counted : Folding.binary(call, ADD, times(call, flat, extent), counted);
        }
        return new Place(flat, depth, Arrays.stream(x.toArray()).skip(batch + depth).boxed().toList());
    }

    /** Indices as int64, negative ones counted from the end. */
    static Operand counted(Call call, Operand indices, long extent) {
        Operand wide = Folding.cast(call, indices, DType.INT64);
        Operand moved = Folding.binary(call, ADD, wide, scalar(extent));
        return Folding.where(call, Folding.compare(call, LESS, wide, scalar(0)), moved, wide);
    }

    private static Operand times(Call call, Operand x, long factor) {
        return factor == 1 ? x : Folding.binary(call, MULTIPLY, x, scalar(factor));
    }

    /** {@code 0, factor, 2 factor, ...} along one axis of a rank. */
    static Operand steps(int rank, int axis, long extent, long factor) {
        long[] values = LongStream.range(0, extent).map(i -> i * factor).toArray();
        long[] dims = IntStream.range(0, rank).mapToLong(a -> a == axis ? extent : 1).toArray();
        return Operand.of(Tensor.of(values, values.length).reshape(dims));
    }

    static Operand scalar(long value) {
        return Operand.of(Tensor.of(new long[] {value}, 1).reshape());
    }

    private static Shape shapeOf(List<Long> dims) {
        return Shape.of(dims.stream().mapToLong(Long::longValue).toArray());
    }
}

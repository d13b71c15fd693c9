package dev.lamina.io.onnx.ops;

import static dev.lamina.graph.Pointwise.UnaryFunction.FLOOR;

import dev.lamina.graph.Node;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Source;
import dev.lamina.graph.Value;
import dev.lamina.io.onnx.ops.Windows.Span;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;

/** Positions of maxima: ONNX counts them over the whole tensor, Lamina over each map. */
final class PoolIndices {
    private PoolIndices() { }

    /**
     * ONNX's positions, int64.
     *
     * @param pooled of {@link Planes#max}
     * @param x the input {@code [N, C, H, W]}
     * @param columns whether positions in a map count down its columns
     */
    static Value global(Node pooled, Shape x, Span h, Span w, boolean columns) {
        Value winners = pooled.output(1);
        Value places;
        if (Planes.fits(h, w) && !columns) {
            places = Pointwise.cast(winners, DType.INT64);
        } else {
            // float64 holds every int32, and the floor of a quotient of two of them.
            boolean padded = !Planes.fits(h, w);
            double width = pooled.input(0).shape().dim(3);
            Value at = Pointwise.cast(winners, DType.FLOAT64);
            Value row = Pointwise.unary(FLOOR, at.dividedBy(Source.scalarLike(at, width)));
            Value column = at.minus(row.times(width));
            Value i = padded ? row.plus(-h.begin()) : row;
            Value j = padded ? column.plus(-w.begin()) : column;
            places = Pointwise.cast(columns ? j.times(x.dim(2)).plus(i) : i.times(x.dim(3)).plus(j), DType.INT64);
        }
        return places.plus(starts(winners, x));
    }

    /** Lamina's positions of ONNX's in a result of a shape. */
    static Value local(Value indices, Shape y) {
        return Pointwise.cast(Pointwise.cast(indices, DType.INT64).minus(starts(indices, y)), DType.INT32);
    }

    /** Where each map starts, {@code [N, C, 1, 1]}. */
    private static Value starts(Value like, Shape x) {
        long[] starts = new long[Math.toIntExact(x.dim(0) * x.dim(1))];
        for (int i = 0; i < starts.length; i++) {
            starts[i] = i * x.dim(2) * x.dim(3);
        }
        return Source.constant(like.graph(), Tensor.of(starts, x.dim(0), x.dim(1), 1, 1));
    }
}

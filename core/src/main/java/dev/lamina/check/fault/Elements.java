package dev.lamina.check.fault;

import dev.lamina.graph.Shaping;
import dev.lamina.graph.Value;
import dev.lamina.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Moves of elements that defects are made of. They keep bits. */
final class Elements {
    private Elements() { }

    /** All elements in row-major order, of rank 1. */
    static Value flat(Value x) {
        return Shaping.reshape(x, Shape.of(x.shape().elements()));
    }

    /** Element i of a value of rank 1, as {@code [1]}. */
    static Value at(Value flat, long i) {
        return Shaping.slice(flat, 0, i, i + 1);
    }

    /** The value with elements from a position on, in row-major order, replaced by those of a value of rank 1. */
    static Value replaced(Value x, long from, Value by) {
        Value flat = flat(x);
        long n = flat.shape().elements();
        long to = from + by.shape().elements();
        List<Value> parts = new ArrayList<>();
        if (from > 0) {
            parts.add(Shaping.slice(flat, 0, 0, from));
        }
        parts.add(by);
        if (to < n) {
            parts.add(Shaping.slice(flat, 0, to, n));
        }
        Value joined = parts.size() == 1 ? by : Shaping.concat(0, parts.toArray(Value[]::new));
        return Shaping.reshape(joined, x.shape());
    }

    /** The value with zeros from a position of an axis on. */
    static Value zeroedFrom(Value x, int axis, long from) {
        return padded(Shaping.slice(x, axis, 0, from), axis, 0, x.shape().dim(axis) - from);
    }

    /** The value with zeros before and after it along an axis. */
    static Value padded(Value x, int axis, long before, long after) {
        int rank = x.shape().rank();
        return before == 0 && after == 0 ? x : Shaping.pad(x, only(rank, axis, before), only(rank, axis, after), 0);
    }

    private static List<Long> only(int rank, int axis, long width) {
        return IntStream.range(0, rank).mapToObj(a -> a == axis ? width : 0L).toList();
    }

    /** The value moved by one towards the start of an axis, a zero at the end. */
    static Value towardsStart(Value x, int axis) {
        return padded(Shaping.slice(x, axis, 1, x.shape().dim(axis)), axis, 0, 1);
    }

    /** The value moved by one towards the end of an axis, a zero at the start. */
    static Value towardsEnd(Value x, int axis) {
        return padded(Shaping.slice(x, axis, 0, x.shape().dim(axis) - 1), axis, 1, 0);
    }

    /** A copy that no pass leaves out where the value lives in the state: what reads it does not wait for the variable's update. */
    static Value copied(Value x) {
        List<Long> extents = IntStream.range(0, x.shape().rank()).mapToObj(a -> x.shape().dim(a)).toList();
        return Shaping.slice(x, extents.stream().map(_ -> 0L).toList(), extents, extents.stream().map(_ -> 1L).toList());
    }
}

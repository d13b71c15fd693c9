package dev.lamina.check.fault;

import dev.lamina.backend.CompileOptions.Poison;
import dev.lamina.graph.Node;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Pointwise.UnaryFunction;
import dev.lamina.graph.Reduction;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.Source;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Update;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** Wrong elements, and elements in wrong places, of a finished result. */
final class ElementDefects {
    private static final String FLOATING = "a floating-point result that something reads, with at least one element";

    private ElementDefects() { }

    private static boolean floating(Value value) {
        return value.dtype().isFloating();
    }

    static Defect nan() {
        return new ResultDefect(FLOATING, ElementDefects::floating, (_, x) -> withElement(x, Double.NaN));
    }

    static Defect infinity() {
        return new ResultDefect(FLOATING, ElementDefects::floating, (_, x) -> withElement(x, Double.POSITIVE_INFINITY));
    }

    private static long middle(Value x) {
        return x.shape().elements() / 2;
    }

    private static Value withElement(Value x, double number) {
        return Elements.replaced(x, middle(x), Source.fill(x.graph(), TensorType.of(x.dtype(), 1), number));
    }

    static Defect wrongElement() {
        return new ResultDefect("a result that something reads, with at least one element", _ -> true, (_, x) ->
                Elements.replaced(x, middle(x), wrong(x, Elements.at(Elements.flat(x), middle(x)))));
    }

    private static Value wrong(Value x, Value element) {
        if (x.dtype().isFloating()) {
            Value largest = Reduction.max(Pointwise.abs(x));
            Value scale = Pointwise.where(Pointwise.isPositive(largest), largest, Source.scalarLike(largest, 1));
            return element.plus(scale.times(Math.max(1e-3, 64 * x.dtype().epsilon())));
        }
        if (x.dtype() == DType.BOOL) {
            return Pointwise.unary(UnaryFunction.NOT, element);
        }
        // Towards 0, so that an index stays inside its axis.
        Value number = Pointwise.cast(element, DType.INT64);
        Value one = Source.scalarLike(number, 1);
        return Pointwise.cast(Pointwise.where(Pointwise.isPositive(number), number.minus(one), number.plus(one)), x.dtype());
    }

    static Defect unwrittenTail() {
        return new ResultDefect(FLOATING, ElementDefects::floating, ElementDefects::poisonedTail);
    }

    private static Value poisonedTail(Site site, Value x) {
        long n = x.shape().elements();
        long tail = Math.max(1, n / 4);
        Tensor pattern = Tensor.zeros(x.dtype(), Shape.of(1));
        if (site.setting().poison() != Poison.NONE) {
            pattern.memory().fill(site.setting().poison().pattern());
        }
        Value poison = Shaping.broadcastTo(Source.constant(site.builder(), pattern), Shape.of(tail));
        return Elements.replaced(x, n - tail, poison);
    }

    static Defect zero() {
        return new ResultDefect("a result that something reads, with at least one element", _ -> true, (_, x) -> Source.zerosLike(x));
    }

    static Defect doubled() {
        return new ResultDefect(FLOATING, ElementDefects::floating, (_, x) -> x.plus(x));
    }

    /** Of an update the gradient or value is negated instead, as the new value of a variable has no sign that a backend might get wrong. */
    static Defect negated() {
        ResultDefect results = new ResultDefect(FLOATING, ElementDefects::floating, (_, x) -> Pointwise.negate(x));
        return Defect.of(FLOATING, results::fits, site -> site.node().op() instanceof Update
                ? negatedOperand(site) : results.plant(site));
    }

    private static List<Value> negatedOperand(Site site) {
        site.builder();
        return site.with(1, Pointwise.negate(site.operands().get(1)));
    }

    static Defect shifted() {
        return new ResultDefect("a result that something reads, with an axis of at least two elements", x -> shiftAxis(x).isPresent(),
                (site, x) -> rolled(x, shiftAxis(original(site, x)).orElseThrow()));
    }

    /** The result of the original of this type; those of one type are spoilt alike. */
    private static Value original(Site site, Value x) {
        return site.node().outputs().stream().filter(value -> value.type().equals(x.type())).findFirst().orElseThrow();
    }

    private static OptionalInt shiftAxis(Value x) {
        return IntStream.range(0, x.shape().rank()).filter(axis -> varies(x, axis)).reduce((_, later) -> later);
    }

    /** Whether elements differ along an axis in general; along one that was stretched they do not. */
    private static boolean varies(Value x, int axis) {
        Node node = x.node();
        if (x.shape().dim(axis) < 2) {
            return false;
        }
        if (node.op() instanceof Shaping.BroadcastTo) {
            Shape small = node.input(0).shape();
            int own = axis - (x.shape().rank() - small.rank());
            return own >= 0 && small.dim(own) > 1;
        }
        return true;
    }

    private static Value rolled(Value x, int axis) {
        return Shaping.concat(axis, Shaping.slice(x, axis, 1, x.shape().dim(axis)), Shaping.slice(x, axis, 0, 1));
    }

    static Defect transposed() {
        return new ResultDefect("a result that something reads, of rank 2 or more, with at least two elements along each of the last two "
                + "axes", ElementDefects::isMatrix, (_, x) -> columnMajor(x));
    }

    private static boolean isMatrix(Value x) {
        int last = x.shape().rank() - 1;
        return last >= 1 && x.shape().dim(last) > 1 && x.shape().dim(last - 1) > 1 && (varies(x, last) || varies(x, last - 1));
    }

    private static Value columnMajor(Value x) {
        int rank = x.shape().rank();
        int[] order = IntStream.range(0, rank).map(a -> a < rank - 2 ? a : 2 * rank - 3 - a).toArray();
        return Shaping.reshape(Shaping.transpose(x, order), x.shape());
    }
}

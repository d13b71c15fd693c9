package dev.lamina.graph;

import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.List;

/**
 * Distance-transform pooling (Felzenszwalb and Huttenlocher 2012; as a layer, Girshick et al. 2015): the best score near each place, less
 * what moving there costs. {@code D(p) = max_q [f(q) - d(p - q)]} with {@code d(r) = a_x r_x² + b_x r_x + a_y r_y² + b_y r_y}, for each
 * map of {@code [N, C, H, W]} by itself.
 *
 * <p>Operands: scores f {@code [N, C, H, W]}, finite or -∞, and costs {@code [C, 4]}, finite, a map's {@code a_x, b_x, a_y, b_y}. Results:
 * D of f's shape, and winners q, int32 of that shape, positions {@code h W + w} within the map. Of equal sums the smaller {@code q_y} wins,
 * of those the smaller {@code q_x}; more exactly, first each column is transformed, then each row of that. A place that only -∞ can reach
 * is -∞ and has the winner -1, to which nothing flows back.
 *
 * <p>Unbounded, all of a map is reached, and a must be at least {@value #LEAST_CURVATURE}: without curvature the maximum would lie at the
 * border. Bounded, {@code |p - q|} is at most the radius along each axis, and any costs will do; with all costs 0 this is max pooling with
 * a window of {@code 2 R + 1}, stride 1 and padding R. What the costs may not be is found at run time.
 *
 * @param radius how far along each axis; {@link #UNBOUNDED} for all of a map
 */
public record DtPool(long radius) implements Op {
    /** The radius that reaches all of a map. */
    public static final long UNBOUNDED = -1;
    /** The smallest a of an unbounded transform. */
    public static final double LEAST_CURVATURE = 0.001;
    private static final int COSTS = 4;

    @Override
    public String name() {
        return "dtPool";
    }

    /** Whether all of a map is reached. */
    public boolean unbounded() {
        return radius == UNBOUNDED;
    }

    @Override
    public List<TensorType> infer(OpInputs in) {
        in.count(2, 2);
        in.rank(0, "scores", 4, "[N, C, H, W]");
        in.floating(0, "scores");
        in.sameDType(0, "scores", 1, "costs");
        in.shape(1, "costs", Shape.of(in.shape(0).dim(1), COSTS), "a_x, b_x, a_y, b_y of each map");
        in.require(radius >= UNBOUNDED, "radius = %d, needs >= 0, or %d for all of a map.", radius, UNBOUNDED);
        return List.of(in.type(0), in.type(0).withDType(DType.INT32));
    }

    /** Places that are compared for one, along both axes. */
    @Override
    public long flops(List<TensorType> inputs, List<TensorType> outputs) {
        Shape map = inputs.get(0).shape();
        long reach = unbounded() ? 2 : Math.min(map.dim(2), 2 * radius + 1) + Math.min(map.dim(3), 2 * radius + 1);
        return Math.multiplyExact(map.elements(), reach);
    }

    /**
     * To f: to each winner what arrives at the places it won. To the costs: {@code ā_x = -Σ D̄ r_x²}, {@code b̄_x = -Σ D̄ r_x}, the same
     * of y.
     */
    @Override
    public Value[] gradient(Backward back) {
        Value[] gradients = back.none();
        Shape map = back.input(0).shape();
        Value winners = back.output(1);
        if (back.wants(0)) {
            gradients[0] = back.grad().graph().add(new Pooling.MaxPoolGradient(map.dim(2), map.dim(3)), back.grad(), winners);
        }
        if (back.wants(1)) {
            gradients[1] = costs(back.grad(), winners, map);
        }
        return gradients;
    }

    private static Value costs(Value grad, Value winners, Shape map) {
        Value none = Pointwise.compare(Pointwise.Comparison.LESS, winners, Source.scalarLike(winners, 0));
        Value arriving = Pointwise.where(none, Source.scalarLike(grad, 0), grad);
        Value x = moved(grad, winners, map, 3);
        Value y = moved(grad, winners, map, 2);
        return Pointwise.negate(Shaping.concat(1, total(arriving.times(x).times(x)), total(arriving.times(x)),
                total(arriving.times(y).times(y)), total(arriving.times(y))));
    }

    /** How far each place is from its winner along an axis. */
    private static Value moved(Value like, Value winners, Shape map, int axis) {
        Value places = Shaping.broadcastTo(places(like, map, axis), map);
        return places.minus(Pooling.poolGather(places, winners));
    }

    /** 0, 1, 2, ... along an axis. */
    private static Value places(Value like, Shape map, int axis) {
        long[] dims = {1, 1, 1, 1};
        dims[axis] = map.dim(axis);
        double[] numbers = new double[Math.toIntExact(map.dim(axis))];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = i;
        }
        return Source.constant(like.graph(), Tensor.of(like.dtype(), numbers, dims));
    }

    /** {@code [C, 1]}. */
    private static Value total(Value terms) {
        return Shaping.reshape(Reduction.sum(terms, 0, 2, 3), Shape.of(terms.shape().dim(1), 1));
    }

    /** Adds the transform of all of a map. */
    public static Node dtPool(Value scores, Value costs) {
        return dtPool(scores, costs, UNBOUNDED);
    }

    /** Adds the transform within a radius; output 0 is D, output 1 the winners. */
    public static Node dtPool(Value scores, Value costs, long radius) {
        return scores.graph().addNode(new DtPool(radius), List.of(scores, costs));
    }
}

package dev.lamina.vision.parts;

import dev.lamina.graph.Convolution;
import dev.lamina.graph.DtPool;
import dev.lamina.graph.GraphException;
import dev.lamina.graph.Node;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.Source;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.graph.Window;
import dev.lamina.nn.Context;
import dev.lamina.nn.Initializer;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/**
 * One view of an object: a root filter and parts that may move. Immutable.
 *
 * <p>Parameters in a context: {@code root.weight [1, C, h, w]}, {@code bias [1]}, and with parts {@code parts.weight [P, C, h', w']} and
 * {@code parts.cost [P, 4]}, a part's {@code a_x, b_x, a_y, b_y}. Where it is read, a is at least {@value DtPool#LEAST_CURVATURE}.
 *
 * @param height of the root in cells
 * @param width of the root in cells
 * @param partHeight of each part in cells of the parts' plane
 * @param partWidth of each part in cells of the parts' plane
 * @param anchors where parts rest; empty for a root alone
 * @param scale cells of the parts' plane for one of the root's: 1, or 2 where parts see an octave more
 * @param radius how far parts move along each axis, {@link DtPool#UNBOUNDED} for anywhere
 */
public record Component(int height, int width, int partHeight, int partWidth, List<Anchor> anchors, int scale, long radius) {
    private static final double START_CURVATURE = 0.01;

    /**
     * Copies the list.
     *
     * @throws GraphException if an extent is not positive
     */
    public Component {
        anchors = List.copyOf(anchors);
        if (height < 1 || width < 1 || scale < 1 || !anchors.isEmpty() && (partHeight < 1 || partWidth < 1)) {
            throw new GraphException("component: root %d x %d, parts %d x %d, scale %d; all need >= 1.".formatted(height, width, partHeight,
                    partWidth, scale));
        }
    }

    /** A root without parts. */
    public static Component root(int height, int width) {
        return new Component(height, width, 0, 0, List.of(), 1, 0);
    }

    /** This root with parts. */
    public Component withParts(int newHeight, int newWidth, List<Anchor> newAnchors, int newScale, long newRadius) {
        return new Component(height, width, newHeight, newWidth, newAnchors, newScale, newRadius);
    }

    /**
     * What a component says of each cell.
     *
     * @param scores {@code [N, 1, H, W]} at the root's top left cell; -∞ where root or parts do not fit into their planes
     * @param places of the parts, int32 {@code [N, P, H'', W'']}: from which cell {@code y W'' + x} the score at an anchor comes; empty
     *         without parts
     */
    public record Scores(Value scores, Optional<Value> places) {
    }

    /**
     * Adds the component.
     *
     * @param rootFeatures {@code [N, C, H, W]}
     * @param partFeatures {@code [N, C, k H, k W]}; those of the root where the scale is 1
     * @throws GraphException if the root is larger than its plane, or a part than its
     */
    public Scores apply(Context context, Value rootFeatures, Value partFeatures) {
        Value root = end(filter(context.in("root"), rootFeatures, 1, height, width), rootFeatures.shape())
                .plus(Shaping.reshape(context.parameter("bias", TensorType.of(rootFeatures.dtype(), 1), Initializer.zeros()),
                        Shape.of(1, 1, 1, 1)));
        if (anchors.isEmpty()) {
            return new Scores(root, Optional.empty());
        }
        Context inner = context.in("parts");
        Value seen = filter(inner, partFeatures, anchors.size(), partHeight, partWidth);
        Node moved = DtPool.dtPool(seen, costs(inner, seen), radius);
        return new Scores(ShiftAdd.shiftAdd(root, moved.output(0), anchors, scale), Optional.of(moved.output(1)));
    }

    private static Value filter(Context context, Value features, int count, int filterHeight, int filterWidth) {
        Shape plane = features.shape();
        if (plane.rank() != 4 || plane.dim(2) < filterHeight || plane.dim(3) < filterWidth) {
            throw new GraphException("component \"%s\": features have shape %s, the filters are %d x %d. Pad them with empty cells."
                    .formatted(context.path(), plane, filterHeight, filterWidth));
        }
        TensorType type = TensorType.of(features.dtype(), count, plane.dim(1), filterHeight, filterWidth);
        Value weight = context.parameter("weight", type, Initializer.zeros());
        return Convolution.conv2d(features, weight, Window.of(filterHeight, filterWidth), 1);
    }

    private Value costs(Context context, Value seen) {
        double[] start = new double[4 * anchors.size()];
        for (int i = 0; i < start.length; i += 2) {
            start[i] = START_CURVATURE;
        }
        Tensor initial = Tensor.of(seen.dtype(), start, anchors.size(), 4);
        Value costs = context.parameter("cost", TensorType.of(seen.dtype(), anchors.size(), 4), Initializer.given(initial));
        double none = Double.NEGATIVE_INFINITY;
        Tensor least = Tensor.of(seen.dtype(), new double[] {DtPool.LEAST_CURVATURE, none, DtPool.LEAST_CURVATURE, none}, 1, 4);
        return Pointwise.max(costs, Source.constant(context.graph(), least));
    }

    /** -∞ after the last cell where the root fits, so that all components' scores have the features' extents. */
    private static Value end(Value scores, Shape plane) {
        long below = plane.dim(2) - scores.shape().dim(2);
        long right = plane.dim(3) - scores.shape().dim(3);
        return below == 0 && right == 0 ? scores
                : Shaping.pad(scores, List.of(0L, 0L, 0L, 0L), List.of(0L, 0L, below, right), Double.NEGATIVE_INFINITY);
    }
}

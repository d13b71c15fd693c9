package dev.lamina.vision.parts;

import dev.lamina.graph.GraphException;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.Value;
import dev.lamina.tensor.Shape;
import java.util.List;

/**
 * The geometry of a part model: {@code S(p) = root(p) + Σ_i D_i(k p + v_i)}, -∞ where a part would lie outside of its plane. Stacked as
 * channels this is a convolution with one 1 a channel, but for what is outside.
 */
public final class ShiftAdd {
    private ShiftAdd() { }

    /**
     * Adds the sum.
     *
     * @param root scores {@code [N, 1, H, W]} of the root at each cell
     * @param parts scores {@code [N, P, H', W']} of each part at each cell of its plane, what moving costs taken off
     * @param anchors v, one a part
     * @param scale k, cells of the parts' plane for one of the root's, at least 1
     * @return scores {@code [N, 1, H, W]}
     * @throws GraphException if shapes or numbers do not fit
     */
    public static Value shiftAdd(Value root, Value parts, List<Anchor> anchors, int scale) {
        Shape at = root.shape();
        Shape plane = parts.shape();
        require(at.rank() == 4 && at.dim(1) == 1, "root has shape %s, needs [N, 1, H, W].", at);
        require(plane.rank() == 4 && plane.dim(0) == at.dim(0), "parts have shape %s, needs [%d, P, H, W].", plane, at.dim(0));
        require(plane.dim(1) == anchors.size(), "%d anchors for %d parts %s, needs one a part.", anchors.size(), plane.dim(1), plane);
        require(scale >= 1, "scale = %d, needs >= 1.", scale);
        require(at.elements() > 0, "root %s is empty.", at);
        Value sum = root;
        for (int i = 0; i < anchors.size(); i++) {
            Value part = Shaping.slice(parts, 1, i, i + 1L);
            Value down = along(part, 2, anchors.get(i).y(), scale, at.dim(2));
            sum = sum.plus(along(down, 3, anchors.get(i).x(), scale, at.dim(3)));
        }
        return sum;
    }

    /** The positions {@code start, start + step, ...} along an axis, -∞ for those outside. */
    private static Value along(Value x, int axis, long start, int step, long count) {
        long extent = x.shape().dim(axis);
        long last = start + step * (count - 1);
        long before = Math.max(0, -start);
        long after = Math.max(0, last - (extent - 1));
        Value wide = x;
        if (before > 0 || after > 0) {
            Long[] first = {0L, 0L, 0L, 0L};
            Long[] second = {0L, 0L, 0L, 0L};
            first[axis] = before;
            second[axis] = after;
            wide = Shaping.pad(x, List.of(first), List.of(second), Double.NEGATIVE_INFINITY);
        }
        Long[] starts = {0L, 0L, 0L, 0L};
        Long[] ends = java.util.Arrays.stream(wide.shape().toArray()).boxed().toArray(Long[]::new);
        Long[] steps = {1L, 1L, 1L, 1L};
        starts[axis] = start + before;
        ends[axis] = last + before + 1;
        steps[axis] = (long) step;
        return Shaping.slice(wide, List.of(starts), List.of(ends), List.of(steps));
    }

    private static void require(boolean holds, String format, Object... args) {
        if (!holds) {
            throw new GraphException("shiftAdd: " + format.formatted(args));
        }
    }
}

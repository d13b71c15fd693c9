package dev.lamina.vision.parts;

import dev.lamina.graph.GraphException;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Where parts begin, taken from a root filter that has learned (Felzenszwalb et al. 2010, section 5.2): one after another, where the
 * filter's positive weights have most energy that no part before covers; each starts as what it covers.
 *
 * @param anchors one a part
 * @param weights {@code [P, C, h', w']}
 */
public record PartPlacement(List<Anchor> anchors, Tensor weights) {
    /** Copies the list. */
    public PartPlacement {
        anchors = List.copyOf(anchors);
    }

    /**
     * Places parts.
     *
     * @param root weights {@code [1, C, h, w]}
     * @param parts how many
     * @param height of a part in cells of the parts' plane
     * @param width of a part in cells of the parts' plane
     * @param scale cells of the parts' plane for one of the root's; the filter is enlarged so (bilinear)
     * @throws GraphException if a part is larger than the enlarged root, or nothing positive is left for one
     */
    public static PartPlacement of(Tensor root, int parts, int height, int width, int scale) {
        Shape shape = root.shape();
        if (shape.rank() != 4 || shape.dim(0) != 1 || shape.dim(2) * scale < height || shape.dim(3) * scale < width) {
            throw new GraphException("part placement: root %s enlarged by %d, parts %d x %d; needs [1, C, h, w], parts not larger."
                    .formatted(shape, scale, height, width));
        }
        int channels = (int) shape.dim(1);
        int h = (int) shape.dim(2) * scale;
        int w = (int) shape.dim(3) * scale;
        double[][] large = new double[channels][];
        double[] energy = new double[h * w];
        for (int c = 0; c < channels; c++) {
            large[c] = enlarged(root.select(0, 0).select(0, c).toDoubles(), h / scale, w / scale, scale);
            for (int i = 0; i < energy.length; i++) {
                energy[i] += Math.pow(Math.max(0, large[c][i]), 2);
            }
        }
        List<Anchor> anchors = new ArrayList<>();
        Tensor weights = Tensor.zeros(DType.FLOAT32, Shape.of(parts, channels, height, width));
        for (int part = 0; part < parts; part++) {
            Anchor anchor = strongest(energy, h, w, height, width);
            if (anchor == null) {
                throw new GraphException("part placement: the root's positive weights are used up by " + part + " parts of " + height
                        + " x " + width + ", " + parts + " are wanted. Take fewer or smaller ones.");
            }
            anchors.add(anchor);
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < width; x++) {
                    int at = (anchor.y() + y) * w + anchor.x() + x;
                    energy[at] = 0;
                    for (int c = 0; c < channels; c++) {
                        weights.set(large[c][at], part, c, y, x);
                    }
                }
            }
        }
        return new PartPlacement(anchors, weights);
    }

    private static Anchor strongest(double[] energy, int h, int w, int height, int width) {
        Anchor best = null;
        double most = 0;
        for (int y = 0; y + height <= h; y++) {
            for (int x = 0; x + width <= w; x++) {
                double sum = 0;
                for (int i = 0; i < height * width; i++) {
                    sum += energy[(y + i / width) * w + x + i % width];
                }
                if (sum > most) {
                    most = sum;
                    best = new Anchor(y, x);
                }
            }
        }
        return best;
    }

    /** Bilinear, centres of pixels matched, the border repeated. */
    private static double[] enlarged(double[] map, int h, int w, int scale) {
        double[] large = new double[map.length * scale * scale];
        for (int y = 0; y < h * scale; y++) {
            double fy = Math.clamp((y + 0.5) / scale - 0.5, 0, h - 1.0);
            int y0 = Math.min((int) fy, Math.max(0, h - 2));
            int y1 = Math.min(y0 + 1, h - 1);
            for (int x = 0; x < w * scale; x++) {
                double fx = Math.clamp((x + 0.5) / scale - 0.5, 0, w - 1.0);
                int x0 = Math.min((int) fx, Math.max(0, w - 2));
                int x1 = Math.min(x0 + 1, w - 1);
                double top = map[y0 * w + x0] + (fx - x0) * (map[y0 * w + x1] - map[y0 * w + x0]);
                double bottom = map[y1 * w + x0] + (fx - x0) * (map[y1 * w + x1] - map[y1 * w + x0]);
                large[y * w * scale + x] = top + (fy - y0) * (bottom - top);
            }
        }
        return large;
    }
}

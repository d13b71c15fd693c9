package dev.lamina.inspect;

import dev.lamina.data.Vectors;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.function.Function;

/**
 * Where in the plane a classifier says which class: a colour a class, the paler the less sure, with the points that it was trained on.
 * Immutable and as thread-safe as the classifier.
 */
public final class DecisionRegions {
    /** Pixels along a side unless told otherwise. */
    public static final int SIDE = 200;
    private static final String MARKS = ".o#+x*%@=-";

    private final Frame frame;
    private final int side;
    private final int classes;
    private final Vectors grid;

    /** A part of the plane. */
    public record Frame(double left, double right, double bottom, double top) {
        /** Checks the order. */
        public Frame {
            if (!(left < right && bottom < top)) {
                throw new IllegalArgumentException("regions: frame " + left + ".." + right + " x " + bottom + ".." + top
                        + ", needs left < right and bottom < top.");
            }
        }

        /** The square around the origin that holds all points and a tenth more. */
        public static Frame around(Vectors points) {
            double reach = 0;
            for (double v : requirePlane(points).features().toDoubles()) {
                reach = Math.max(reach, Math.abs(v));
            }
            double half = reach == 0 ? 1 : 1.1 * reach;
            return new Frame(-half, half, -half, half);
        }
    }

    /** A drawing of {@code side x side} pixels. */
    public DecisionRegions(Frame frame, int side, int classes) {
        if (side < 1 || classes < 1) {
            throw new IllegalArgumentException("regions: side = " + side + ", classes = " + classes + ", needs >= 1.");
        }
        this.frame = frame;
        this.side = side;
        this.classes = classes;
        this.grid = pixels();
    }

    private static Vectors requirePlane(Vectors points) {
        if (points.width() != 2) {
            throw new IllegalArgumentException("regions: \"" + points.name() + "\" has " + points.width() + " features, needs 2.");
        }
        return points;
    }

    private Vectors pixels() {
        double[] centres = new double[2 * side * side];
        for (int i = 0; i < side * side; i++) {
            centres[2 * i] = frame.left + (i % side + 0.5) / side * (frame.right - frame.left);
            centres[2 * i + 1] = frame.top - (i / side + 0.5) / side * (frame.top - frame.bottom);
        }
        return new Vectors("grid", Tensor.of(DType.FLOAT32, centres, side * side, 2), Tensor.zeros(DType.INT32, Shape.of(side * side)),
                classes);
    }

    /** The centres of the pixels, row by row from the top left. */
    public Vectors grid() {
        return grid;
    }

    /**
     * The picture.
     *
     * @param logits gives {@code N x classes} logits of N vectors, e.g. {@code trainer::logits}
     * @param points to draw on it; null for none
     * @return uint8 {@code [3, side, side]}
     */
    public Tensor draw(Function<Vectors, double[]> logits, Vectors points) {
        double[] scores = logits.apply(grid);
        int plane = side * side;
        byte[] planes = new byte[3 * plane];
        for (int i = 0; i < plane; i++) {
            int best = best(scores, i);
            double even = 1.0 / classes;
            double share = classes == 1 ? 1 : (probability(scores, i, best) - even) / (1 - even);
            Palette.put(planes, plane, i, Palette.pale(best, share));
        }
        if (points != null) {
            dots(planes, requirePlane(points));
        }
        return Tensor.ofBytes(planes, 3, side, side);
    }

    /**
     * The regions as letters, one a class, as a terminal shows them; characters are taken to be twice as high as wide.
     *
     * @param columns characters in a line
     */
    public String text(Function<Vectors, double[]> logits, int columns) {
        if (columns < 2 || columns > side) {
            throw new IllegalArgumentException("regions: columns = " + columns + ", needs 2 to " + side + ".");
        }
        double[] scores = logits.apply(grid);
        StringBuilder text = new StringBuilder();
        for (int row = 0; row < columns / 2; row++) {
            int y = (int) ((row + 0.5) * side / (columns / 2));
            for (int column = 0; column < columns; column++) {
                int x = (int) ((column + 0.5) * side / columns);
                text.append(MARKS.charAt(best(scores, y * side + x) % MARKS.length()));
            }
            text.append('\n');
        }
        return text.toString();
    }

    /** The class with the largest logit, the lowest at ties; class 0 where all are NaN. */
    private int best(double[] scores, int pixel) {
        int best = 0;
        for (int k = 1; k < classes; k++) {
            best = scores[pixel * classes + k] > scores[pixel * classes + best] ? k : best;
        }
        return best;
    }

    private double probability(double[] scores, int pixel, int chosen) {
        double total = 0;
        for (int k = 0; k < classes; k++) {
            total += Math.exp(scores[pixel * classes + k] - scores[pixel * classes + chosen]);
        }
        return 1 / total;
    }

    /** Two by two pixels a point, in a dark shade of its class. */
    private void dots(byte[] planes, Vectors points) {
        double[] xy = points.features().toDoubles();
        for (int i = 0; i < points.size(); i++) {
            int x = (int) Math.floor((xy[2 * i] - frame.left) / (frame.right - frame.left) * side);
            int y = (int) Math.floor((frame.top - xy[2 * i + 1]) / (frame.top - frame.bottom) * side);
            double[] colour = Palette.mix(Palette.ofClass((int) points.labels().getLong(i)), new double[3], 0.35);
            for (int k = 0; k < 4; k++) {
                int column = x + k % 2;
                int row = y + k / 2;
                if (column >= 0 && column < side && row >= 0 && row < side) {
                    Palette.put(planes, side * side, row * side + column, colour);
                }
            }
        }
    }
}

package dev.lamina.vision;

import dev.lamina.graph.Convolution;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.GraphException;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Reduction;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.Source;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.graph.Window;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.List;

/**
 * Histograms of oriented gradients as layers of a graph: the features of Dalal and Triggs (2005) in the form of Felzenszwalb, Girshick,
 * McAllester and Ramanan (2010), voc-release5, written as fixed convolutions and pointwise ops as in Girshick, Iandola, Darrell and Malik
 * (2015), "Deformable Part Models are Convolutional Neural Networks". Immutable and thread-safe.
 *
 * <p>For each pixel but the outermost, central differences in the colour channel where they are largest (the first of equals) are snapped
 * to the nearest of 18 directions (the first of equals) and vote with their length for the four nearest cells, bilinearly. With h the
 * histogram of a cell, its energy is {@code Σ_9 (h[o] + h[o + 9])²}; each cell is seen through the four blocks of 2 x 2 cells that hold
 * it, divided by {@code sqrt(E + 1e-4)} of the block's energy E and cut at 0.2. The image counts as {@code round(H / cell)} by
 * {@code round(W / cell)} cells: pixels beyond these do not vote, missing ones vote like the last ones that have a difference. The
 * outermost cells have no four blocks and are left out.
 *
 * <p>Channels: 0 to 17 half the sum over blocks of each direction, 18 to 26 the same of opposite directions together, 27 to 30 the sum over
 * directions through one block, times 0.2357 (blocks below right, above right, below left, above left of the cell), 31 the border flag: 0
 * inside, 1 in padding.
 *
 * <p>For whole pixel values differences and directions are decided without rounding, so all backends decide alike. No gradient flows
 * through the choices of channel and direction; the gradient by the image is not finite where the image is flat.
 *
 * @param cell side of a cell in pixels, even
 */
public record Hog(int cell) {
    /** Feature channels. */
    public static final int CHANNELS = 32;
    /** Signed directions. */
    public static final int DIRECTIONS = 18;

    static final double EPSILON = 1e-4;
    static final double CUT = 0.2;
    static final double TEXTURE = 0.2357;
    private static final int HALF = DIRECTIONS / 2;

    /**
     * A checked size.
     *
     * @throws IllegalArgumentException if the cell is not even, or below 2
     */
    public Hog {
        if (cell < 2 || cell % 2 != 0) {
            throw new IllegalArgumentException("hog: cell = " + cell + " pixels, needs an even number >= 2.");
        }
    }

    /** Cells along an image side: {@code round(pixels / cell) - 2}, 0 or less if the image is too small. */
    public int cells(int pixels) {
        return Math.toIntExact(votingCells(pixels)) - 2;
    }

    private long votingCells(long pixels) {
        return (2 * pixels + cell) / (2L * cell);
    }

    /** {@link #of(Value, int, int)} without padding. */
    public Value of(Value image) {
        return of(image, 0, 0);
    }

    /**
     * Adds the layers.
     *
     * @param image floating {@code [N, C, H, W]} with levels 0 to 255, any number of channels
     * @param padX cells of padding left and right: 0, but 1 in the border flag
     * @param padY cells of padding above and below
     * @return {@code [N, 32, round(H / cell) - 2 + 2 padY, round(W / cell) - 2 + 2 padX]} of the image's type
     * @throws GraphException if the image has another rank or type, or fewer than 3 cells along a side
     */
    public Value of(Value image, int padX, int padY) {
        check(image, padX, padY);
        Value histograms = vote(directions(gradients(image)));
        return describe(histograms, padX, padY);
    }

    private void check(Value image, int padX, int padY) {
        Shape shape = image.shape();
        if (shape.rank() != 4) {
            throw new GraphException("hog: input has rank " + shape.rank() + " " + shape + ", needs rank 4 [N, C, H, W].");
        }
        if (!image.dtype().isFloating()) {
            throw new GraphException("hog: input is " + image.dtype() + ", needs a floating-point type. Cast it first.");
        }
        if (votingCells(shape.dim(2)) < 3 || votingCells(shape.dim(3)) < 3 || shape.dim(1) < 1) {
            throw new GraphException("hog: input " + shape + " has " + votingCells(shape.dim(2)) + " x " + votingCells(shape.dim(3))
                    + " cells of " + cell + " pixels, needs at least 3 x 3 and one channel. Enlarge the image.");
        }
        if (padX < 0 || padY < 0) {
            throw new GraphException("hog: padding = " + padX + ", " + padY + " cells, needs >= 0.");
        }
    }

    /** Differences along x and y of the strongest channel, each {@code [N, 1, rows, columns]} of the pixels that vote. */
    private record Differences(Value x, Value y, Value square) { }

    private Differences gradients(Value image) {
        long n = image.shape().dim(0);
        long channels = image.shape().dim(1);
        long rows = votingCells(image.shape().dim(2)) * cell;
        long columns = votingCells(image.shape().dim(3)) * cell;
        Value seen = head(head(image, 2, rows), 3, columns);
        long h = seen.shape().dim(2);
        long w = seen.shape().dim(3);
        Value planes = Shaping.reshape(seen, Shape.of(n * channels, 1, h, w));
        Value dx = Shaping.slice(difference(planes, 1, 3, "x"), 2, 1, h - 1);
        Value dy = Shaping.slice(difference(planes, 3, 1, "y"), 3, 1, w - 1);
        Shape inner = Shape.of(n, channels, h - 2, w - 2);
        Differences best = strongest(Shaping.reshape(dx, inner), Shaping.reshape(dy, inner));
        return new Differences(extend(best.x, rows - 2, columns - 2), extend(best.y, rows - 2, columns - 2),
                extend(best.square, rows - 2, columns - 2));
    }

    private static Value head(Value x, int axis, long most) {
        return x.shape().dim(axis) <= most ? x : Shaping.slice(x, axis, 0, most);
    }

    private static Value difference(Value planes, long kernelH, long kernelW, String axis) {
        Tensor taps = Tensor.of(planes.dtype(), new double[] {-1, 0, 1}, 1, 1, kernelH, kernelW);
        Value filter = Source.constant(planes.graph().name("hog.taps" + axis), taps);
        planes.graph().name("hog.d" + axis);
        return Convolution.conv2d(planes, filter, Window.of(kernelH, kernelW), 1);
    }

    private static Differences strongest(Value dx, Value dy) {
        Value squares = Pointwise.square(dx).plus(Pointwise.square(dy));
        Differences best = channel(dx, dy, squares, 0);
        for (long c = 1; c < dx.shape().dim(1); c++) {
            Differences other = channel(dx, dy, squares, c);
            Value stronger = Pointwise.compare(Pointwise.Comparison.GREATER, other.square, best.square);
            best = new Differences(Pointwise.where(stronger, other.x, best.x), Pointwise.where(stronger, other.y, best.y),
                    Pointwise.where(stronger, other.square, best.square));
        }
        return best;
    }

    private static Differences channel(Value dx, Value dy, Value squares, long c) {
        return new Differences(Shaping.slice(dx, 1, c, c + 1), Shaping.slice(dy, 1, c, c + 1), Shaping.slice(squares, 1, c, c + 1));
    }

    /** The last row and column repeated up to these extents. */
    private static Value extend(Value x, long rows, long columns) {
        Value tall = extend(x, 2, rows);
        return extend(tall, 3, columns);
    }

    private static Value extend(Value x, int axis, long extent) {
        long have = x.shape().dim(axis);
        if (have == extent) {
            return x;
        }
        Value last = Shaping.slice(x, axis, have - 1, have);
        return Shaping.concat(axis, x, Shaping.broadcastTo(last, x.shape().with(axis, extent - have)));
    }

    /**
     * The gradient's length in the channel of its direction, 0 in the others: {@code [N, 18, rows, columns]}. A vector is in a sector if it
     * lies left of the sector's first edge and not left of its second.
     */
    private static Value directions(Differences d) {
        Value beyond = Pointwise.compare(Pointwise.Comparison.GREATER, left(d, 0), Source.scalarLike(d.x, 0));
        Value within = Pointwise.compare(Pointwise.Comparison.LESS_OR_EQUAL, left(d, 1), Source.scalarLike(d.x, 0));
        Value length = Pointwise.sqrt(d.square);
        Value hot = Pointwise.binary(Pointwise.BinaryFunction.AND, beyond, within);
        return Pointwise.where(hot, length, Source.scalarLike(length, 0));
    }

    /** How far the gradient lies left of the first (0) or second (1) edge of each direction's sector, times its length. */
    private static Value left(Differences d, int edge) {
        GraphBuilder graph = d.x.graph();
        double[] cos = new double[DIRECTIONS];
        double[] sin = new double[DIRECTIONS];
        for (int o = 0; o < DIRECTIONS; o++) {
            cos[o] = edgeCos(o + edge);
            sin[o] = edgeSin(o + edge);
        }
        Value across = Source.constant(graph.name("hog.cos"), Tensor.of(d.x.dtype(), cos, 1, DIRECTIONS, 1, 1));
        Value along = Source.constant(graph.name("hog.sin"), Tensor.of(d.x.dtype(), sin, 1, DIRECTIONS, 1, 1));
        return d.y.times(across).minus(d.x.times(along));
    }

    /** Cosine of the first edge of direction o's sector, 20 o - 10 degrees; exactly 0 straight up and down, where whole numbers tie. */
    static double edgeCos(int o) {
        int upright = HALF / 2 + 1;
        return o % HALF == upright ? 0 : Math.cos(Math.PI * (2 * o - 1) / DIRECTIONS);
    }

    /** Sine of the first edge of direction o's sector. */
    static double edgeSin(int o) {
        return Math.sin(Math.PI * (2 * o - 1) / DIRECTIONS);
    }

    /** Histograms of cells: every cell weights the pixels around its centre by a pyramid whose foot is two cells wide. */
    private Value vote(Value votes) {
        long n = votes.shape().dim(0);
        long h = votes.shape().dim(2);
        long w = votes.shape().dim(3);
        int taps = 2 * cell;
        double[] weights = new double[taps * taps];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (1 - Math.abs(i / taps + 0.5 - cell) / cell) * (1 - Math.abs(i % taps + 0.5 - cell) / cell);
        }
        Value filter = Source.constant(votes.graph().name("hog.bilinear"), Tensor.of(votes.dtype(), weights, 1, 1, taps, taps));
        Value planes = Shaping.reshape(votes, Shape.of(n * DIRECTIONS, 1, h, w));
        planes.graph().name("hog.vote");
        // One more than half a cell: the outermost pixels do not vote and are not among the votes.
        Value cells = Convolution.conv2d(planes, filter, Window.of(taps).stride(cell).padding(cell / 2 + 1), 1);
        return Shaping.reshape(cells, Shape.of(n, DIRECTIONS, cells.shape().dim(2), cells.shape().dim(3)));
    }

    private static Value describe(Value histograms, int padX, int padY) {
        GraphBuilder graph = histograms.graph();
        long rows = histograms.shape().dim(2);
        long columns = histograms.shape().dim(3);
        Value unsigned = Shaping.slice(histograms, 1, 0, HALF).plus(Shaping.slice(histograms, 1, HALF, DIRECTIONS));
        Value energy = Reduction.sumKeepDims(Pointwise.square(unsigned), 1);
        Value ones = Source.constant(graph.name("hog.block"), Tensor.full(energy.dtype(), Shape.of(1, 1, 2, 2), 1));
        graph.name("hog.energy");
        Value blocks = Convolution.conv2d(energy, ones, Window.of(2), 1);
        Value scales = Pointwise.unary(Pointwise.UnaryFunction.RSQRT, blocks.plus(EPSILON));
        Value signedInner = window(histograms, 1, 1, rows - 2, columns - 2);
        Value unsignedInner = window(unsigned, 1, 1, rows - 2, columns - 2);
        Value[] parts = new Value[6];
        for (int block = 0; block < 4; block++) {
            Value scale = window(scales, 1 - block % 2, 1 - block / 2, rows - 2, columns - 2);
            Value signed = cut(signedInner.times(scale));
            Value both = cut(unsignedInner.times(scale));
            parts[0] = block == 0 ? signed : parts[0].plus(signed);
            parts[1] = block == 0 ? both : parts[1].plus(both);
            parts[2 + block] = Reduction.sumKeepDims(signed, 1).times(TEXTURE);
        }
        parts[0] = parts[0].times(0.5);
        parts[1] = parts[1].times(0.5);
        Value features = Shaping.concat(1, parts);
        Value flags = Source.fill(graph, new TensorType(features.dtype(), features.shape().with(1, 1)), 0);
        graph.name("hog");
        return Shaping.concat(1, pad(features, padX, padY, 0), pad(flags, padX, padY, 1));
    }

    private static Value cut(Value x) {
        return Pointwise.min(x, Source.scalarLike(x, CUT));
    }

    private static Value window(Value x, long top, long left, long rows, long columns) {
        return Shaping.slice(Shaping.slice(x, 2, top, top + rows), 3, left, left + columns);
    }

    private static Value pad(Value x, long padX, long padY, double value) {
        if (padX == 0 && padY == 0) {
            return x;
        }
        String name = x.graph().takeName();
        List<Long> border = List.of(0L, 0L, padY, padX);
        Value padded = Shaping.pad(x, border, border, value);
        x.graph().name(name);
        return padded;
    }
}

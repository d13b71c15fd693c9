package dev.lamina.data;

import dev.lamina.tensor.Philox;
import java.util.Arrays;

/**
 * One drawing of a digit as short straight pen movements in pixels: a stroke template, shaken, bent by a smooth displacement field, and
 * placed by a random affine map. Reused from digit to digit; not thread-safe.
 *
 * <p>Arithmetic is limited to the operations which IEEE 754 and Java define to the bit (and {@link StrictMath}), so that a drawing is the
 * same on every platform.
 */
final class PenPath {
    /** Straight pieces for each span between two control points. */
    private static final int PIECES = 6;
    /** Knots along one side of the displacement field. */
    private static final int KNOTS = 5;
    private static final double PIXELS_PER_UNIT = 0.2;

    private final double[] warpX = new double[KNOTS * KNOTS];
    private final double[] warpY = new double[KNOTS * KNOTS];
    private double xx;
    private double xy;
    private double yx;
    private double yy;
    private double shiftX;
    private double shiftY;
    private double[] points = new double[512];
    private double[] radii = new double[256];
    private int count;

    /** Number of points; point {@code i} starts a movement to point {@code i + 1} unless {@link #radius} of {@code i + 1} is negative. */
    int count() {
        return count;
    }

    /** Horizontal position in pixels. */
    double x(int point) {
        return points[2 * point];
    }

    /** Vertical position in pixels, downward. */
    double y(int point) {
        return points[2 * point + 1];
    }

    /** Half the width of the pen at a point in pixels; stored negative at the first point of a stroke. */
    double radius(int point) {
        return radii[point];
    }

    /** Draws a digit, centred at {@code (centre, centre)} pixels, from the random stream. */
    void draw(int digit, double centre, Philox.Stream random) {
        count = 0;
        double[][][] strokes = DigitStrokes.strokes(digit, random.nextInt(DigitStrokes.variants(digit)));
        chooseAffine(centre, random);
        for (int knot = 0; knot < warpX.length; knot++) {
            warpX[knot] = 6.5 * normal(random);
            warpY[knot] = 6.5 * normal(random);
        }
        double pen = 0.85 + 0.75 * random.nextUniform();
        for (double[][] stroke : strokes) {
            drawStroke(stroke, pen, random);
        }
        keepInside(0, 2 * centre);
        keepInside(1, 2 * centre);
    }

    /** Shifts the whole path along an axis (0: x, 1: y) by as much as it leaves the frame; centres it if it is larger than the frame. */
    private void keepInside(int axis, double side) {
        double low = side;
        double high = 0;
        for (int i = 0; i < count; i++) {
            low = Math.min(low, points[2 * i + axis] - Math.abs(radii[i]));
            high = Math.max(high, points[2 * i + axis] + Math.abs(radii[i]));
        }
        double shift = high - low > side - 2 ? (side - low - high) / 2 : Math.max(0, 1 - low) - Math.max(0, high - side + 1);
        for (int i = 0; i < count; i++) {
            points[2 * i + axis] += shift;
        }
    }

    private void chooseAffine(double centre, Philox.Stream random) {
        double angle = clamp(0.15 * normal(random), 0.40);
        double shear = clamp(0.06 + 0.20 * normal(random), 0.5);
        double height = PIXELS_PER_UNIT * clampBetween(1 + 0.08 * normal(random), 0.78, 1.18);
        double width = PIXELS_PER_UNIT * clampBetween(0.92 + 0.13 * normal(random), 0.62, 1.25);
        double cos = StrictMath.cos(angle);
        double sin = StrictMath.sin(angle);
        xx = cos * width;
        xy = -cos * shear * width - sin * height;
        yx = sin * width;
        yy = -sin * shear * width + cos * height;
        shiftX = centre + clamp(1.1 * normal(random), 2.5);
        shiftY = centre + clamp(1.1 * normal(random), 2.5);
    }

    private void drawStroke(double[][] stroke, double pen, Philox.Stream random) {
        int first = count;
        double[] end = null;
        for (double[] section : stroke) {
            double[] shaken = new double[section.length];
            for (int i = 0; i < shaken.length; i++) {
                shaken[i] = section[i] + 1.8 * normal(random);
            }
            if (end != null) {
                shaken[0] = end[0];
                shaken[1] = end[1];
            }
            end = Arrays.copyOfRange(shaken, shaken.length - 2, shaken.length);
            addSpline(shaken, count == first);
        }
        press(first, pen, random);
    }

    /** A Catmull-Rom curve through the points x, y, x, y, ... */
    private void addSpline(double[] p, boolean withStart) {
        int n = p.length / 2;
        if (withStart) {
            add(p[0], p[1]);
        }
        for (int i = 0; i + 1 < n; i++) {
            int before = 2 * Math.max(0, i - 1);
            int from = 2 * i;
            int to = from + 2;
            int after = 2 * Math.min(n - 1, i + 2);
            for (int piece = 1; piece <= PIECES; piece++) {
                double t = piece / (double) PIECES;
                add(catmullRom(p[before], p[from], p[to], p[after], t), catmullRom(p[before + 1], p[from + 1], p[to + 1], p[after + 1], t));
            }
        }
    }

    private static double catmullRom(double a, double b, double c, double d, double t) {
        return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
    }

    /** Bends and places a point of the template and appends it. */
    private void add(double x, double y) {
        double u = bent(warpX, x, y) + x - 50;
        double v = bent(warpY, x, y) + y - 50;
        if (count == radii.length) {
            points = Arrays.copyOf(points, 2 * points.length);
            radii = Arrays.copyOf(radii, 2 * radii.length);
        }
        points[2 * count] = xx * u + xy * v + shiftX;
        points[2 * count + 1] = yx * u + yy * v + shiftY;
        count++;
    }

    /** The displacement at a point: a quadratic B-spline over the knots, so smooth. */
    private static double bent(double[] knots, double x, double y) {
        double u = clampBetween(x / 100, 0, 0.999) * (KNOTS - 2);
        double v = clampBetween(y / 100, 0, 0.999) * (KNOTS - 2);
        int column = (int) u;
        int row = (int) v;
        double fu = u - column;
        double fv = v - row;
        double sum = 0;
        for (int j = 0; j < 3; j++) {
            double wj = spline(j, fv);
            for (int i = 0; i < 3; i++) {
                sum += wj * spline(i, fu) * knots[(row + j) * KNOTS + column + i];
            }
        }
        return sum;
    }

    private static double spline(int part, double t) {
        return switch (part) {
            case 0 -> 0.5 * (1 - t) * (1 - t);
            case 1 -> 0.5 + t * (1 - t);
            default -> 0.5 * t * t;
        };
    }

    /** Pen width along the stroke: a parabola through three random pressures, thinner at the end. */
    private void press(int first, double pen, Philox.Stream random) {
        double start = 1 + 0.12 * normal(random);
        double middle = 1 + 0.12 * normal(random);
        double end = 0.88 + 0.14 * normal(random);
        int last = Math.max(first + 1, count - 1);
        for (int i = first; i < count; i++) {
            double t = (i - first) / (double) (last - first);
            double pressure = start * (1 - t) * (1 - 2 * t) + 4 * middle * t * (1 - t) + end * t * (2 * t - 1);
            radii[i] = pen * clampBetween(pressure, 0.6, 1.4);
        }
        radii[first] = -radii[first];
    }

    /** Near to standard normal, within +-3.5, from four uniforms; without the logarithm and the cosine of Box and Muller. */
    static double normal(Philox.Stream random) {
        double sum = random.nextUniform() + random.nextUniform() + random.nextUniform() + random.nextUniform();
        return (sum - 2) * 1.7320508075688772;
    }

    private static double clamp(double value, double limit) {
        return clampBetween(value, -limit, limit);
    }

    private static double clampBetween(double value, double low, double high) {
        return Math.min(high, Math.max(low, value));
    }
}

package dev.lamina.samples.page;

import java.util.List;
import java.util.Locale;

/**
 * Curves as SVG for an {@link Html} page, told apart by colour and dashes; each point says its value when pointed at. Values that are not
 * finite, or beyond 1e300, are left out, and the curve is broken there. Immutable and thread-safe.
 *
 * @param title above the chart
 * @param unit of the values
 * @param across what the positions are
 * @param curves at least one
 */
public record LineChart(String title, String unit, String across, List<Curve> curves) {
    private static final int WIDTH = 560;
    private static final int HEIGHT = 250;
    private static final int LEFT = 62;
    private static final int RIGHT = 14;
    private static final int TOP = 34;
    private static final int BOTTOM = 40;
    private static final int LEGEND_LINE = 17;
    private static final int COLOURS = 8;
    private static final int MOST_DOTS = 60;
    private static final double TICKS = 5;
    private static final double LARGEST = 1e300;
    private static final String[] DASHES = {"", "7 4", "2 3", "10 3 2 3"};

    /** Copies the list. */
    public LineChart {
        curves = List.copyOf(curves);
    }

    /**
     * A curve.
     *
     * @param points with growing {@code x}
     */
    public record Curve(String name, List<Point> points) {
        /** Copies the list. */
        public Curve {
            points = List.copyOf(points);
        }
    }

    /** A value at a position. */
    public record Point(double x, double y) {
        private boolean shown() {
            return Double.isFinite(x) && Math.abs(y) <= LARGEST;
        }
    }

    private record Range(double low, double high) {
        double share(double value) {
            return (value - low) / (high - low);
        }
    }

    /** The chart as an element. */
    public String svg() {
        List<Point> all = curves.stream().flatMap(c -> c.points.stream()).filter(Point::shown).toList();
        int height = HEIGHT + (curves.size() > 1 ? LEGEND_LINE * curves.size() : 0);
        StringBuilder svg = new StringBuilder(String.format(Locale.ROOT,
                "<svg viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\" aria-label=\"%s\">%n", WIDTH, height, WIDTH, height,
                Html.escape(description())));
        svg.append(String.format(Locale.ROOT, "<text class=\"title\" x=\"%d\" y=\"16\">%s</text><text class=\"soft\" x=\"%d\" "
                + "y=\"16\" text-anchor=\"end\">%s</text>%n", LEFT, Html.escape(title), WIDTH - RIGHT, Html.escape(unit)));
        if (all.isEmpty()) {
            svg.append(String.format(Locale.ROOT, "<text class=\"soft\" x=\"%d\" y=\"%d\">no finite value</text>%n", LEFT, HEIGHT / 2));
        } else {
            Range x = range(all.stream().mapToDouble(Point::x).toArray(), 1);
            double[] values = all.stream().mapToDouble(Point::y).toArray();
            Range y = range(values, Math.max(1e-9, 0.1 * Math.abs(values[0])));
            axes(svg, x, y);
            for (int i = 0; i < curves.size(); i++) {
                curve(svg, i, x, y);
            }
        }
        return svg.append("</svg>\n").toString();
    }

    /** What the chart says, for those who do not see it: each curve's last value. */
    private String description() {
        StringBuilder text = new StringBuilder(title).append(" (").append(unit).append(") by ").append(across);
        for (Curve curve : curves) {
            List<Point> shown = curve.points.stream().filter(Point::shown).toList();
            text.append("; ").append(curve.name);
            if (!shown.isEmpty()) {
                text.append(" from ").append(number(shown.getFirst().y)).append(" to ").append(number(shown.getLast().y));
            }
        }
        return text.toString();
    }

    private static Range range(double[] values, double least) {
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        for (double value : values) {
            low = Math.min(low, value);
            high = Math.max(high, value);
        }
        double size = Math.max(Math.abs(low), Math.abs(high));
        double room = high - low > 1e-9 * size ? 0 : least / 2;
        return new Range(low - room, high + room);
    }

    private static double tick(Range range, boolean whole) {
        double rough = (range.high - range.low) / TICKS;
        double power = Math.pow(10, Math.floor(Math.log10(rough)));
        double digit = rough / power;
        double step = (digit <= 1 ? 1 : digit <= 2 ? 2 : digit <= 5 ? 5 : 10) * power;
        return whole ? Math.max(1, step) : step;
    }

    private void axes(StringBuilder svg, Range x, Range y) {
        double step = tick(y, false);
        for (double k = Math.ceil(y.low / step); k * step <= y.high; k++) {
            double at = y(y, k * step);
            svg.append(String.format(Locale.ROOT, "<path class=\"grid\" d=\"M%d %.1fH%d\"/><text class=\"soft\" x=\"%d\" y=\"%.1f\" "
                    + "text-anchor=\"end\">%s</text>%n", LEFT, at, WIDTH - RIGHT, LEFT - 6, at + 4, number(k * step)));
        }
        step = tick(x, true);
        for (double k = Math.ceil(x.low / step); k * step <= x.high; k++) {
            svg.append(String.format(Locale.ROOT, "<text class=\"soft\" x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>%n",
                    x(x, k * step), HEIGHT - BOTTOM + 18, number(k * step)));
        }
        svg.append(String.format(Locale.ROOT, "<path class=\"grid\" d=\"M%d %dV%dH%d\"/><text class=\"soft\" x=\"%d\" y=\"%d\" "
                + "text-anchor=\"end\">%s</text>%n", LEFT, TOP - 8, HEIGHT - BOTTOM + 4, WIDTH - RIGHT, WIDTH - RIGHT, HEIGHT - 4,
                Html.escape(across)));
    }

    private static double x(Range range, double value) {
        return LEFT + 8 + (WIDTH - LEFT - RIGHT - 16) * range.share(value);
    }

    private static double y(Range range, double value) {
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * range.share(value);
    }

    private void curve(StringBuilder svg, int number, Range x, Range y) {
        Curve curve = curves.get(number);
        String style = String.format(Locale.ROOT, "class=\"curve s%d\"%s", number % COLOURS, dashes(number));
        StringBuilder path = new StringBuilder();
        boolean drawing = false;
        for (Point point : curve.points) {
            if (point.shown()) {
                path.append(String.format(Locale.ROOT, "%s%.1f %.1f", drawing ? "L" : "M", x(x, point.x), y(y, point.y)));
            }
            drawing = point.shown();
        }
        svg.append("<path ").append(style).append(" d=\"").append(path).append("\"/>\n");
        if (curve.points.size() <= MOST_DOTS) {
            for (Point point : curve.points) {
                if (point.shown()) {
                    svg.append(String.format(Locale.ROOT, "<circle class=\"dot s%d\" cx=\"%.1f\" cy=\"%.1f\" r=\"3\"><title>%s, %s %s: "
                            + "%s</title></circle>%n", number % COLOURS, x(x, point.x), y(y, point.y), Html.escape(curve.name),
                            Html.escape(across), number(point.x), number(point.y)));
                }
            }
        }
        if (curves.size() > 1) {
            int line = HEIGHT + LEGEND_LINE * number;
            svg.append(String.format(Locale.ROOT, "<path %s d=\"M%d %dh34\"/><text x=\"%d\" y=\"%d\">%s</text>%n", style, LEFT + 8,
                    line + 4, LEFT + 50, line + 8, Html.escape(curve.name)));
        }
    }

    private static String dashes(int number) {
        String dashes = DASHES[number % DASHES.length];
        return dashes.isEmpty() ? "" : " stroke-dasharray=\"" + dashes + "\"";
    }

    /** Five digits at most, without zeros at the end; {@code -} for what is not finite. */
    public static String number(double value) {
        if (!Double.isFinite(value)) {
            return "-";
        }
        if (value == 0 || Math.abs(value) < 1e-12) {
            return "0";
        }
        double size = Math.abs(value);
        if (size >= 1e7 || size < 1e-4) {
            return String.format(Locale.ROOT, "%.3g", value);
        }
        int decimals = Math.clamp(4 - (int) Math.floor(Math.log10(size)), 0, 7);
        String text = String.format(Locale.ROOT, "%." + decimals + "f", value);
        return text.contains(".") ? text.replaceFirst("0+$", "").replaceFirst("\\.$", "") : text;
    }
}

package dev.lamina.samples.check;

import dev.lamina.graph.Graph;
import dev.lamina.graph.Node;
import dev.lamina.graph.Source;
import dev.lamina.samples.page.Html;
import java.util.Locale;

/** A graph as SVG; scripts and style sheets colour it. Nodes are {@code g} with the id {@code n<node id>}. */
final class GraphDrawing {
    private static final int WIDTH = 184;
    private static final int HEIGHT = 36;
    private static final int COLUMN = WIDTH + 18;
    private static final int ROW = HEIGHT + 28;
    private static final int MARGIN = 70;
    private static final int LETTERS = 26;

    private final GraphLayout layout;
    private final StringBuilder svg = new StringBuilder();

    private GraphDrawing(Graph graph) {
        layout = new GraphLayout(graph);
    }

    static String svg(Graph graph) {
        return new GraphDrawing(graph).draw();
    }

    private String draw() {
        long width = Math.round(layout.nodes().stream().mapToDouble(this::x).max().orElse(0)) + WIDTH + MARGIN;
        long height = y(layout.bottom()) + HEIGHT + MARGIN;
        svg.append(String.format(Locale.ROOT, "<svg id=\"graph\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" "
                + "height=\"%d\" role=\"img\" aria-label=\"the graph\">%n", width, height, width, height));
        svg.append("<defs><pattern id=\"hatch\" width=\"8\" height=\"8\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">"
                + "<rect width=\"8\" height=\"8\" class=\"hatch-ground\"/><rect width=\"3\" height=\"8\" class=\"hatch-line\"/>"
                + "</pattern></defs>\n<g id=\"edges\">\n");
        layout.nodes().forEach(node -> layout.operands(node).forEach(operand -> edge(operand, node)));
        svg.append("</g>\n<g id=\"nodes\">\n");
        layout.nodes().forEach(this::node);
        return svg.append("</g>\n<g id=\"callout\"></g>\n</svg>\n").toString();
    }

    private double x(Node node) {
        return MARGIN + layout.column(node) * COLUMN;
    }

    private long y(int rank) {
        return MARGIN + (long) (rank - layout.top()) * ROW;
    }

    private void node(Node node) {
        boolean input = node.op() instanceof Source.Input;
        svg.append(String.format(Locale.ROOT, "<g class=\"node%s\" id=\"n%d\" transform=\"translate(%.1f,%d)\" tabindex=\"0\">"
                + "<title>%s</title><rect width=\"%d\" height=\"%d\" rx=\"6\"/><text x=\"8\" y=\"15\">%s</text>"
                + "<text x=\"8\" y=\"29\" class=\"op\">%s</text><text x=\"%d\" y=\"29\" class=\"ratio\"></text></g>%n",
                input ? " input" : "", node.id(), x(node), y(layout.rank(node)), Html.escape(node.toString()), WIDTH, HEIGHT,
                Html.escape(label(node)), Html.escape(node.op().name()), WIDTH - 8));
    }

    /** The name without the op, which stands below it, and without its middle if it is long. */
    private static String label(Node node) {
        String name = node.name().replaceFirst("/" + node.op().name() + "(_\\d+)?$", "$1");
        return name.length() <= LETTERS ? name
                : name.substring(0, LETTERS / 2 - 1) + "…" + name.substring(name.length() - LETTERS / 2);
    }

    private void edge(Node from, Node to) {
        boolean across = layout.isGradient(from) != layout.isGradient(to);
        svg.append(String.format(Locale.ROOT, "<path class=\"%s\" data-a=\"%d\" data-b=\"%d\" d=\"%s\"/>%n",
                across ? "edge across" : "edge", from.id(), to.id(), across ? across(from, to) : within(from, to)));
    }

    private String across(Node from, Node to) {
        double x1 = x(from) + WIDTH;
        double y1 = y(layout.rank(from)) + HEIGHT / 2.0;
        double x2 = x(to);
        double y2 = y(layout.rank(to)) + HEIGHT / 2.0;
        return String.format(Locale.ROOT, "M%.0f %.0fC%.0f %.0f %.0f %.0f %.0f %.0f", x1, y1, x1 + 60, y1, x2 - 60, y2, x2, y2);
    }

    /** Down on the left, up on the right; edges that pass over rows swing aside, so that they do not hide behind nodes. */
    private String within(Node from, Node to) {
        boolean up = layout.rank(to) < layout.rank(from);
        double x1 = x(from) + WIDTH / 2.0;
        double x2 = x(to) + WIDTH / 2.0;
        double y1 = y(layout.rank(from)) + (up ? 0 : HEIGHT);
        double y2 = y(layout.rank(to)) + (up ? HEIGHT : 0);
        int rows = Math.abs(layout.rank(to) - layout.rank(from));
        if (rows <= 1) {
            double middle = (y1 + y2) / 2;
            return String.format(Locale.ROOT, "M%.0f %.0fC%.0f %.0f %.0f %.0f %.0f %.0f", x1, y1, x1, middle, x2, middle, x2, y2);
        }
        double aside = (WIDTH * 0.62 + Math.min(rows, 8) * 4) * (layout.isGradient(from) ? 1 : -1);
        double bend = up ? -ROW : ROW;
        return String.format(Locale.ROOT, "M%.0f %.0fC%.0f %.0f %.0f %.0f %.0f %.0f", x1, y1, x1 + aside, y1 + bend, x2 + aside, y2 - bend,
                x2, y2);
    }
}

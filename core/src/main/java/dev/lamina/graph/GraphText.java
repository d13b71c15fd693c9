package dev.lamina.graph;

import java.util.stream.Collectors;

/** Graphs as text and as DOT. */
final class GraphText {
    private GraphText() { }

    static String text(Graph graph) {
        StringBuilder text = new StringBuilder();
        for (Node node : graph.nodes()) {
            text.append(node.outputs().stream().map(Value::toString).collect(Collectors.joining(", ")))
                    .append(" = ").append(describe(node.op()))
                    .append(node.inputs().stream().map(Value::name).collect(Collectors.joining(", ", "(", ")")))
                    .append('\n');
        }
        graph.outputs().forEach((name, value) -> text.append("output ").append(name).append(" = ").append(value.name()).append('\n'));
        return text.toString();
    }

    static String dot(Graph graph) {
        StringBuilder text = new StringBuilder("digraph lamina {\n  rankdir=TB;\n  node [shape=box, fontname=\"Helvetica\"];\n");
        for (Node node : graph.nodes()) {
            String style = switch (node.op()) {
                case Source.Input _ -> ", style=filled, fillcolor=\"#cfe8ff\"";
                case Source.Variable _ -> ", style=filled, fillcolor=\"#ffe9c7\"";
                case Update _ -> ", style=filled, fillcolor=\"#ffd6d6\"";
                default -> "";
            };
            text.append("  n").append(node.id()).append(" [label=").append(quote(node.name() + "\n" + describe(node.op()))).append(style)
                    .append("];\n");
        }
        for (Node node : graph.nodes()) {
            for (Value input : node.inputs()) {
                text.append("  n").append(input.node().id()).append(" -> n").append(node.id()).append(" [label=")
                        .append(quote(input.type().toString())).append("];\n");
            }
        }
        graph.outputs().forEach((name, value) -> text.append("  ").append(quote("output " + name)).append(" [shape=ellipse];\n  n")
                .append(value.node().id()).append(" -> ").append(quote("output " + name)).append(";\n"));
        return text.append("}\n").toString();
    }

    private static String quote(String label) {
        return '"' + label.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
    }

    /** The op's name with its attributes as its record prints them, large constants left out. */
    private static String describe(Op op) {
        if (op instanceof Source.Constant constant) {
            return "constant " + constant.tensor().dtype() + " " + constant.tensor().shape();
        }
        String record = op.toString();
        int open = record.indexOf('[');
        String attributes = open < 0 || record.endsWith("[]") ? "" : record.substring(open);
        return op.name() + attributes;
    }
}

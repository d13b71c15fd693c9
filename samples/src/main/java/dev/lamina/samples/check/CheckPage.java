package dev.lamina.samples.check;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lamina.check.CheckReport;
import dev.lamina.check.Figures;
import dev.lamina.check.NodeReport;
import dev.lamina.check.SideReport;
import dev.lamina.graph.Node;
import dev.lamina.graph.Value;
import dev.lamina.io.AtomicFiles;
import dev.lamina.samples.page.Html;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A check as one HTML file that needs nothing else: summary, the graph coloured by error, figures of each node, a table to sort. */
public final class CheckPage {
    private static final ObjectMapper JSON = new ObjectMapper();

    private CheckPage() { }

    /** Writes the page, whole or not at all. */
    public static void write(CheckResult result, Path file) throws IOException {
        AtomicFiles.writeString(file, html(result));
    }

    static String html(CheckResult result) throws IOException {
        CheckReport report = result.report();
        return resource("page.html").replace("@TITLE@", Html.escape("lamina check: " + report.subject()))
                .replace("@STYLE@", Html.base() + resource("page.css"))
                .replace("@HEADER@", CheckSummary.header(result))
                .replace("@CARDS@", CheckSummary.cards(result))
                .replace("@GRAPH@", GraphDrawing.svg(report.graph()))
                .replace("@DATA@", data(result))
                .replace("@SCRIPT@", resource("page.js"));
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = CheckPage.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException("check: resource " + name + " is missing from the program. Build it again.");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** What the script reads; {@code <} is escaped, so that no name can end the script. */
    private static String data(CheckResult result) throws JsonProcessingException {
        CheckReport report = result.report();
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("nodes", report.graph().nodes().stream().map(CheckPage::node).toList());
        data.put("sides", report.sides().stream().map(CheckPage::side).toList());
        Optional<CheckReport.Divergence> divergence = report.firstDivergent();
        data.put("first", divergence.map(found -> first(report, found)).orElse(null));
        return JSON.writeValueAsString(data).replace("<", "\\u003c");
    }

    private static Map<String, Object> node(Node node) {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("id", node.id());
        data.put("name", node.name());
        data.put("op", node.op().name());
        data.put("shape", Row.shape(node));
        data.put("operands", node.inputs().stream().map(Value::toString).toList());
        return data;
    }

    private static Map<String, Object> side(SideReport side) {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("label", side.label());
        data.put("device", side.device());
        data.put("kept", side.nodes().stream().map(CheckPage::figures).toList());
        data.put("compiled", side.groups().stream().map(CheckPage::figures).toList());
        return data;
    }

    private static Map<String, Object> figures(NodeReport node) {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("id", node.node().id());
        data.put("group", node.group().stream().map(Node::id).toList());
        data.put("verdict", node.verdict().name());
        data.put("label", node.verdict().label());
        data.put("failed", node.verdict().failed());
        data.put("step", node.step() + 1);
        data.put("abs", Figures.error(node.absolute()));
        data.put("rel", Figures.error(node.relative()));
        data.put("tol", Figures.error(node.tolerance()));
        double ratio = Row.ratio(node);
        data.put("ratio", Double.isFinite(ratio) ? ratio : Double.MAX_VALUE);
        data.put("ratioText", Figures.ratio(ratio));
        data.put("at", node.worst().map(Figures::position).orElse(""));
        data.put("expected", node.worst().map(e -> Figures.element(e.expected())).orElse(""));
        data.put("actual", node.worst().map(e -> Figures.element(e.actual())).orElse(""));
        data.put("apart", Figures.error(node.apart()));
        data.put("unwritten", node.unwritten());
        data.put("origin", node.nonFiniteOrigin());
        data.put("note", node.note());
        return data;
    }

    private static Map<String, Object> first(CheckReport report, CheckReport.Divergence found) {
        List<SideReport> sides = report.sides();
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("side", sides.indexOf(found.side()));
        data.put("id", found.node().node().id());
        data.put("compiled", !found.side().nodes().contains(found.node()));
        data.put("text", "first divergent: " + found.node().node().name());
        data.put("why", found.node().verdict().label() + " on " + found.side().label());
        return data;
    }
}

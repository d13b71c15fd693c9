package dev.lamina.samples.check;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.lamina.check.BisectReport;
import dev.lamina.check.DriftReport;
import dev.lamina.check.NodeReport;
import dev.lamina.check.RepeatReport;
import dev.lamina.check.SideReport;
import dev.lamina.graph.Node;
import dev.lamina.io.AtomicFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A check for programs. Numbers that JSON does not have are the strings {@code "NaN"}, {@code "Infinity"} and {@code "-Infinity"}, which
 * {@code float()} of Python and {@code Number()} of JavaScript read.
 */
public final class CheckJson {
    private static final ObjectMapper JSON = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private CheckJson() { }

    /** Writes a check, whole or not at all. */
    public static void write(CheckResult result, Path file) throws IOException {
        AtomicFiles.writeString(file, JSON.writeValueAsString(of(result)) + "\n");
    }

    static Map<String, Object> of(CheckResult result) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("agrees", result.agrees());
        json.put("subject", result.report().subject());
        json.put("backends", result.report().sides().stream().map(SideReport::backend).toList());
        json.put("steps", result.report().steps());
        json.put("conclusion", Sentences.conclusion(result));
        json.put("first_divergent", result.report().firstDivergent()
                .map(found -> node(row(found.side(), found.node()))).orElse(null));
        json.put("settings", result.settings());
        json.put("versions", result.versions());
        json.put("not_checked", result.absent());
        json.put("seconds", result.report().seconds());
        json.put("sides", result.report().sides().stream().map(CheckJson::side).toList());
        json.put("drift", result.report().drift().map(d -> d.rows().stream().map(CheckJson::drift).toList()).orElse(List.of()));
        json.put("repeats", result.repeats().stream().map(CheckJson::repeat).toList());
        json.put("bisects", result.bisects().stream().map(CheckJson::bisect).toList());
        json.put("nodes", Row.of(result.report()).stream().map(CheckJson::node).toList());
        return json;
    }

    private static Row row(SideReport side, NodeReport node) {
        return new Row(side.label(), node, !side.nodes().contains(node));
    }

    static Map<String, Object> node(Row row) {
        NodeReport report = row.node();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("side", row.side());
        json.put("node", report.node().name());
        json.put("name", report.node().name());
        json.put("op", report.node().op().name());
        json.put("shape", report.node().outputs().isEmpty() ? List.of() : report.node().output(0).shape().toArray());
        json.put("verdict", report.verdict().label());
        json.put("failed", report.verdict().failed());
        json.put("rel_error", report.relative());
        json.put("abs_error", report.absolute());
        json.put("tolerance", report.tolerance());
        json.put("ratio", row.ratio());
        json.put("step", report.step());
        json.put("output", report.worst().map(NodeReport.Element::output).orElse(null));
        json.put("position", report.worst().map(NodeReport.Element::position).orElse(null));
        json.put("expected", report.worst().map(NodeReport.Element::expected).orElse(null));
        json.put("actual", report.worst().map(NodeReport.Element::actual).orElse(null));
        json.put("apart", report.apart());
        json.put("unwritten", report.unwritten());
        json.put("non_finite_origin", report.nonFiniteOrigin());
        json.put("as_compiled", row.compiled());
        json.put("group", report.group().stream().map(Node::name).toList());
        json.put("note", report.note());
        return json;
    }

    private static Map<String, Object> side(SideReport side) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("side", side.label());
        json.put("backend", side.backend());
        json.put("device", side.device());
        json.put("precision", side.options().precision().label());
        json.put("deterministic", side.options().deterministic());
        json.put("passes", side.options().passes().stream().map(Enum::name).sorted().toList());
        json.put("agrees", side.firstDivergent().isEmpty());
        json.put("first_divergent", side.firstDivergent().map(n -> n.node().name()).orElse(null));
        json.put("non_finite_origins", Sentences.origins(side).stream().map(n -> n.node().name()).toList());
        return json;
    }

    private static Map<String, Object> drift(DriftReport.Row row) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("step", row.step());
        json.put("side", row.side());
        json.put("variable", row.variable());
        json.put("apart", row.apart());
        json.put("allowed", row.allowed());
        json.put("agrees", !Sentences.tooFar(row));
        return json;
    }

    private static Map<String, Object> repeat(RepeatReport repeat) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("side", repeat.side());
        json.put("runs", repeat.runs());
        json.put("agrees", repeat.agrees());
        json.put("varying", repeat.varying().stream().map(CheckJson::varying).toList());
        return json;
    }

    private static Map<String, Object> varying(RepeatReport.Varying varying) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", varying.node().name());
        json.put("op", varying.node().op().name());
        json.put("operands_vary", varying.operandsVary());
        json.put("runs_apart", varying.runsApart());
        json.put("elements", varying.elements());
        json.put("position", varying.position());
        json.put("largest", varying.largest());
        return json;
    }

    private static Map<String, Object> bisect(BisectReport bisect) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("side", bisect.side());
        json.put("culprit", bisect.culprit().map(BisectReport.Trial::change).orElse(null));
        json.put("trials", bisect.trials().stream().map(CheckJson::trial).toList());
        return json;
    }

    private static Map<String, Object> trial(BisectReport.Trial trial) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("change", trial.change());
        json.put("precision", trial.options().precision().label());
        json.put("passes", trial.options().passes().stream().map(Enum::name).sorted().toList());
        json.put("agrees", trial.agrees());
        json.put("first_divergent", trial.firstDivergent().isEmpty() ? null : trial.firstDivergent());
        return json;
    }
}

package dev.lamina.samples.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lamina.check.CheckReport;
import dev.lamina.check.NodeReport;
import dev.lamina.graph.Graph;
import dev.lamina.tensor.Shape;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** The writers on reports made by hand. */
class CheckWritersTest {
    private static final Graph LENET = Made.subject("lenet", Shape.of(1, 28, 28)).graph();

    private static NodeReport faulty(NodeReport node) {
        return switch (node.node().name()) {
            case "conv2" -> Made.diverging(node, 37);
            case "fc1" -> Made.notFinite(node);
            case "fc2" -> Made.unwritten(node, 5);
            case "relu" -> Made.notJudged(node);
            default -> node;
        };
    }

    private static String text(CheckResult result, int rows) {
        StringWriter text = new StringWriter();
        CheckText.print(result, rows, new PrintWriter(text));
        return text.toString();
    }

    private static Document xml(CheckResult result) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CheckXml.write(result, bytes);
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new ByteArrayInputStream(bytes.toByteArray()));
    }

    private static List<Element> elements(Element in, String name) {
        NodeList found = in.getElementsByTagName(name);
        return IntStream.range(0, found.getLength()).mapToObj(i -> (Element) found.item(i)).toList();
    }

    @Test
    void terminalListsTheWorstFirstAndEndsWithTheConclusion() {
        List<String> lines = text(Made.full(Made.report(LENET, CheckWritersTest::faulty)), 6).lines().toList();
        assertTrue(lines.getFirst().startsWith("verdict"), lines.getFirst());
        assertTrue(lines.get(1).matches("NaN or infinity +cpu +fc1 .*"), lines.get(1));
        assertTrue(lines.get(2).matches("diverges +cpu +conv2 .* 37\\.00 +\\[1, 0, 2, 3] +0\\.500000000 +0\\.500037000 .*"), lines.get(2));
        assertTrue(lines.get(3).matches("unwritten +cpu +fc2 .*"), lines.get(3));
        assertEquals("160 more; --all lists them", lines.get(7));
        assertTrue(lines.contains("cpu: conv2d \"conv2\" is the first that fails: element [1, 0, 2, 3] is 0.500037000, expected "
                + "0.500000000 of the same operands; relative error 3.7e-05, tolerance 1.0e-06."), String.join("\n", lines));
        assertTrue(lines.contains("cpu: NaN or infinity begins at matmul \"fc1\"."), String.join("\n", lines));
        assertTrue(lines.contains("cpu: matmul \"fc2\" left 5 elements unwritten."), String.join("\n", lines));
        assertTrue(lines.contains("cpu: without FUSION it agrees"), String.join("\n", lines));
        assertEquals("cpu does not agree with reference: first at conv2 on cpu (diverges)", lines.getLast());
    }

    @Test
    void agreementNamesTheWorstNodeAndItsShareOfTheTolerance() {
        String last = text(CheckResult.of(Made.agreeing(LENET)), 20).lines().toList().getLast();
        assertTrue(last.matches("cpu agrees with reference: 83 nodes, worst \\S+ at 0\\.\\d\\d of its tolerance"), last);
    }

    @Test
    void driftAndVaryingBitsAloneAreNoAgreementEither() {
        CheckResult result = Made.full(Made.agreeing(LENET));
        assertFalse(result.agrees());
        assertTrue(text(result, 3).endsWith(String.format("cpu does not agree with reference: after step 2 variable \"fc2.weight\" of "
                + "cpu is apart by 3.0e-04 of the way it went, allowed is 1.0e-04%n")), text(result, 3));
        CheckResult varying = new CheckResult(Made.agreeing(LENET), result.repeats(), List.of(), result.settings(), result.versions(),
                result.absent());
        assertFalse(varying.agrees());
        assertEquals("cpu does not agree with reference: cpu gives other bits from run to run, first at cast",
                Sentences.conclusion(varying));
    }

    @Test
    void jsonHoldsTheFirstDivergentNodeAndTheFiguresOfAll() throws IOException {
        CheckResult result = Made.full(Made.report(LENET, CheckWritersTest::faulty));
        JsonNode json = new ObjectMapper().readTree(new ObjectMapper().writeValueAsString(CheckJson.of(result)));
        assertFalse(json.get("agrees").booleanValue());
        assertEquals("[\"reference\",\"cpu\"]", json.get("backends").toString());
        assertEquals("conv2", json.at("/first_divergent/node").textValue());
        assertEquals("cpu", json.at("/first_divergent/side").textValue());
        assertEquals("conv2d", json.at("/first_divergent/op").textValue());
        assertEquals("diverges", json.at("/first_divergent/verdict").textValue());
        assertEquals(2 * 83, json.get("nodes").size());
        for (JsonNode node : json.get("nodes")) {
            for (String field : List.of("name", "op", "rel_error", "abs_error", "tolerance", "verdict", "side", "position", "group")) {
                assertTrue(node.has(field), field + " in " + node);
            }
        }
        assertEquals("[1,0,2,3]", json.at("/first_divergent/position").toString());
        assertEquals(3.7e-5, json.at("/first_divergent/rel_error").doubleValue(), 1e-12);
        assertEquals("[\"fc1\"]", json.at("/sides/1/non_finite_origins").toString());
        assertEquals("without FUSION", json.at("/bisects/0/culprit").textValue());
        assertEquals(17, json.at("/repeats/0/varying/0/elements").intValue());
        assertEquals(3e-4, json.at("/drift/1/apart").doubleValue());
        assertEquals("no driver", json.at("/not_checked/cuda").textValue());
        assertTrue(new ObjectMapper().valueToTree(CheckJson.of(CheckResult.of(Made.agreeing(LENET)))).get("first_divergent").isNull());
    }

    @Test
    void xmlHasASuiteForEachSideAndACaseForEachNode() throws Exception {
        Document document = xml(CheckResult.of(Made.report(LENET, CheckWritersTest::faulty)));
        List<Element> suites = elements(document.getDocumentElement(), "testsuite");
        assertEquals(List.of("reference: made, training step", "cpu: made, training step"),
                suites.stream().map(s -> s.getAttribute("name")).toList());
        Element cpu = suites.getLast();
        assertEquals(List.of("83", "3", "1", "0"), List.of(cpu.getAttribute("tests"), cpu.getAttribute("failures"),
                cpu.getAttribute("skipped"), cpu.getAttribute("errors")));
        assertEquals(83, elements(cpu, "testcase").size());
        assertEquals(3, elements(cpu, "failure").size());
        assertEquals(1, elements(cpu, "skipped").size());
        Element failed = elements(cpu, "testcase").stream().filter(c -> c.getAttribute("name").equals("conv2")).findFirst().orElseThrow();
        assertEquals("lamina.check.cpu", failed.getAttribute("classname"));
        Element failure = elements(failed, "failure").getFirst();
        assertEquals("diverges", failure.getAttribute("type"));
        assertTrue(failure.getAttribute("message").startsWith("conv2d \"conv2\" on cpu: element [1, 0, 2, 3] is 0.500037000"),
                failure.getAttribute("message"));
        assertTrue(failure.getTextContent().contains("tolerance 1.0e-06"), failure.getTextContent());
    }

    @Test
    void xmlCountsDriftAndAuditsAsCases() throws Exception {
        Element cpu = elements(xml(Made.full(Made.agreeing(LENET))).getDocumentElement(), "testsuite").getLast();
        assertEquals("86", cpu.getAttribute("tests"));
        assertEquals(List.of("drift", "varies"), elements(cpu, "failure").stream().map(f -> f.getAttribute("type")).toList());
    }

    @Test
    void pageShowsTheFailingNodeAndNeedsNothingElse() throws IOException {
        String page = CheckPage.html(Made.full(Made.report(LENET, CheckWritersTest::faulty)));
        assertTrue(page.contains("cpu: conv2d &quot;conv2&quot; is the first that fails"), "sentence");
        int id = LENET.nodes().stream().filter(n -> n.name().equals("conv2")).findFirst().orElseThrow().id();
        assertTrue(page.contains("id=\"n" + id + "\""), "the node is drawn");
        assertTrue(page.contains("\"first\":{\"side\":1,\"id\":" + id + ",\"compiled\":false,\"text\":\"first divergent: conv2\""),
                "label");
        assertTrue(page.contains("a &lt;fast&gt; processor") && !page.contains("a <fast> processor"), "escaped");
        String own = page.replace("http://www.w3.org/2000/svg", "");
        for (String outside : List.of("http:", "https:", "src=", "href=", "@import", "fetch(")) {
            assertFalse(own.contains(outside), outside);
        }
        assertFalse(page.contains("@DATA@") || page.contains("@GRAPH@") || page.contains("@CARDS@") || page.contains("@HEADER@"));
    }

    @Test
    void namesCannotEndThePagesScript() throws IOException {
        CheckReport plain = Made.agreeing(LENET);
        String evil = "</script><script>alert(1)</script>";
        UnaryOperator<NodeReport> noted = n -> new NodeReport(n.node(), n.group(), n.verdict(), 0, 0, 0, 1, Optional.empty(), 0, 0,
                false, evil);
        CheckReport report = new CheckReport(evil, plain.graph(), 1, Made.report(LENET, noted).sides(), Optional.empty(), 1);
        assertEquals(2, CheckPage.html(CheckResult.of(report)).split("</script>", -1).length - 1);
    }
}

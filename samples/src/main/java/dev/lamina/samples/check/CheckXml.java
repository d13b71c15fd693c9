package dev.lamina.samples.check;

import dev.lamina.check.CheckReport;
import dev.lamina.check.DriftReport;
import dev.lamina.check.Explanation;
import dev.lamina.check.Figures;
import dev.lamina.check.RepeatReport;
import dev.lamina.check.SideReport;
import dev.lamina.check.Verdict;
import dev.lamina.io.AtomicFiles;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * A check for CI servers, as JUnit's XML: a suite for each side with a case for each node. Suites are as Surefire's schema
 * (surefire-test-report.xsd 3.0) has them, within one {@code testsuites}, which all servers take.
 */
public final class CheckXml {
    private CheckXml() { }

    /**
     * A test case.
     *
     * @param name the node's, or what else is checked
     * @param problem message of the failure or of the reason to skip; empty if it passed
     * @param type of the failure
     * @param detail lines of figures
     * @param skipped whether it was not judged
     */
    private record Case(String name, String problem, String type, String detail, boolean skipped) {
        boolean failed() {
            return !problem.isEmpty() && !skipped;
        }
    }

    /** Writes a check, whole or not at all. */
    public static void write(CheckResult result, Path file) throws IOException {
        AtomicFiles.write(file, out -> write(result, out));
    }

    static void write(CheckResult result, OutputStream out) throws IOException {
        try {
            XMLStreamWriter xml = XMLOutputFactory.newInstance().createXMLStreamWriter(out, StandardCharsets.UTF_8.name());
            xml.writeStartDocument(StandardCharsets.UTF_8.name(), "1.0");
            xml.writeStartElement("testsuites");
            xml.writeAttribute("name", "lamina check");
            for (SideReport side : result.report().sides()) {
                suite(xml, result, side);
            }
            xml.writeEndElement();
            xml.writeEndDocument();
            xml.close();
        } catch (XMLStreamException e) {
            throw new IOException("check: the XML cannot be written: " + e.getMessage(), e);
        }
    }

    private static void suite(XMLStreamWriter xml, CheckResult result, SideReport side) throws XMLStreamException {
        List<Case> cases = cases(result, side);
        CheckReport report = result.report();
        xml.writeStartElement("testsuite");
        xml.writeAttribute("name", side.label() + ": " + report.subject());
        xml.writeAttribute("time", String.format(Locale.ROOT, "%.3f", report.seconds() / report.sides().size()));
        xml.writeAttribute("tests", Integer.toString(cases.size()));
        xml.writeAttribute("errors", "0");
        xml.writeAttribute("skipped", Long.toString(cases.stream().filter(Case::skipped).count()));
        xml.writeAttribute("failures", Long.toString(cases.stream().filter(Case::failed).count()));
        xml.writeStartElement("properties");
        property(xml, "backend", side.backend());
        property(xml, "device", side.device());
        for (Map.Entry<String, String> setting : result.settings().entrySet()) {
            property(xml, setting.getKey(), setting.getValue());
        }
        xml.writeEndElement();
        for (Case test : cases) {
            testCase(xml, "lamina.check." + side.label(), test);
        }
        xml.writeEndElement();
    }

    private static void property(XMLStreamWriter xml, String name, String value) throws XMLStreamException {
        xml.writeEmptyElement("property");
        xml.writeAttribute("name", name);
        xml.writeAttribute("value", value);
    }

    private static void testCase(XMLStreamWriter xml, String className, Case test) throws XMLStreamException {
        xml.writeStartElement("testcase");
        xml.writeAttribute("name", test.name);
        xml.writeAttribute("classname", className);
        xml.writeAttribute("time", "0");
        if (!test.problem.isEmpty()) {
            xml.writeStartElement(test.skipped ? "skipped" : "failure");
            xml.writeAttribute("message", test.problem);
            if (!test.skipped) {
                xml.writeAttribute("type", test.type);
                xml.writeCharacters(test.detail);
            }
            xml.writeEndElement();
        }
        xml.writeEndElement();
    }

    private static List<Case> cases(CheckResult result, SideReport side) {
        List<Case> cases = new ArrayList<>();
        Row.of(side).forEach(row -> cases.add(node(row)));
        result.report().drift().ifPresent(drift -> drift.rows().stream().filter(row -> row.side().equals(side.label()))
                .forEach(row -> cases.add(drift(row))));
        result.repeats().stream().filter(repeat -> repeat.side().equals(side.label())).forEach(repeat -> cases.add(repeat(repeat)));
        return cases;
    }

    private static Case node(Row row) {
        Verdict verdict = row.node().verdict();
        boolean skipped = verdict == Verdict.NOT_JUDGED;
        if (!verdict.failed() && !skipped) {
            return new Case(row.name(), "", "", "", false);
        }
        String detail = String.format(Locale.ROOT,
                "node %s%nop %s%nshape %s%nstep %d%nrelative error %s%ntolerance %s%nabsolute error %s%n",
                row.name(), row.op(), row.shape(), row.node().step() + 1, Figures.error(row.node().relative()),
                Figures.error(row.node().tolerance()), Figures.error(row.node().absolute()));
        return new Case(row.name(), row.node().node() + " on " + row.side() + ": " + Explanation.of(row.node()), verdict.label(), detail,
                skipped);
    }

    private static Case drift(DriftReport.Row row) {
        boolean tooFar = Sentences.tooFar(row);
        return new Case("drift after step " + (row.step() + 1), tooFar ? Explanation.of(row) : "", "drift", "", false);
    }

    private static Case repeat(RepeatReport repeat) {
        String problem = repeat.agrees() ? "" : repeat.varying().size() + " nodes gave other bits, first "
                + repeat.varying().getFirst().node();
        return new Case(repeat.runs() + " runs give equal bits", problem, "varies", "", false);
    }
}

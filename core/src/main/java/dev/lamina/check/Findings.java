package dev.lamina.check;

import dev.lamina.check.Judge.Finding;
import dev.lamina.graph.Graph;
import dev.lamina.graph.Node;
import dev.lamina.graph.Value;
import dev.lamina.tensor.Tensor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The worst that was found of each node of one side, over its results and over the steps. */
final class Findings {
    private static final List<Verdict> SEVERITY = List.of(Verdict.NOT_JUDGED, Verdict.AGREES, Verdict.VARIES, Verdict.DIVERGES,
            Verdict.NOT_FINITE, Verdict.UNWRITTEN);
    private static final Comparator<NodeReport> WORSE = Comparator.comparing((NodeReport r) -> SEVERITY.indexOf(r.verdict()))
            .thenComparing(Findings::share);

    private final Graph graph;
    private final boolean deterministic;
    private final Map<Node, NodeReport> worst = new HashMap<>();

    Findings(Graph graph, boolean deterministic) {
        this.graph = graph;
        this.deterministic = deterministic;
    }

    private static double share(NodeReport report) {
        return report.tolerance() == 0 ? report.relative() : report.relative() / report.tolerance();
    }

    /**
     * Takes what one step has shown.
     *
     * @param findings of each judged value
     * @param first values of the run
     * @param again values of a second run under other poison; the same map if there was none
     * @param compared values of the first side; the same as those of the run on that side
     */
    void add(int step, Map<Value, Finding> findings, Map<Value, Tensor> first, Map<Value, Tensor> again, Map<Value, Tensor> compared) {
        Map<Value, Repeats> repeats = new HashMap<>();
        if (first != again) {
            first.forEach((value, tensor) -> repeats.put(value, Repeats.of(tensor, again.get(value))));
        }
        findings.forEach((value, finding) -> {
            Repeats own = repeats.getOrDefault(value, Repeats.SAME);
            boolean passedOn = finding.group().stream().flatMap(n -> n.inputs().stream())
                    .anyMatch(v -> repeats.getOrDefault(v, Repeats.SAME).differing() > 0);
            double apart = compared.containsKey(value) && compared != first ? Difference.apart(compared.get(value), first.get(value)) : 0;
            worst.merge(value.node(), report(step, finding, passedOn ? Repeats.SAME : own, apart),
                    (a, b) -> WORSE.compare(a, b) < 0 ? b : a);
        });
    }

    private NodeReport report(int step, Finding finding, Repeats repeats, double apart) {
        Value value = finding.value();
        Difference difference = finding.difference();
        Verdict verdict = finding.verdict();
        String note = "";
        Optional<NodeReport.Element> element = difference.at() < 0 ? Optional.empty() : Optional.of(element(value, difference));
        if (repeats.unwritten() > 0) {
            verdict = Verdict.UNWRITTEN;
            note = repeats.unwritten() + " of " + value.type().elements() + " elements hold what lay in memory before, the first at "
                    + value.shape().position(repeats.firstUnwritten());
        } else if (repeats.differing() > 0) {
            note = "two runs from one state differ in " + repeats.differing() + " elements, the first at "
                    + value.shape().position(repeats.firstDiffering());
            verdict = deterministic && !verdict.failed() ? Verdict.VARIES : verdict;
        } else if (verdict == Verdict.NOT_JUDGED) {
            note = "rests on a decision by a rounded number inside the fused group";
        }
        return new NodeReport(value.node(), finding.group(), verdict, step, difference.worst(), finding.relative(), finding.tolerance(),
                element, apart, repeats.unwritten(), finding.nonFiniteOrigin(), note);
    }

    private static NodeReport.Element element(Value value, Difference difference) {
        return new NodeReport.Element(value.output(), value.shape().position(difference.at()), difference.expected(),
                difference.actual());
    }

    /** One report for each node, in the graph's order. */
    List<NodeReport> reports() {
        List<NodeReport> reports = new ArrayList<>();
        graph.nodes().stream().filter(worst::containsKey).forEach(node -> reports.add(worst.get(node)));
        return reports;
    }
}

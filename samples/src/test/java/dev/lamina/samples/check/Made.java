package dev.lamina.samples.check;

import dev.lamina.backend.CompileOptions;
import dev.lamina.check.BisectReport;
import dev.lamina.check.CheckReport;
import dev.lamina.check.DriftReport;
import dev.lamina.check.NodeReport;
import dev.lamina.check.RepeatReport;
import dev.lamina.check.SideReport;
import dev.lamina.check.Subject;
import dev.lamina.check.Verdict;
import dev.lamina.data.ChannelStatistics;
import dev.lamina.data.Dataset;
import dev.lamina.graph.Graph;
import dev.lamina.graph.Node;
import dev.lamina.graph.Source;
import dev.lamina.models.Models;
import dev.lamina.nn.Model;
import dev.lamina.tensor.Philox;
import dev.lamina.tensor.Shape;
import dev.lamina.train.LossTerms;
import dev.lamina.train.TrainConfig;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Reports made by hand, for tests of what writes them. */
final class Made {
    private Made() { }

    /** The training step of a model on drawn numbers. */
    static Subject subject(String name, Shape input) {
        Model model = Models.create(name, input, 10);
        Dataset data = new DrawnDataset(input, 10, 1);
        TrainConfig config = TrainConfig.builder(name, data.name()).batchSize(2).seed(7).optimizer("momentum").rate(0.05).build();
        return new TrainingSubject(model, data, ChannelStatistics.of(data.first(4)), config, LossTerms.PLAIN, Map.of()).step();
    }

    /** A report in which cpu agrees with the reference at every node. */
    static CheckReport agreeing(Graph graph) {
        return report(graph, node -> node);
    }

    /** A report in which {@code change} makes what cpu did at each node. */
    static CheckReport report(Graph graph, UnaryOperator<NodeReport> change) {
        List<Node> nodes = graph.nodes().stream().filter(n -> !(n.op() instanceof Source)).toList();
        List<NodeReport> right = nodes.stream().map(Made::agreeing).toList();
        List<NodeReport> changed = right.stream().map(change).toList();
        CompileOptions options = CompileOptions.defaults();
        return new CheckReport("made, training step", graph, 1, List.of(
                new SideReport("reference", "reference", "plain Java", options, right, right),
                new SideReport("cpu", "cpu", "a <fast> processor", options, changed, changed)), Optional.empty(), 1.5);
    }

    private static NodeReport agreeing(Node node) {
        double share = new Philox.Stream(3, node.id(), 0).nextUniform();
        NodeReport.Element worst = new NodeReport.Element(0, List.of(0L, 1L), 1, 1 + 1e-6 * share);
        return new NodeReport(node, List.of(node), Verdict.AGREES, 0, 1e-6 * share, 1e-6 * share, 1e-6, Optional.of(worst), 2e-7, 0, false,
                "");
    }

    /** A node that is wrong by a multiple of its tolerance. */
    static NodeReport diverging(NodeReport was, double times) {
        return new NodeReport(was.node(), was.group(), Verdict.DIVERGES, 0, 1e-6 * times, 1e-6 * times, 1e-6,
                Optional.of(new NodeReport.Element(0, List.of(1L, 0L, 2L, 3L), 0.5, 0.5 + 1e-6 * times)), 0.01, 0, false, "");
    }

    /** A node at which NaN begins. */
    static NodeReport notFinite(NodeReport was) {
        return new NodeReport(was.node(), was.group(), Verdict.NOT_FINITE, 0, Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY, 1e-6,
                Optional.of(new NodeReport.Element(0, List.of(4L), 0.25, Double.NaN)), Double.NaN, 0, true, "");
    }

    /** A node with elements that nothing wrote. */
    static NodeReport unwritten(NodeReport was, long elements) {
        return new NodeReport(was.node(), was.group(), Verdict.UNWRITTEN, 0, 0, 0, 1e-6, Optional.empty(), 0, elements, false, "");
    }

    /** A node of which nothing can be said. */
    static NodeReport notJudged(NodeReport was) {
        return new NodeReport(was.node(), was.group(), Verdict.NOT_JUDGED, 0, 0, 0, 0, Optional.empty(), 0, 0, false,
                "It rests on a comparison.");
    }

    /** A report with everything else in it too: drift too far, a node that varies, a bisection that finds its culprit. */
    static CheckResult full(CheckReport report) {
        DriftReport drift = new DriftReport(List.of(new DriftReport.Row(0, "cpu", "fc1.weight", 1e-6, 1e-4),
                new DriftReport.Row(1, "cpu", "fc2.weight", 3e-4, 1e-4)));
        Node node = report.sides().getLast().nodes().getFirst().node();
        RepeatReport repeat = new RepeatReport("cpu", 3, List.of(
                new RepeatReport.Varying(node, false, 2, 17, List.of(0L, 3L), 1.5e-7)));
        BisectReport bisect = new BisectReport("cpu", List.of(
                new BisectReport.Trial("as given", CompileOptions.defaults(), false, node.name()),
                new BisectReport.Trial("without FUSION", CompileOptions.defaults().without(CompileOptions.Pass.FUSION), true, "")));
        CheckReport drifting = new CheckReport(report.subject(), report.graph(), 2, report.sides(), Optional.of(drift), report.seconds());
        return new CheckResult(drifting, List.of(repeat), List.of(bisect), Map.of("seed", "7"), Map.of("lamina", "1"),
                Map.of("cuda", "no driver"));
    }
}

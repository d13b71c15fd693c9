package dev.lamina.cpu.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.CompileOptions.Pass;
import dev.lamina.backend.CompileOptions.Precision;
import dev.lamina.check.BisectReport;
import dev.lamina.check.CheckReport;
import dev.lamina.check.CrossCheck;
import dev.lamina.check.fault.Fault;
import dev.lamina.check.fault.FaultKind;
import dev.lamina.check.NodeReport;
import dev.lamina.check.RepeatReport;
import dev.lamina.check.Side;
import dev.lamina.check.SideReport;
import dev.lamina.check.Subject;
import dev.lamina.check.Verdict;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.GraphException;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Reduction;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.parity.CheckParity;
import dev.lamina.parity.CheckedModels;
import dev.lamina.parity.ModelSteps;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class CrossCheckTest {
    private static final Backend REFERENCE = Backends.open("reference");
    private static final Backend CPU = Backends.open("cpu");
    private static final CompileOptions OPTIONS = CompileOptions.defaults().requiringDeterminism();
    private static final Side RIGHT = Side.of("cpu", CPU, OPTIONS);
    private static final CrossCheck CHECK = CrossCheck.against(REFERENCE);

    @AfterAll
    static void close() {
        CPU.close();
        REFERENCE.close();
    }

    private static Subject lenet() {
        try (ModelSteps steps = CheckedModels.LENET.steps(REFERENCE)) {
            return steps.subject();
        }
    }

    private static NodeReport node(SideReport side, String name) {
        return side.nodes().stream().filter(n -> n.node().name().equals(name)).findFirst().orElseThrow();
    }

    @Test
    void whatComesAfterAFaultIsRightForWhatItWasGiven() {
        CheckReport report = CHECK.check(lenet(), List.of(Side.of(REFERENCE), RIGHT.with(new Fault("conv1", FaultKind.NEGATED))));
        SideReport side = report.sides().get(1);
        assertEquals(List.of("conv1"), side.nodes().stream().filter(n -> n.verdict().failed()).map(n -> n.node().name()).toList());
        assertEquals(2, node(side, "conv1").apart(), 1e-5, "negated, a value is two of its norms away");
        assertTrue(node(side, "fc3").apart() > 0.01, "what comes after is far from the other side's");
        assertFalse(report.agrees());
    }

    @Test
    void aDefectOfAFusionIsFoundInTheGroup() {
        Fault fused = new Fault("relu", FaultKind.SHIFTED).onlyWith(Pass.FUSION);
        BisectReport report = CHECK.bisect(lenet(), RIGHT.with(fused));
        assertEquals("without FUSION", report.culprit().orElseThrow().change());
        assertEquals("relu", report.trials().getFirst().firstDivergent());
        assertEquals(List.of("as given", "without CONSTANT_FOLDING", "without SIMPLIFICATION", "without COMMON_SUBEXPRESSIONS",
                "without FUSION"), report.trials().stream().map(BisectReport.Trial::change).toList());
    }

    @Test
    void aSideThatAgreesIsNotBisected() {
        BisectReport report = CHECK.bisect(lenet(), RIGHT);
        assertEquals(1, report.trials().size());
        assertTrue(report.culprit().isEmpty());
    }

    @Test
    void bisectionEndsWithPrecision() {
        Side narrow = RIGHT.with(OPTIONS.withPrecision(Precision.BFLOAT16)).with(new Fault("fc1", FaultKind.ZERO));
        BisectReport report = CHECK.bisect(lenet(), narrow);
        assertTrue(report.culprit().isEmpty(), "a defect that no switch removes");
        assertEquals("precision float32", report.trials().getLast().change());
        assertTrue(report.trials().stream().allMatch(trial -> trial.firstDivergent().equals("fc1")));
    }

    @Test
    void bfloat16AgreesWithinItsOwnToleranceOnly() {
        Side narrow = RIGHT.with(OPTIONS.withPrecision(Precision.BFLOAT16));
        CheckReport report = CHECK.check(lenet(), List.of(Side.of(REFERENCE), narrow));
        assertTrue(report.agrees(), () -> CheckParity.describe(report));
        assertTrue(node(report.sides().get(1), "fc1").relative() > 1e-4, "bfloat16 is seen");
        assertEquals("fc1", CHECK.check(lenet(), List.of(RIGHT.with(new Fault("fc1", FaultKind.NARROW)))).firstDivergent().orElseThrow()
                .node().node().name(), "where float32 was asked, it is a fault");
    }

    @Test
    void repeatedRunsShowWhatVaries() {
        assertTrue(CHECK.repeat(lenet(), RIGHT, 4).agrees());
        RepeatReport report = CHECK.repeat(lenet(), RIGHT.with(new Fault("conv2", FaultKind.NOT_REPEATABLE)), 4);
        RepeatReport.Varying first = report.varying().getFirst();
        assertEquals("conv2", first.node().name());
        assertFalse(first.operandsVary());
        assertEquals(3, first.runsApart());
        assertTrue(report.varying().stream().skip(1).allMatch(RepeatReport.Varying::operandsVary), "the others pass it on");
    }

    @Test
    void nanThatTheModelMakesHasAnOriginAndAgrees() {
        GraphBuilder g = new GraphBuilder();
        Value x = g.input("x", TensorType.of(DType.FLOAT32, 4));
        Value log = Pointwise.log(g.name("shift").add(new Pointwise.Unary(Pointwise.UnaryFunction.NEGATE), x));
        g.output("y", Reduction.sum(log));
        Subject subject = Subject.of("log", g.build(), Map.of(), Map.of("x", Tensor.of(new float[] {-1, -2, 3, -4}, 4)));
        CheckReport report = CHECK.check(subject, List.of(RIGHT));
        assertTrue(report.agrees(), () -> CheckParity.describe(report));
        List<String> origins = report.sides().getFirst().nodes().stream().filter(NodeReport::nonFiniteOrigin)
                .map(n -> n.node().op().name()).toList();
        assertEquals(List.of("log"), origins);
    }

    @Test
    void unwrittenElementsAreCountedWithTheirFirstPosition() {
        CheckReport report = CHECK.check(lenet(), List.of(RIGHT.with(new Fault("fc3", FaultKind.UNWRITTEN_TAIL))));
        NodeReport node = report.firstDivergent().orElseThrow().node();
        assertEquals(Verdict.UNWRITTEN, node.verdict());
        assertEquals(10, node.unwritten(), "a quarter of 4 rows of 10");
        assertEquals("10 of 40 elements hold what lay in memory before, the first at [3, 0]", node.note());
    }

    @Test
    void cancellationIsMeasuredNotGuessed() {
        GraphBuilder g = new GraphBuilder();
        Value x = g.input("x", TensorType.of(DType.FLOAT32, 1000));
        g.output("y", Reduction.sum(x));
        float[] values = new float[1000];
        for (int i = 0; i < 500; i++) {
            values[i] = 1 + i / 7f;
            values[999 - i] = -values[i];
        }
        values[0] += 1e-3f;
        Subject subject = Subject.of("sum", g.build(), Map.of(), Map.of("x", Tensor.of(values, 1000)));
        CheckReport report = CHECK.check(subject, List.of(RIGHT));
        assertTrue(report.agrees(), () -> CheckParity.describe(report));
        Fault wrong = new Fault("reduceSum", FaultKind.TRUNCATED_SUM);
        assertFalse(CHECK.check(subject, List.of(RIGHT.with(wrong))).agrees());
    }

    @Test
    void aVariableThatIsNotUpdatedDrifts() {
        Fault dropped = new Fault("optim.fc2.weight", FaultKind.DROPPED_UPDATE);
        CheckReport report = CHECK.steps(3).check(lenet(), List.of(Side.of(REFERENCE), RIGHT, new Side("faulty", CPU, OPTIONS,
                java.util.Optional.of(dropped))));
        var rows = report.drift().orElseThrow().rows();
        assertEquals(List.of("cpu", "faulty", "cpu", "faulty", "cpu", "faulty"), rows.stream().map(r -> r.side()).toList());
        assertTrue(rows.stream().filter(r -> r.side().equals("cpu")).allMatch(r -> r.apart() <= r.allowed()));
        assertTrue(rows.stream().filter(r -> r.side().equals("faulty")).allMatch(r -> r.apart() > r.allowed()), rows::toString);
        assertEquals("faulty", report.firstDivergent().orElseThrow().side().label());
    }

    @Test
    void progressCountsSidesOfSteps() {
        List<String> heard = new java.util.ArrayList<>();
        try (ModelSteps steps = CheckedModels.MLP.steps(REFERENCE)) {
            CHECK.steps(2).listening((done, total) -> heard.add(done + "/" + total)).check(steps.subject(),
                    List.of(Side.of(REFERENCE), RIGHT));
        }
        assertEquals(IntStream.rangeClosed(1, 4).mapToObj(i -> i + "/4").toList(), heard);
    }

    @Test
    void wrongRequestsAreRefused() {
        assertEquals("check: steps = 0, needs >= 1.", assertThrows(IllegalArgumentException.class, () -> CHECK.steps(0)).getMessage());
        assertEquals("check: repeat = 1, needs >= 2.",
                assertThrows(IllegalArgumentException.class, () -> CHECK.repeat(lenet(), RIGHT, 1)).getMessage());
        assertEquals("check: there is no side to check; give at least one.",
                assertThrows(IllegalArgumentException.class, () -> CHECK.check(lenet(), List.of())).getMessage());
        assertEquals("check: two sides are labelled \"cpu\"; give each its own label.",
                assertThrows(IllegalArgumentException.class, () -> CHECK.check(lenet(), List.of(RIGHT, RIGHT))).getMessage());
        assertThrows(GraphException.class, () -> CHECK.check(lenet(), List.of(RIGHT.with(new Fault("conv9", FaultKind.NAN)))));
    }
}

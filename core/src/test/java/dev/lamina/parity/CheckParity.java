package dev.lamina.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.lamina.backend.Backend;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.CompileOptions.Poison;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.backend.Tolerance;
import dev.lamina.check.CheckReport;
import dev.lamina.check.CrossCheck;
import dev.lamina.check.fault.Fault;
import dev.lamina.check.fault.FaultKind;
import dev.lamina.check.fault.Faults;
import dev.lamina.check.NodeReport;
import dev.lamina.check.Side;
import dev.lamina.check.SideReport;
import dev.lamina.check.Subject;
import dev.lamina.graph.Graph;
import dev.lamina.graph.Node;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Reduction;
import dev.lamina.graph.Rewritten;
import dev.lamina.graph.Source;
import dev.lamina.graph.Value;
import dev.lamina.graph.cases.CaseGraph;
import dev.lamina.graph.cases.OpCase;
import dev.lamina.graph.cases.OpCases;
import dev.lamina.graph.cases.RandomNetworks;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** Cross-checks that must find nothing, and such that must find what was planted. */
public final class CheckParity {
    private final Backend judge;
    private final Backend first;
    private final Backend second;

    /** Checks of two backends, judged by the reference, which may be one of them. */
    public CheckParity(Backend judge, Backend first, Backend second) {
        this.judge = judge;
        this.first = first;
        this.second = second;
    }

    private static Side side(Backend backend) {
        return Side.of(backend.name(), backend, CompileOptions.defaults().requiringDeterminism());
    }

    /** Every case of the ops, without faults. */
    public Stream<DynamicTest> casesAgree() {
        return OpCases.all().stream().map(c -> dynamicTest(c.name(), () -> agrees(new CaseGraph(c, DType.FLOAT32).subject(c.name()), 1)));
    }

    /**
     * Every kind of fault at every kind of op is found, and named at the node where it is; each at the first case where it changes a bit at
     * all, which is seen without any check.
     *
     * @param ops names of ops to take, those of functions for pointwise ops and reductions
     */
    public Stream<DynamicTest> faultsAreNamed(Predicate<String> ops) {
        Map<String, List<Planted>> places = new LinkedHashMap<>();
        for (OpCase c : OpCases.all()) {
            CaseGraph drawn = new CaseGraph(c, DType.FLOAT32);
            for (Node node : drawn.graph().nodes()) {
                if (!(node.op() instanceof Source) && ops.test(kinds(node))) {
                    Faults.applicable(drawn.graph(), node).forEach(kind -> places.computeIfAbsent(kinds(node) + ":" + kind.label(),
                            _ -> new ArrayList<>()).add(new Planted(c, drawn, new Fault(node.name(), kind))));
                }
            }
        }
        return places.entrySet().stream().map(entry -> dynamicTest(entry.getKey(), () -> isNamed(entry.getValue())));
    }

    /** A fault in a case. */
    private record Planted(OpCase opCase, CaseGraph drawn, Fault fault) {
    }

    /** The op, and which function of those that one record holds. */
    private static String kinds(Node node) {
        return node.op() instanceof Pointwise.Unary unary ? unary.function().name()
                : node.op() instanceof Pointwise.Binary binary ? binary.function().name()
                : node.op() instanceof Reduction.Reduce reduce ? reduce.fold().name() : node.op().name();
    }

    private void isNamed(List<Planted> places) {
        Planted place = places.stream().filter(this::changesSomething).findFirst().orElseThrow(() -> new AssertionError(
                "no effect in any of " + places.stream().map(p -> p.opCase.name()).toList()));
        isNamed(place.drawn.subject(place.opCase.name()), place.fault);
    }

    /** Runs the reference with and without the fault, twice. */
    private boolean changesSomething(Planted place) {
        Graph graph = place.drawn.graph();
        Node node = graph.nodes().stream().filter(n -> n.name().equals(place.fault.node())).findFirst().orElseThrow();
        List<Tensor> right = results(place, Rewritten.identity(graph), node);
        List<Tensor> wrong = results(place, Faults.inject(graph, place.fault, Poison.ONES), node);
        return IntStream.range(0, right.size()).anyMatch(i -> place.fault.kind() == FaultKind.NARROW
                ? differs(right.get(i), wrong.get(i)) : Parity.differ(right.get(i), wrong.get(i)));
    }

    /** Where operands need no more bits than bfloat16 has, or hardly matter, rounding them cannot be seen. */
    private static boolean differs(Tensor right, Tensor wrong) {
        return right.dtype().isFloating() ? !Tolerance.of(DType.FLOAT32, 10_000).compare(right, wrong).agrees()
                : Parity.differ(right, wrong);
    }

    private List<Tensor> results(Planted place, Rewritten rewritten, Node node) {
        List<Tensor> results = new ArrayList<>();
        try (State state = judge.createState(rewritten.graph().variables());
                Executable executable = judge.compile(rewritten.graph(), CompileOptions.defaults().keepingAll())) {
            Subject subject = place.drawn.subject("");
            subject.variables().forEach((name, value) -> {
                if (state.variables().containsKey(name)) {
                    state.set(name, value);
                }
            });
            Map<String, Tensor> inputs = new HashMap<>(place.drawn.inputs());
            inputs.keySet().retainAll(rewritten.graph().inputs().stream().map(Value::name).toList());
            for (int run = 0; run < 2; run++) {
                executable.run(state, inputs);
                node.outputs().forEach(v -> results.add(rewritten.of(v).map(executable::read)
                        .orElseGet(() -> Tensor.zeros(v.dtype(), v.shape()))));
            }
        }
        return results;
    }

    private void isNamed(Subject subject, Fault fault) {
        CheckReport report = CrossCheck.against(judge).steps(2).check(subject, List.of(side(first), side(second).with(fault)));
        assertTrue(report.sides().getFirst().firstDivergent().isEmpty(), () -> "other side: " + describe(report));
        assertEquals(fault.node(), report.sides().get(1).firstDivergent().map(n -> n.node().name()).orElse("nothing"),
                () -> fault + " in " + describe(report));
    }

    /** Two steps of a random network: nothing is found, in no way of running it. */
    public void randomNetworkAgrees(long seed) {
        RandomNetworks.Drawn drawn = RandomNetworks.of(seed);
        agrees(Subject.of("random network " + seed, drawn.graph(), drawn.variables(), drawn.inputs()), 2);
    }

    /** Checks that nothing is found; gives the report. */
    public CheckReport agrees(Subject subject, int steps) {
        CheckReport report = CrossCheck.against(judge).steps(steps).check(subject, List.of(side(first), side(second)));
        assertTrue(report.agrees(), () -> describe(report));
        return report;
    }

    /** What a report found, for a failing test's message. */
    public static String describe(CheckReport report) {
        StringBuilder text = new StringBuilder(report.subject());
        for (SideReport side : report.sides()) {
            Stream.concat(side.nodes().stream(), side.groups().stream()).filter(n -> n.verdict().failed()).limit(5)
                    .forEach(n -> text.append("\n  ").append(side.label()).append(": ").append(describe(n)));
        }
        report.drift().ifPresent(d -> d.rows().stream().filter(r -> r.apart() > r.allowed()).limit(5)
                .forEach(r -> text.append("\n  ").append(r)));
        return text.toString();
    }

    private static String describe(NodeReport n) {
        return "%s %s, relative %.3g, tolerance %.3g, step %d, %s, group of %d, %s".formatted(n.node(), n.verdict().label(), n.relative(),
                n.tolerance(), n.step(), n.worst(), n.group().size(), n.note());
    }
}

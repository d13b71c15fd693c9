package dev.lamina.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.CompileOptions.Poison;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.check.fault.Fault;
import dev.lamina.check.fault.FaultCases;
import dev.lamina.check.fault.FaultKind;
import dev.lamina.check.fault.Faults;
import dev.lamina.graph.Graph;
import dev.lamina.graph.Node;
import dev.lamina.graph.Rewritten;
import dev.lamina.graph.Update;
import dev.lamina.graph.Value;
import dev.lamina.graph.cases.CaseGraph;
import dev.lamina.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every fault changes its own node, and nothing before it. */
class FaultEffectsTest {
    /** Where operands happen to show no difference: without ties, or all numbers that bfloat16 holds, or zeros in both runs. */
    private static final Map<FaultKind, Set<String>> UNSEEN = Map.of(
            FaultKind.WRONG_TIES, Set.of("maxPool 3/2 overlapping of [2, 3, 7, 6], maxPool \"maxPool\"",
                    "argMax axis 1, argMax \"argMax\""),
            FaultKind.LOST_ADDEND, Set.of("maxUnpool 3/2 overlapping, maxPoolGradient \"maxPoolGradient\""),
            FaultKind.STALE, Set.of("less with ties, less \"less\""),
            FaultKind.NARROW, Set.of("maxPool 3/2 overlapping of [2, 3, 7, 6], maxPoolGradient \"grad/maxPool/maxPoolGradient\"",
                    "poolGather 3/1, maxPoolGradient \"grad/poolGather/maxPoolGradient\"", "subtract[3,5][3,5], subtract \"subtract\"",
                    "multiply[3,5][5], reshape \"grad/multiply/reshape\"", "where[3,4][3,4][3,4], where \"grad/where/where\"",
                    "where[3,4][3,4][3,4], where \"grad/where/where_2\"",
                    "reluGradient GRADIENT, reluGradient \"grad/reluGradient/reluGradient\"",
                    "gather axis 1 by [4], gatherGradient \"grad/gather/gatherGradient\"",
                    "gatherGradient, gather \"grad/gatherGradient/gather\"", "dropout [3, 5], dropout \"grad/dropout/dropout\""));

    private static Backend backend;

    @BeforeAll
    static void open() {
        backend = Backends.open("reference");
    }

    @AfterAll
    static void close() {
        backend.close();
    }

    static List<FaultCases.At> cases() {
        return FaultCases.all();
    }

    /** All values of the original after each of two runs, the second with other inputs and seed. */
    private static List<Map<Value, Tensor>> runs(CaseGraph drawn, Rewritten rewritten, Poison poison) {
        Graph graph = rewritten.graph();
        List<Map<Value, Tensor>> runs = new ArrayList<>();
        CompileOptions options = CompileOptions.defaults().keepingAll().poisoned(poison);
        try (State state = backend.createState(graph.variables()); Executable executable = backend.compile(graph, options)) {
            graph.variables().stream().map(Value::name).filter(drawn.variables()::containsKey)
                    .forEach(name -> state.set(name, drawn.variables().get(name)));
            Map<String, Tensor> inputs = new HashMap<>(drawn.inputs());
            for (int run = 0; run < 2; run++) {
                executable.run(state, inputs);
                Map<Value, Tensor> values = new HashMap<>();
                rewritten.values().forEach((original, value) -> values.put(original, executable.read(value)));
                runs.add(values);
                inputs.replaceAll((_, tensor) -> others(tensor));
                if (state.variables().containsKey("rng.seed")) {
                    state.set("rng.seed", Tensor.scalar(state.variables().get("rng.seed").dtype(), 99));
                }
            }
        }
        return runs;
    }

    /** The same numbers in reverse order, so that each stays in its range. */
    private static Tensor others(Tensor tensor) {
        double[] values = tensor.toDoubles();
        double[] reversed = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            reversed[i] = values[values.length - 1 - i];
        }
        return Tensor.of(tensor.dtype(), reversed, reversed.length).reshape(tensor.shape().toArray());
    }

    private static boolean same(Tensor a, Tensor b) {
        MemorySegment first = a.contiguous().memory().asSlice(0, a.byteSize());
        return first.mismatch(b.contiguous().memory().asSlice(0, b.byteSize())) < 0;
    }

    private static boolean anyDiffers(Node node, Map<Value, Tensor> clean, Map<Value, Tensor> faulty) {
        return node.outputs().stream().anyMatch(v -> faulty.containsKey(v) && !same(clean.get(v), faulty.get(v)));
    }

    private static Set<Node> from(Graph graph, Node node) {
        Set<Node> reached = new HashSet<>(Set.of(node));
        for (Node next : graph.nodes()) {
            if (next.inputs().stream().anyMatch(v -> reached.contains(v.node()))) {
                reached.add(next);
            }
        }
        return reached;
    }

    /** Variables that hold a node's results after a run. */
    private static Stream<Value> written(Node node) {
        return node.op() instanceof Update update ? update.updated(node.inputs().size()).stream().map(node::input) : Stream.empty();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void nodeDiffersAndNothingElse(FaultCases.At at) {
        Graph graph = at.drawn().graph();
        List<Map<Value, Tensor>> clean = runs(at.drawn(), Rewritten.identity(graph), Poison.NONE);
        Set<Node> reached = from(graph, at.node());
        Set<Value> written = reached.stream().flatMap(FaultEffectsTest::written).collect(Collectors.toSet());
        List<String> failures = new ArrayList<>();
        for (FaultKind kind : Faults.applicable(graph, at.node())) {
            Rewritten rewritten = Faults.inject(graph, new Fault(at.node().name(), kind), Poison.MIXED);
            List<Map<Value, Tensor>> faulty = runs(at.drawn(), rewritten, Poison.MIXED);
            int run = kind == FaultKind.STALE ? 1 : 0;
            boolean unseen = UNSEEN.getOrDefault(kind, Set.of()).contains(at.toString());
            if (anyDiffers(at.node(), clean.get(run), faulty.get(run)) == unseen) {
                failures.add(kind + (unseen ? " changes something" : " changes nothing"));
            }
            for (Map.Entry<Value, Tensor> entry : faulty.getFirst().entrySet()) {
                if (!reached.contains(entry.getKey().node()) && !written.contains(entry.getKey())
                        && !same(clean.getFirst().get(entry.getKey()), entry.getValue())) {
                    failures.add(kind + " changes " + entry.getKey());
                }
            }
        }
        assertEquals(List.of(), failures, at::toString);
    }
}

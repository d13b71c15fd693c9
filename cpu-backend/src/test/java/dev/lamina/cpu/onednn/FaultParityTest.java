package dev.lamina.cpu.onednn;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.CompileOptions.Poison;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.backend.Tolerance;
import dev.lamina.check.fault.Fault;
import dev.lamina.check.fault.FaultCases;
import dev.lamina.check.fault.FaultKind;
import dev.lamina.check.fault.Faults;
import dev.lamina.graph.Convolution;
import dev.lamina.graph.Graph;
import dev.lamina.graph.Value;
import dev.lamina.graph.cases.CaseGraph;
import dev.lamina.parity.Parity;
import dev.lamina.tensor.Tensor;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A fault is the same on another backend: the graph compiles there, and gives the same wrong numbers. */
@org.junit.jupiter.api.Tag("slow")
class FaultParityTest {
    /** Kinds that spoil a finished result, whatever computed it: tried at a few nodes only. */
    private static final Set<FaultKind> ANYWHERE = EnumSet.of(FaultKind.NAN, FaultKind.INFINITY, FaultKind.WRONG_ELEMENT,
            FaultKind.UNWRITTEN_TAIL, FaultKind.ZERO, FaultKind.STALE, FaultKind.NOT_REPEATABLE, FaultKind.SHIFTED, FaultKind.TRANSPOSED,
            FaultKind.DOUBLED);
    private static final Set<String> FEW = Set.of("conv2d", "conv2dFilterGradient", "matmul", "batchNorm", "argMax", "sgd", "adam", "not");

    private static Backend backend;
    private static Backend reference;

    @BeforeAll
    static void open() {
        backend = OneDnn.open(2);
        reference = Backends.open("reference");
    }

    @AfterAll
    static void close() {
        if (backend != null) {
            backend.close();
            reference.close();
        }
    }

    /** One node of each op. */
    static List<FaultCases.At> cases() {
        Set<Class<?>> seen = new HashSet<>();
        return FaultCases.all().stream().filter(at -> seen.add(at.node().op().getClass())).toList();
    }

    /** The slices of a shifted filter's gradient once failed to compile where its layout has an axis for the groups. */
    @Test
    void gradientOfAGroupedFilterIsShifted() {
        FaultCases.At at = FaultCases.all().stream().filter(c -> c.name().equals("conv2d with bias 2 groups")
                && c.node().op() instanceof Convolution.Conv2dFilterGradient).findFirst().orElseThrow();
        wrongNumbersAreTheSame(at);
    }

    private static Map<String, Tensor> run(Backend backend, CaseGraph drawn, Graph graph) {
        try (State state = backend.createState(graph.variables());
                Executable executable = backend.compile(graph, CompileOptions.defaults())) {
            graph.variables().stream().map(Value::name).filter(drawn.variables()::containsKey)
                    .forEach(name -> state.set(name, drawn.variables().get(name)));
            executable.run(state, drawn.inputs());
            Map<String, Tensor> results = new LinkedHashMap<>(executable.call(state, drawn.inputs()));
            state.variables().keySet().forEach(name -> results.put("state/" + name, state.get(name)));
            return results;
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void wrongNumbersAreTheSame(FaultCases.At at) {
        List<String> failures = new ArrayList<>();
        for (FaultKind kind : Faults.applicable(at.drawn().graph(), at.node())) {
            if (ANYWHERE.contains(kind) && !FEW.contains(at.node().op().name())) {
                continue;
            }
            Graph graph = Faults.inject(at.drawn().graph(), new Fault(at.node().name(), kind), Poison.ONES).graph();
            // Sums of up to about a hundred numbers near 1.
            Parity.compare(run(reference, at.drawn(), graph), run(backend, at.drawn(), graph), d -> new Tolerance(d, 144, 1),
                    kind.label(), failures);
        }
        assertTrue(failures.isEmpty(), () -> at + "\n" + String.join("\n", failures));
    }
}

package dev.lamina.check.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.CompileOptions.Poison;
import dev.lamina.graph.Graph;
import dev.lamina.graph.Rewritten;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What stays of a graph that a fault is planted in. */
class FaultsTest {
    static List<FaultCases.At> cases() {
        return FaultCases.all();
    }

    private static Map<String, TensorType> types(List<Value> values) {
        Map<String, TensorType> types = new LinkedHashMap<>();
        values.forEach(value -> types.put(value.name(), value.type()));
        return types;
    }

    private static Map<String, TensorType> outputs(Graph graph) {
        return graph.outputs().entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().type()));
    }

    @Test
    void everyOpCanBeSpoilt() {
        Set<Class<?>> missing = new HashSet<>(FaultCases.ops());
        FaultCases.all().forEach(at -> missing.remove(at.node().op().getClass()));
        assertEquals(Set.of(), missing);
    }

    @Test
    void everyKindFitsSomewhere() {
        Set<FaultKind> missing = EnumSet.allOf(FaultKind.class);
        FaultCases.all().forEach(at -> missing.removeAll(Faults.applicable(at.drawn().graph(), at.node())));
        assertEquals(Set.of(), missing);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyNodeTakesAWrongElement(FaultCases.At at) {
        List<FaultKind> kinds = Faults.applicable(at.drawn().graph(), at.node());
        assertTrue(kinds.contains(FaultKind.WRONG_ELEMENT));
        boolean floating = at.node().outputTypes().stream().anyMatch(type -> type.dtype().isFloating());
        assertTrue(!floating || kinds.contains(FaultKind.NAN) || at.node().outputs().size() > 1);
        assertTrue(Faults.applicable(at.node()).containsAll(kinds.stream().filter(kind -> kind != FaultKind.SWAPPED).toList()));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void graphKeepsItsInputsVariablesAndOutputs(FaultCases.At at) {
        Graph graph = at.drawn().graph();
        for (FaultKind kind : Faults.applicable(graph, at.node())) {
            Rewritten faulty = Faults.inject(graph, new Fault(at.node().name(), kind), Poison.MIXED);
            assertEquals(types(graph.inputs()), types(faulty.graph().inputs()), kind.label());
            assertEquals(outputs(graph), outputs(faulty.graph()), kind.label());
            graph.outputs().forEach((name, value) -> assertSame(faulty.of(value).orElseThrow(), faulty.graph().output(name)));
            assertFalse(at.node().outputs().stream().allMatch(value -> faulty.of(value).isEmpty()), kind.label());
            Map<String, TensorType> variables = types(faulty.graph().variables());
            Map<String, TensorType> hidden = new LinkedHashMap<>(variables);
            hidden.keySet().removeAll(types(graph.variables()).keySet());
            variables.keySet().removeAll(hidden.keySet());
            assertEquals(types(graph.variables()), variables, kind.label());
            assertTrue(hidden.keySet().stream().allMatch(name -> name.startsWith("fault/")), kind.label());
            assertEquals(kind == FaultKind.STALE || kind == FaultKind.NOT_REPEATABLE, !hidden.isEmpty(), kind.label());
        }
    }

    @Test
    void faultsAddUp() {
        FaultCases.At at = FaultCases.all().stream().filter(c -> c.name().equals("exp[3,5]")).findFirst().orElseThrow();
        Graph graph = at.drawn().graph();
        Fault fault = new Fault(at.node().name(), FaultKind.STALE);
        Rewritten once = Faults.inject(graph, fault, Poison.NONE);
        Rewritten twice = Faults.inject(once.graph(), new Fault(at.node().name(), FaultKind.STALE), Poison.NONE);
        assertEquals(Set.of("fault/stale", "fault/stale_1"), types(twice.graph().variables()).keySet());
        assertEquals(outputs(graph), outputs(twice.graph()));
    }
}

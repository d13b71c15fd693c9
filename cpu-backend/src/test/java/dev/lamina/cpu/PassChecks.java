package dev.lamina.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lamina.backend.Backend;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.CompileOptions.Pass;
import dev.lamina.backend.Executable;
import dev.lamina.backend.GraphPasses;
import dev.lamina.backend.State;
import dev.lamina.graph.Graph;
import dev.lamina.graph.Rewritten;
import dev.lamina.graph.Value;
import dev.lamina.tensor.Tensor;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** Compares what a graph computes before and after passes, on the reference backend. */
final class PassChecks {
    /** Each pass that changes no bit alone, and all of them. */
    static final List<Set<Pass>> EXACT = List.of(EnumSet.of(Pass.SIMPLIFICATION), EnumSet.of(Pass.CONSTANT_FOLDING),
            EnumSet.of(Pass.COMMON_SUBEXPRESSIONS),
            EnumSet.of(Pass.SIMPLIFICATION, Pass.CONSTANT_FOLDING, Pass.COMMON_SUBEXPRESSIONS));

    private PassChecks() { }

    static Rewritten apply(Backend backend, Graph graph, Set<Pass> passes) {
        CompileOptions defaults = CompileOptions.defaults();
        return GraphPasses.apply(graph, new CompileOptions(defaults.precision(), false, false, passes), part -> evaluate(backend, part));
    }

    private static Map<String, Tensor> evaluate(Backend backend, Graph graph) {
        assertEquals(List.of(), graph.variables());
        try (State state = backend.createState(List.of()); Executable executable = backend.compile(graph, CompileOptions.defaults())) {
            return executable.call(state, Map.of());
        }
    }

    /** Every value that went somewhere must hold the same bits there after each of some runs; so must the state. */
    static void sameBits(Backend backend, Graph graph, Rewritten rewritten, Map<String, Tensor> inputs, Consumer<State> fill, int runs) {
        CompileOptions keeping = CompileOptions.defaults().keepingAll();
        try (State expected = backend.createState(graph.variables()); State actual = backend.createState(rewritten.graph().variables());
                Executable before = backend.compile(graph, keeping); Executable after = backend.compile(rewritten.graph(), keeping)) {
            assertEquals(expected.variables(), actual.variables());
            assertEquals(List.copyOf(graph.outputs().keySet()), List.copyOf(rewritten.graph().outputs().keySet()));
            fill.accept(expected);
            fill.accept(actual);
            for (int run = 0; run < runs; run++) {
                before.run(expected, inputs);
                after.run(actual, inputs);
                rewritten.values().forEach((from, to) -> same(before.read(from), after.read(to), from));
                graph.outputs().keySet().forEach(name -> same(before.read(name), after.read(name), graph.output(name)));
                expected.variables().keySet().forEach(name -> assertArrayEquals(bits(expected.get(name)), bits(actual.get(name)), name));
            }
        }
    }

    /** Outputs of one run. */
    static Map<String, Tensor> run(Backend backend, Graph graph, Map<String, Tensor> inputs, Consumer<State> fill) {
        try (State state = backend.createState(graph.variables()); Executable executable = backend.compile(graph,
                CompileOptions.defaults())) {
            fill.accept(state);
            return new LinkedHashMap<>(executable.call(state, inputs));
        }
    }

    private static void same(Tensor expected, Tensor actual, Value value) {
        assertEquals(expected.shape(), actual.shape());
        assertEquals(expected.dtype(), actual.dtype());
        assertArrayEquals(bits(expected), bits(actual), () -> value + " was " + expected + ", is " + actual);
    }

    /** Elements as bits; all NaNs are one, both zeros are two. */
    private static long[] bits(Tensor tensor) {
        return tensor.dtype().isFloating() ? java.util.Arrays.stream(tensor.toDoubles()).mapToLong(Double::doubleToLongBits).toArray()
                : tensor.toLongs();
    }
}

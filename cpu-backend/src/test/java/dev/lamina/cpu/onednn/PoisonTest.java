package dev.lamina.cpu.onednn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.CompileOptions.Poison;
import dev.lamina.backend.State;
import dev.lamina.graph.Convolution;
import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Source;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.graph.Window;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a run fills, and what it must leave. */
class PoisonTest {
    private static OneDnnBackend backend;

    @BeforeAll
    static void open() {
        backend = OneDnn.open(2);
    }

    @AfterAll
    static void close() {
        if (backend != null) {
            backend.close();
        }
    }

    private static OneDnnExecutable compile(Graph graph, Poison poison) {
        return (OneDnnExecutable) backend.compile(graph, CompileOptions.defaults().poisoned(poison));
    }

    /** {@code y = exp(x + c)}, {@code z = tanh(w) x}, whose first factor depends on the state only; three elements each. */
    private static Graph graph() {
        GraphBuilder g = new GraphBuilder();
        TensorType type = TensorType.of(DType.FLOAT32, 3);
        Value x = g.input("x", type);
        g.output("y", Pointwise.exp(x.plus(Source.constant(g, Tensor.of(new float[] {1, 2, 3})))));
        g.output("z", Pointwise.tanh(g.variable("w", type, true)).times(x));
        return g.build();
    }

    private static final Map<String, Tensor> INPUTS = Map.of("x", Tensor.of(new float[] {-1, -2, -3}));

    private static long count(MemorySegment memory, byte pattern) {
        return memory.elements(ValueLayout.JAVA_BYTE).filter(b -> b.get(ValueLayout.JAVA_BYTE, 0) == pattern).count();
    }

    /** Places begin at multiples of 64 bytes, and none of the values is as long: what lies between them is written by nobody else. */
    @ParameterizedTest
    @EnumSource
    void aRunFillsMemoryThatNoStepWrites(Poison poison) {
        Graph graph = graph();
        try (State state = backend.createState(graph.variables()); OneDnnExecutable executable = compile(graph, poison)) {
            assertEquals(0, count(executable.arena(), Poison.MIXED.pattern()));
            executable.run(state, INPUTS);
            long between = count(executable.arena(), Poison.MIXED.pattern());
            assertTrue(poison == Poison.MIXED ? between >= 3 * 52 : between == 0, poison + ": " + between);
            assertArrayEquals(new float[] {1, 1, 1}, executable.read(graph.output("y")).toFloats());
        }
    }

    @ParameterizedTest
    @EnumSource(names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void resultsAreFilledAndComputedAnew(Poison poison) {
        Graph graph = graph();
        byte p = poison.pattern();
        byte[] filled = {p, p, p, p, p, p, p, p, p, p, p, p};
        try (State state = backend.createState(graph.variables()); OneDnnExecutable executable = compile(graph, poison)) {
            executable.run(state, INPUTS);
            executable.poisoning().beforeRun();
            for (String output : graph.outputs().keySet()) {
                assertArrayEquals(filled, OneDnn.bytes(executable.read(graph.output(output))), output);
            }
            executable.run(state, INPUTS);
            assertArrayEquals(new float[] {1, 1, 1}, executable.read(graph.output("y")).toFloats());
        }
    }

    @Test
    void whatDependsOnTheStateOnlyStaysUntilTheStateChanges() {
        GraphBuilder g = new GraphBuilder();
        Value w = g.variable("w", TensorType.of(DType.FLOAT32, 17, 17, 3, 3), true);
        g.output("y", Convolution.conv2d(g.input("x", TensorType.of(DType.FLOAT32, 1, 17, 6, 6)), Pointwise.tanh(w), Window.of(3), 1));
        Graph graph = g.build();
        Map<String, Tensor> inputs = OneDnn.draw(graph.inputs());
        try (State state = backend.createState(graph.variables()); OneDnnExecutable clean = compile(graph, Poison.NONE);
                OneDnnExecutable poisoned = compile(graph, Poison.MIXED)) {
            for (int salt : new int[] {1, 1, 2, 2}) {
                state.set("w", OneDnn.draw(salt, 17, 17, 3, 3));
                byte[] expected = OneDnn.bytes(clean.call(state, inputs).get("y"));
                assertArrayEquals(expected, OneDnn.bytes(poisoned.call(state, inputs).get("y")));
                assertArrayEquals(expected, OneDnn.bytes(poisoned.call(state, inputs).get("y")), "the filter is not computed again");
            }
        }
    }

    @Test
    void withoutPoisonNothingIsFilled() {
        Graph graph = graph();
        try (State state = backend.createState(graph.variables()); OneDnnExecutable executable = compile(graph, Poison.NONE)) {
            executable.run(state, INPUTS);
            executable.poisoning().beforeRun();
            executable.poisoning().beforePrologue();
            assertArrayEquals(new float[] {1, 1, 1}, executable.read(graph.output("y")).toFloats());
        }
    }
}

package dev.lamina.cpu.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.CompileOptions.Poison;
import dev.lamina.backend.State;
import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Source;
import dev.lamina.graph.TensorType;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a run of the reference fills, and what it must leave. */
class ReferencePoisonTest {
    private static final Map<String, Tensor> INPUTS = Map.of("x", Tensor.of(new float[] {-1, -2, -3}));
    /** Values have 12 bytes and places 64. */
    private static final long BETWEEN = 52;

    private static Backend backend;

    @BeforeAll
    static void open() {
        backend = Backends.open("reference");
    }

    @AfterAll
    static void close() {
        backend.close();
    }

    private static Graph graph() {
        GraphBuilder g = new GraphBuilder();
        var x = g.input("x", TensorType.of(DType.FLOAT32, 3));
        g.output("y", Pointwise.exp(x.plus(Source.constant(g, Tensor.of(new float[] {1, 2, 3})))));
        return g.build();
    }

    private static ReferenceExecutable compile(Graph graph, Poison poison) {
        return (ReferenceExecutable) backend.compile(graph, CompileOptions.defaults().poisoned(poison));
    }

    private static long count(MemorySegment memory, byte pattern) {
        return memory.elements(ValueLayout.JAVA_BYTE).filter(b -> b.get(ValueLayout.JAVA_BYTE, 0) == pattern).count();
    }

    @ParameterizedTest
    @EnumSource
    void aRunFillsMemoryThatNoKernelWrites(Poison poison) {
        Graph graph = graph();
        try (State state = backend.createState(graph.variables()); ReferenceExecutable executable = compile(graph, poison)) {
            assertEquals(0, count(executable.memory(), Poison.MIXED.pattern()));
            executable.run(state, INPUTS);
            long between = count(executable.memory(), Poison.MIXED.pattern());
            assertTrue(poison == Poison.MIXED ? between >= 2 * BETWEEN : between == 0, poison + ": " + between);
            assertArrayEquals(new float[] {1, 1, 1}, executable.read(graph.output("y")).toFloats());
        }
    }

    @ParameterizedTest
    @EnumSource(names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void resultsAreFilledAndComputedAnew(Poison poison) {
        Graph graph = graph();
        try (State state = backend.createState(graph.variables()); ReferenceExecutable executable = compile(graph, poison)) {
            executable.run(state, INPUTS);
            executable.poison();
            Tensor y = executable.read(graph.output("y"));
            assertEquals(y.byteSize(), count(y.memory(), poison.pattern()));
            executable.run(state, INPUTS);
            assertArrayEquals(new float[] {1, 1, 1}, executable.read(graph.output("y")).toFloats());
        }
    }
}

package dev.lamina.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.CompileOptions.Poison;
import dev.lamina.backend.State;
import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.MatMul;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Source;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a run fills on the device, and what it must leave. */
class PoisonTest {
    private static final Map<String, Tensor> INPUTS = Map.of("x", Tensor.of(new float[] {-1, -2, -3}));
    private static final float[] ONES = {1, 1, 1};

    private static CudaBackend backend;

    @BeforeAll
    static void open() {
        backend = Tested.open(Settings.defaults().searching(false));
    }

    @AfterAll
    static void close() {
        if (backend != null) {
            backend.close();
        }
    }

    private static CudaExecutable compile(CudaBackend on, Graph graph, Poison poison) {
        return (CudaExecutable) on.compile(graph, CompileOptions.defaults().poisoned(poison));
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

    private static long count(long address, long bytes, byte pattern) {
        try (Arena scope = Arena.ofConfined()) {
            MemorySegment copy = scope.allocate(bytes);
            backend.staging().download(address, copy);
            return copy.elements(ValueLayout.JAVA_BYTE).filter(b -> b.get(ValueLayout.JAVA_BYTE, 0) == pattern).count();
        }
    }

    private static long mixed(CudaExecutable executable) {
        return count(executable.arena().address(), executable.arena().bytes(), Poison.MIXED.pattern());
    }

    /** Places begin at multiples of 256 bytes, and none of the values is as long: what lies between them is written by nobody else. */
    @ParameterizedTest
    @EnumSource
    void aRunFillsMemoryThatNoStepWrites(Poison poison) {
        Graph graph = graph();
        try (State state = backend.createState(graph.variables()); CudaExecutable executable = compile(backend, graph, poison)) {
            assertEquals(0, mixed(executable));
            executable.run(state, INPUTS);
            long between = mixed(executable);
            assertTrue(poison == Poison.MIXED ? between >= 3 * 244 : between == 0, poison + ": " + between);
            assertArrayEquals(ONES, executable.read(graph.output("y")).toFloats());
        }
    }

    @ParameterizedTest
    @EnumSource(names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void resultsAreFilledAndComputedAnewInEveryRun(Poison poison) {
        Graph graph = graph();
        byte p = poison.pattern();
        byte[] filled = {p, p, p, p, p, p, p, p, p, p, p, p};
        try (State state = backend.createState(graph.variables()); CudaExecutable executable = compile(backend, graph, poison)) {
            for (int run = 0; run < 4; run++) {
                executable.run(state, INPUTS);
                assertArrayEquals(ONES, executable.read(graph.output("y")).toFloats(), "run " + run);
                executable.poisoning().beforeRun(backend.compute());
                for (String output : graph.outputs().keySet()) {
                    assertArrayEquals(filled, executable.read(graph.output(output)).memory().toArray(ValueLayout.JAVA_BYTE), output);
                }
            }
        }
    }

    @Test
    void whatDependsOnTheStateOnlyStaysUntilTheStateChanges() {
        Graph graph = graph();
        try (State state = backend.createState(graph.variables()); CudaExecutable clean = compile(backend, graph, Poison.NONE);
                CudaExecutable poisoned = compile(backend, graph, Poison.MIXED)) {
            for (float w : new float[] {1, 1, -2, -2}) {
                state.set("w", Tensor.of(new float[] {w, 2 * w, 3 * w}));
                float[] expected = clean.call(state, INPUTS).get("z").toFloats();
                assertArrayEquals(expected, poisoned.call(state, INPUTS).get("z").toFloats());
                assertArrayEquals(expected, poisoned.call(state, INPUTS).get("z").toFloats(), "the factor is not computed again");
            }
        }
    }

    @Test
    void withoutPoisonNothingIsFilled() {
        Graph graph = graph();
        try (State state = backend.createState(graph.variables()); CudaExecutable executable = compile(backend, graph, Poison.NONE)) {
            executable.run(state, INPUTS);
            executable.poisoning().beforeRun(backend.compute());
            executable.poisoning().beforePrologue(backend.compute());
            assertArrayEquals(ONES, executable.read(graph.output("y")).toFloats());
        }
    }

    @Test
    void guardsStayWatched() {
        Graph graph = graph();
        try (CudaBackend guarded = Tested.open(); State state = guarded.createState(graph.variables());
                CudaExecutable executable = compile(guarded, graph, Poison.MIXED)) {
            executable.run(state, INPUTS);
            assertArrayEquals(ONES, executable.call(state, INPUTS).get("y").toFloats());
        }
    }

    @Test
    void productsTakeFilledWorkspace() {
        GraphBuilder g = new GraphBuilder();
        Value x = g.input("x", TensorType.of(DType.FLOAT32, 1, 3));
        g.output("y", MatMul.matmul(x, Source.constant(g, Tensor.of(new float[] {1, 2, 3}).reshape(3, 1))));
        Graph graph = g.build();
        try (State state = backend.createState(graph.variables()); CudaExecutable executable = compile(backend, graph, Poison.MIXED)) {
            executable.run(state, Map.of("x", Tensor.of(new float[] {1, 2, 3}).reshape(1, 3)));
            assertArrayEquals(new float[] {14}, executable.read(graph.output("y")).toFloats());
            executable.poisoning().beforeRun(backend.compute());
            long bytes = backend.blasWorkspace().bytes();
            assertEquals(bytes, count(backend.blasWorkspace().address(), bytes, Poison.MIXED.pattern()));
        }
    }
}

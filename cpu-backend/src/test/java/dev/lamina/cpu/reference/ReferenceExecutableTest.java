package dev.lamina.cpu.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.Backend;
import dev.lamina.backend.BackendException;
import dev.lamina.backend.Backends;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Source;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Update;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Tensor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Life and errors of executables and states. */
class ReferenceExecutableTest {
    private final Backend backend = Backends.open("reference");
    private final GraphBuilder g = new GraphBuilder();
    private final Value x = g.input("x", TensorType.of(DType.FLOAT32, 2));
    private final Value v = g.variable("v", x.type(), true);
    private final Value twice = x.plus(x);
    private final Value y = Pointwise.exp(twice.plus(v));

    @AfterEach
    void close() {
        backend.close();
    }

    private Executable compile(CompileOptions options) {
        g.output("y", y);
        return backend.compile(g.build(), options);
    }

    private static Tensor floats(float... values) {
        return Tensor.of(values);
    }

    @Test
    void runsAndUpdates() {
        g.output("new", Update.assign(v, twice));
        try (Executable executable = compile(CompileOptions.defaults()); State state = backend.createState(List.of(v, v))) {
            Map<String, Tensor> out = executable.call(state, Map.of("x", floats(1, 2)));
            assertArrayEquals(new float[] {(float) Math.exp(2), (float) Math.exp(4)}, out.get("y").toFloats());
            assertArrayEquals(new float[] {2, 4}, out.get("new").toFloats());
            assertArrayEquals(new float[] {2, 4}, state.get("v").toFloats());
        }
    }

    @Test
    void refusesWrongInputs() {
        try (Executable executable = compile(CompileOptions.defaults()); State state = backend.createState(List.of(v))) {
            assertEquals("run: input \"x\" is missing, needs float32 [2].", message(() -> executable.run(state, Map.of())));
            assertEquals("run: input \"x\" is float32 [3], needs float32 [2].",
                    message(() -> executable.run(state, Map.of("x", floats(1, 2, 3)))));
            assertEquals("run: input \"z\" is unknown; the graph has [x].",
                    message(() -> executable.run(state, Map.of("x", floats(1, 2), "z", floats(1)))));
            try (State empty = backend.createState(List.of())) {
                assertEquals("run: variable \"v\" is missing in the state, needs float32 [2].",
                        message(() -> executable.run(empty, Map.of("x", floats(1, 2)))));
            }
            assertThrows(IllegalStateException.class, () -> executable.read("y"));
        }
    }

    private static String message(org.junit.jupiter.api.function.Executable action) {
        return assertThrows(IllegalArgumentException.class, action).getMessage();
    }

    @Test
    void closesTwiceAndRefusesUseAfterwards() {
        Executable executable = compile(CompileOptions.defaults());
        State state = backend.createState(List.of(v));
        Map<String, Tensor> inputs = Map.of("x", floats(1, 2));
        executable.run(state, inputs);
        state.close();
        state.close();
        assertThrows(IllegalStateException.class, () -> executable.run(state, inputs));
        assertThrows(IllegalStateException.class, () -> state.get("v"));
        assertThrows(IllegalStateException.class, () -> state.set("v", floats(1, 2)));
        try (State other = backend.createState(List.of(v))) {
            executable.run(other, inputs);
            executable.close();
            executable.close();
            assertThrows(IllegalStateException.class, () -> executable.run(other, inputs));
            assertThrows(IllegalStateException.class, () -> executable.read("y"));
        }
    }

    @Test
    void intermediateValuesOnlyWhenKept() {
        try (State state = backend.createState(List.of(v))) {
            try (Executable executable = compile(CompileOptions.defaults())) {
                executable.run(state, Map.of("x", floats(1, 2)));
                assertArrayEquals(executable.read("y").toFloats(), executable.read(y).toFloats());
                assertThrows(IllegalStateException.class, () -> executable.read(twice));
            }
            try (Executable executable = backend.compile(g.build(), CompileOptions.defaults().keepingAll())) {
                executable.run(state, Map.of("x", floats(1, 2)));
                assertArrayEquals(new float[] {2, 4}, executable.read(twice).toFloats());
            }
        }
    }

    @Test
    void stateChecksTypes() {
        try (State state = backend.createState(List.of(v))) {
            assertEquals("state: variable \"v\" is float32 [2], the value is float32 [1].",
                    message(() -> state.set("v", floats(1))));
            assertEquals("state: there is no variable \"q\"; there are [v].", message(() -> state.get("q")));
        }
        Value other = new GraphBuilder().variable("v", TensorType.of(DType.INT64), false);
        assertThrows(BackendException.class, () -> backend.createState(List.of(v, other)));
    }

    @Test
    void closesItsArena() {
        ReferenceState state = (ReferenceState) backend.createState(List.of(v));
        var memory = state.segment("v");
        assertTrue(memory.scope().isAlive());
        state.close();
        assertFalse(memory.scope().isAlive());
    }

    @Test
    void refusesWhatDoesNotFit() {
        GraphBuilder big = new GraphBuilder();
        Value sum = Source.fill(big, TensorType.of(DType.FLOAT64, 1L << 30), 1);
        for (int i = 0; i < 200; i++) {
            Value next = Source.fill(big, TensorType.of(DType.FLOAT64, 1L << 30), i);
            big.output("o" + i, next);
        }
        big.output("sum", sum);
        BackendException error = assertThrows(BackendException.class, () -> backend.compile(big.build(), CompileOptions.defaults()));
        assertTrue(error.getMessage().contains("needs " + 201 * (8L << 30) + " bytes"), error.getMessage());
        assertTrue(error.getMessage().contains("fill \""), error.getMessage());

        GraphBuilder long1 = new GraphBuilder();
        long1.output("o", Source.fill(long1, TensorType.of(DType.UINT8, 1L << 31), 1));
        String text = assertThrows(BackendException.class, () -> backend.compile(long1.build(), CompileOptions.defaults())).getMessage();
        assertTrue(text.startsWith("fill \"fill\": not supported by backend \"reference\": uint8 [2147483648] has 2147483648 elements"),
                text);
    }
}

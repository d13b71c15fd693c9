package dev.lamina.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.cuda.api.CudaException;
import dev.lamina.cuda.api.DeviceMemory;
import dev.lamina.cuda.api.Kernel;
import dev.lamina.cuda.api.Launch;
import dev.lamina.cuda.lowering.Kernels.Generated;
import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Update;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What can still be done after the worst: errors that a context sticks to, kernels that do not compile, and several backends at once. */
class CudaRecoveryTest {
    @BeforeEach
    void emulator() {
        Emulator.require();
    }

    private static Generated kernel(String name, String body) {
        return new Generated("pointwise", name, "extern \"C\" __global__ void " + name + "(float* y) { " + body + " }\n");
    }

    /** Lets a kernel write behind its memory. The context sticks to that. */
    private static void breakContext(FaultRig rig) {
        Kernel wild = rig.backend.tools().kernels().generated(kernel("wild_write", "y[64] = 1;")).get();
        DeviceMemory memory = rig.backend.context().allocate(256, "a wild kernel");
        Launch launch = Launch.of(wild).pointer().build(Arena.ofAuto());
        launch.set(0, memory.address());
        rig.backend.compute().launch(launch);
    }

    @Test
    void anErrorThatTheContextSticksToIsMendedByClosingAndOpeningTheBackend() {
        String expected;
        try (FaultRig rig = FaultRig.open()) {
            expected = rig.results(FaultRig.LAST, 3);
        }
        FaultRig rig = FaultRig.open();
        Graph graph = FaultRig.net(true);
        State state = rig.state(graph);
        Executable executable = rig.backend.compile(graph, FaultRig.LAST);
        executable.run(state, FaultRig.inputs());
        breakContext(rig);
        CudaException first = assertThrows(CudaException.class, () -> executable.read("y"));
        assertEquals("CUDA_ERROR_ILLEGAL_ADDRESS", first.status());
        assertEquals("The context cannot be used any more: close the backend and open it again.", first.hint());
        for (org.junit.jupiter.api.function.Executable use : List.<org.junit.jupiter.api.function.Executable>of(
                () -> executable.run(state, FaultRig.inputs()), () -> state.get("first"), () -> rig.state(graph),
                () -> rig.backend.compile(graph, FaultRig.LAST), rig.backend::device)) {
            assertEquals(first.hint(), assertThrows(CudaException.class, use).hint());
        }
        // Closing says nothing more, so that try blocks show the first error.
        executable.close();
        state.close();
        rig.backend.close();
        rig.control.reset();
        try (FaultRig next = FaultRig.open()) {
            assertEquals(expected, next.results(FaultRig.LAST, 3));
        }
    }

    @Test
    void anErrorThatNobodyHasSeenYetIsThrownByClosing() {
        FaultRig rig = FaultRig.open();
        State state = rig.state(FaultRig.net(false));
        breakContext(rig);
        assertThrows(CudaException.class, state::close);
        rig.backend.close();
        rig.control.reset();
    }

    @Test
    void aGeneratedKernelThatDoesNotCompileGivesTheLogAndSpoilsNoOther() {
        try (FaultRig rig = FaultRig.open()) {
            // Left behind by a graph that was given up; the next graph's kernels are compiled together with what is pending.
            Supplier<Kernel> wrong = rig.backend.tools().kernels().generated(kernel("planted_error", "y[0] = nothing;"));
            Supplier<Kernel> sound = rig.backend.tools().kernels().generated(kernel("planted_beside_" + System.nanoTime(), "y[0] = 1;"));
            assertTrue(sound.get().name().startsWith("planted_beside"));
            CudaException e = assertThrows(CudaException.class, wrong::get);
            assertEquals("nvrtcCompileProgram NVRTC_ERROR_COMPILATION", e.call() + " " + e.status());
            assertTrue(e.getMessage().contains("nothing") && e.getMessage().contains("--gpu-architecture"), e.getMessage());
            rig.results(FaultRig.LAST, 2);
        }
    }

    @Test
    void aResourceThatDoesNotCompileGivesTheLogAndSpoilsNoOther() {
        try (FaultRig rig = FaultRig.open()) {
            CudaException e = assertThrows(CudaException.class,
                    () -> rig.backend.tools().kernels().resource("random", List.of("n=0"), "uniform_float32"));
            assertEquals("NVRTC_ERROR_COMPILATION", e.status());
            assertTrue(e.getMessage().contains("random") && e.getMessage().contains("error"), e.getMessage());
            assertEquals("uniform_float32", rig.backend.tools().kernels().resource("random", List.of(), "uniform_float32").name());
            rig.results(FaultRig.LAST, 2);
        }
    }

    @Test
    void openingThatFailsLeavesNothingBehind() {
        try (FaultRig rig = FaultRig.open()) {
            String before = rig.control.alive();
            for (String function : List.of("cuStreamCreate", "cuMemHostAlloc", "cuEventCreate", "cuMemAlloc", "cublasCreate",
                    "cublasSetMathMode", "cublasSetStream", "cublasSetWorkspace", "cudnnCreate", "cudnnSetStream")) {
                for (int after = 0; after < 2; after++) {
                    rig.control.inject(function, after, function.startsWith("cudnn") ? 1008 : function.startsWith("cublas") ? 14 : 999, 1);
                    try {
                        Tested.open(Settings.defaults()).close();
                        assertTrue(after > 0, function + " is called in opening");
                    } catch (CudaException e) {
                        assertEquals(function, e.call());
                        assertEquals(0, e.getSuppressed().length);
                    }
                    rig.control.reset();
                    assertEquals(before, rig.control.alive(), function);
                }
            }
        }
    }

    /** Where the kernel that moves a variable into another layout fails, the memory it was to go to is given back. */
    @Test
    void aMoveThatFailsLeavesTheVariableWhereItWas() {
        try (FaultRig rig = FaultRig.open()) {
            Graph graph = FaultRig.net(true);
            String expected = rig.results(FaultRig.LAST, 2);
            try (State state = rig.state(graph); Executable last = rig.backend.compile(graph, FaultRig.LAST)) {
                String before = rig.alive();
                for (int after = 0; after < 2; after++) {
                    rig.control.inject("cuLaunchKernel", after, 701, 1);
                    assertThrows(CudaException.class, () -> last.run(state, FaultRig.inputs()));
                    assertEquals(before, rig.alive());
                }
                assertEquals(expected, FaultRig.results(state, last, 2));
            }
        }
    }

    @Test
    void twoBackendsOfOneDeviceWorkBesideEachOther() {
        try (FaultRig rig = FaultRig.open()) {
            String expected = rig.results(FaultRig.LAST, 4);
            Graph graph = FaultRig.net(true);
            String one = "";
            String two = "";
            try (State mine = rig.state(graph); Executable executable = rig.backend.compile(graph, FaultRig.LAST)) {
                try (CudaBackend other = Tested.open(rig.backend.settings()); State theirs = other.createState(graph.variables());
                        Executable its = other.compile(graph, FaultRig.LAST)) {
                    for (String name : theirs.variables().keySet()) {
                        theirs.set(name, mine.get(name));
                    }
                    for (int i = 0; i < 3; i++) {
                        executable.run(mine, FaultRig.inputs());
                        its.run(theirs, FaultRig.inputs());
                        one += FaultRig.text(Map.of("y", executable.read("y"))) + FaultRig.text(Map.of("b", executable.read("b")));
                        two += FaultRig.text(Map.of("y", its.read("y"))) + FaultRig.text(Map.of("b", its.read("b")));
                    }
                    String message = assertThrows(IllegalArgumentException.class, () -> its.run(mine, FaultRig.inputs())).getMessage();
                    assertEquals("run: the state belongs to another backend; create it with this one.", message);
                }
                assertEquals(one, two);
                assertEquals(expected, one + FaultRig.results(mine, executable, 1));
            }
        }
    }

    @Test
    void runsThatFollowEachOtherUnreadEachSeeTheirOwnInputsAndRates() {
        try (FaultRig rig = FaultRig.open()) {
            GraphBuilder g = new GraphBuilder();
            TensorType type = TensorType.of(DType.FLOAT32, 3);
            Value x = g.input("x", type);
            Value nothing = g.input("nothing", TensorType.of(DType.FLOAT32, 0));
            Value w = g.variable("w", type, true);
            Value rate = g.variable("rate", TensorType.of(DType.FLOAT32), false);
            g.output("empty", nothing.times(2));
            Update.assign(w, w.plus(x.times(rate)));
            Graph graph = g.build();
            try (State state = rig.backend.createState(graph.variables());
                    Executable executable = rig.backend.compile(graph, CompileOptions.defaults())) {
                double[] sum = new double[3];
                Tensor empty = Tensor.of(new float[0]);
                for (int run = 1; run <= 9; run++) {
                    state.set("rate", Tensor.scalar(DType.FLOAT32, run % 3));
                    Tensor given = Tensor.of(new float[] {run, 10 * run, -run});
                    executable.run(state, Map.of("x", given, "nothing", empty));
                    given.fill(Double.NaN);
                    sum[0] += run % 3 * run;
                    sum[1] += run % 3 * 10 * run;
                    sum[2] -= run % 3 * run;
                }
                assertArrayEquals(sum, state.get("w").toDoubles());
                assertEquals(0, executable.read("empty").toDoubles().length);
            }
        }
    }
}

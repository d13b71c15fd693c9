package dev.lamina.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.BackendException;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.cuda.api.CudaException;
import dev.lamina.graph.Graph;
import dev.lamina.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls that fail while a backend compiles, makes states and runs: what is said, that nothing leaks, and that it goes on. */
class CudaFaultsTest {
    private static final int OUT_OF_MEMORY = 2;
    private static final int LAUNCH_OUT_OF_RESOURCES = 701;
    private static final int UNKNOWN = 999;
    private static final int NOT_SUPPORTED = 3000;
    private static final int INTERNAL_ERROR = 4000;
    private static final int EXECUTION_FAILED = 5000;

    private FaultRig rig;

    @BeforeEach
    void open() {
        rig = FaultRig.open();
    }

    @AfterEach
    void close() {
        if (rig != null) {
            rig.close();
        }
    }

    private static CudaException fails(String call, String status, org.junit.jupiter.api.function.Executable action) {
        CudaException e = assertThrows(CudaException.class, action);
        assertEquals(call + " " + status, e.call() + " " + e.status(), e::getMessage);
        return e;
    }

    /** Fails the first, second, third ... call of a function until compiling needs no more of them; gives how many it was. */
    private int failEachInCompiling(String function, int status, CompileOptions options) {
        Graph graph = FaultRig.net(true);
        rig.backend.compile(graph, options).close();
        String before = rig.alive();
        for (int after = 0;; after++) {
            rig.control.inject(function, after, status, 1);
            try {
                rig.backend.compile(graph, options).close();
                rig.control.reset();
                return after;
            } catch (CudaException e) {
                assertEquals(function, e.call());
                assertFalse(e.getMessage().isBlank());
                assertEquals(0, e.getSuppressed().length);
            }
            assertEquals(before, rig.alive(), "after " + after + " calls of " + function);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"cuMemAlloc", "cuMemHostAlloc", "cuEventCreate", "cuMemsetD8Async", "cuMemcpyHtoDAsync"})
    void whateverFailsInCompilingNothingLeaksAndTheBackendGoesOn(String function) {
        String expected = rig.results(FaultRig.LAST, 3);
        assertTrue(failEachInCompiling(function, UNKNOWN, FaultRig.LAST) > 0);
        assertEquals(expected, rig.results(FaultRig.LAST, 3));
    }

    @ParameterizedTest
    @ValueSource(strings = {"cudnnCreateTensorDescriptor", "cudnnCreateFilterDescriptor", "cudnnCreateConvolutionDescriptor",
        "cudnnSetConvolutionNdDescriptor", "cudnnSetConvolutionMathType"})
    void whateverOfCudnnFailsInCompilingNothingLeaks(String function) {
        failEachInCompiling(function, INTERNAL_ERROR, FaultRig.LAST);
    }

    @Test
    void memoryThatDoesNotSufficeForAGraphSaysPlannedAndFreeBytes() {
        Graph graph = FaultRig.net(true);
        // The search is off, so the arena comes first; the landing places of inputs follow.
        rig.control.inject("cuMemAlloc", 0, OUT_OF_MEMORY, 1);
        String message = fails("cuMemAlloc", "CUDA_ERROR_OUT_OF_MEMORY", () -> rig.backend.compile(graph, CompileOptions.defaults()))
                .getMessage();
        assertTrue(message.matches("(?s).*[\\d,]+ bytes for the arena of the graph, of which \\d+ bytes are alive at once.* were requested, "
                + "[\\d,]+ of [\\d,]+ are free on .*"), message);
        assertTrue(message.contains("Lower the batch size"), message);
    }

    @Test
    void memoryThatDoesNotSufficeForAStateNamesTheVariable() {
        Graph graph = FaultRig.net(true);
        String before = rig.alive();
        for (int after = 0; after < 3; after++) {
            rig.control.inject("cuMemAlloc", after, OUT_OF_MEMORY, 1);
            String message = fails("cuMemAlloc", "CUDA_ERROR_OUT_OF_MEMORY", () -> rig.backend.createState(graph.variables())).getMessage();
            String name = graph.variables().get(after).name();
            assertTrue(message.contains("variable \"" + name + "\"") && message.contains("free"), message);
            assertEquals(before, rig.alive());
        }
        rig.control.inject("cuMemsetD8Async", 1, UNKNOWN, 1);
        assertThrows(CudaException.class, () -> rig.backend.createState(graph.variables()));
        assertEquals(before, rig.alive());
        rig.state(graph).close();
    }

    /** Variables move into another layout when another executable takes the state: each may be the one that does not fit. */
    @Test
    void memoryThatDoesNotSufficeForAnotherLayoutLeavesTheStateAsItWas() {
        Graph training = FaultRig.net(true);
        String expected = rig.results(FaultRig.LAST, 2);
        try (State state = rig.state(training); Executable plain = rig.backend.compile(training, CompileOptions.defaults());
                Executable last = rig.backend.compile(training, FaultRig.LAST)) {
            plain.run(state, FaultRig.inputs());
            FaultRig.results(state, plain, 1);
            state.variables().forEach((name, type) -> state.set(name, FaultRig.ramp(name.length(), type.shape().toArray())));
            String before = rig.alive();
            int after = 0;
            while (failsToMove(state, last, after)) {
                assertEquals(before, rig.alive());
                assertEquals(FaultRig.text(java.util.Map.of("", FaultRig.ramp(5, 4, 4, 3, 3))),
                        FaultRig.text(java.util.Map.of("", state.get("first"))));
                assertThrows(IllegalStateException.class, () -> last.read("y"));
                after++;
            }
            assertTrue(after >= 2, "both filters move: " + after);
            state.variables().forEach((name, type) -> state.set(name, FaultRig.ramp(name.length(), type.shape().toArray())));
            assertEquals(expected, FaultRig.results(state, last, 2));
        }
    }

    private boolean failsToMove(State state, Executable executable, int after) {
        rig.control.inject("cuMemAlloc", after, OUT_OF_MEMORY, 1);
        try {
            executable.run(state, FaultRig.inputs());
            rig.control.reset();
            return false;
        } catch (BackendException e) {
            assertTrue(e.getMessage().contains("were requested"), e.getMessage());
            return true;
        }
    }

    @Test
    void aLaunchThatFailsNamesTheKernelAndTheNextRunIsRight() {
        Graph graph = FaultRig.net(false);
        try (State state = rig.state(graph); Executable executable = rig.backend.compile(graph, FaultRig.LAST)) {
            executable.run(state, FaultRig.inputs());
            String expected = FaultRig.text(executable.call(state, FaultRig.inputs()));
            try (Executable fresh = rig.backend.compile(graph, FaultRig.LAST)) {
                rig.control.inject("cuLaunchKernel", 1, LAUNCH_OUT_OF_RESOURCES, 1);
                String message = fails("cuLaunchKernel", "CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES", () -> fresh.run(state, FaultRig.inputs()))
                        .getMessage();
                assertTrue(message.contains("grid") && message.contains("registers"), message);
                assertTrue(assertThrows(IllegalStateException.class, () -> fresh.read("y")).getMessage().contains("the last run failed"));
                assertEquals(expected, FaultRig.text(fresh.call(state, FaultRig.inputs())));
            }
        }
    }

    @Test
    void aFailedLaunchOfAGraphChangesNoVariable() {
        Graph graph = FaultRig.net(true);
        String expected = rig.results(FaultRig.LAST, 4);
        try (State state = rig.state(graph); Executable executable = rig.backend.compile(graph, FaultRig.LAST)) {
            StringBuilder text = new StringBuilder(FaultRig.text(executable.call(state, FaultRig.inputs())));
            text.append(FaultRig.text(executable.call(state, FaultRig.inputs())));
            rig.control.inject("cuGraphLaunch", 0, UNKNOWN, 1);
            fails("cuGraphLaunch", "CUDA_ERROR_UNKNOWN", () -> executable.run(state, FaultRig.inputs()));
            assertEquals(expected, text + FaultRig.results(state, executable, 2));
        }
    }

    /** Addresses of the variables to update lie in a table: it must arrive in the next run if it has not in this one. */
    @ParameterizedTest
    @ValueSource(strings = {"cuMemcpyHtoDAsync", "cuMemcpyDtoDAsync", "cuEventRecord", "cuStreamWaitEvent"})
    void inputsAndTablesThatDoNotArriveAreSentAgain(String function) {
        Graph graph = FaultRig.net(true);
        String expected = rig.results(FaultRig.LAST, 3);
        for (int after = 0;; after++) {
            try (State state = rig.state(graph); Executable executable = rig.backend.compile(graph, FaultRig.LAST)) {
                rig.control.inject(function, after, UNKNOWN, 1);
                boolean failed = false;
                try {
                    executable.run(state, FaultRig.inputs());
                } catch (CudaException e) {
                    failed = true;
                }
                if (!failed) {
                    assertTrue(after > 0, "it is called in a run");
                    break;
                }
                assertEquals(expected, FaultRig.results(state, executable, 3), "after " + after + " calls");
            }
        }
        rig.control.reset();
    }

    /** Whatever fails in the second run, which captures: the third captures, and results are those of launches one by one. */
    @ParameterizedTest
    @ValueSource(strings = {"cuLaunchKernel", "cuStreamBeginCapture", "cuStreamEndCapture", "cuGraphInstantiate", "cuGraphGetNodes",
        "cudnnConvolutionForward", "cublasGemmEx"})
    void aCaptureThatFailsIsTriedAgain(String function) {
        String expected;
        try (CudaBackend plain = Tested.open(rig.backend.settings().capturing(false))) {
            Graph graph = FaultRig.net(true);
            try (State state = plain.createState(graph.variables()); Executable executable = plain.compile(graph, FaultRig.LAST)) {
                state.variables().forEach((name, type) -> state.set(name, FaultRig.ramp(name.length(), type.shape().toArray())));
                expected = FaultRig.results(state, executable, 4);
            }
        }
        Graph graph = FaultRig.net(true);
        for (int after = 0; after < 3; after++) {
            try (State state = rig.state(graph); Executable executable = rig.backend.compile(graph, FaultRig.LAST)) {
                String first = FaultRig.text(executable.call(state, FaultRig.inputs()));
                rig.control.inject(function, after, function.startsWith("cuda") || function.startsWith("cuL") ? LAUNCH_OUT_OF_RESOURCES
                        : function.startsWith("cudnn") ? EXECUTION_FAILED : function.startsWith("cublas") ? 13 : UNKNOWN, 1);
                boolean failed = failsOnce(executable, state, function);
                assertTrue(failed || after > 0, function + " is called in a capture");
                rig.control.reset();
                if (failed) {
                    assertEquals(expected, first + FaultRig.results(state, executable, 3));
                    assertEquals(3, rig.control.count("cuGraphLaunch"), "later runs are graphs all the same");
                }
            }
        }
    }

    private static boolean failsOnce(Executable executable, State state, String function) {
        try {
            executable.run(state, FaultRig.inputs());
            return false;
        } catch (CudaException e) {
            assertEquals(function, e.call());
            return true;
        }
    }

    @Test
    void aConvolutionThatFailsSaysWhichAndTheNextRunIsRight() {
        String expected = rig.results(FaultRig.LAST, 1);
        Graph graph = FaultRig.net(true);
        try (State state = rig.state(graph); Executable executable = rig.backend.compile(graph, FaultRig.LAST)) {
            rig.control.inject("cudnnConvolutionForward", 0, EXECUTION_FAILED, 1);
            String message = fails("cudnnConvolutionForward", "CUDNN_STATUS_EXECUTION_FAILED", () -> executable.run(state, FaultRig.inputs()))
                    .getMessage();
            assertTrue(message.contains("float32[2,4,6,6]") && message.contains("TF32"), message);
            assertEquals(expected, FaultRig.results(state, executable, 1));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whereASearchFindsNothingOurKernelsComputeTheSame(boolean measured) {
        String expected = rig.results(CompileOptions.defaults(), 2);
        String function = measured ? "cudnnFindConvolutionForwardAlgorithmEx" : "cudnnGetConvolutionForwardAlgorithm_v7";
        rig.control.inject(function, 0, NOT_SUPPORTED, -1);
        Graph graph = FaultRig.net(true);
        try (CudaBackend other = Tested.open(Settings.defaults().searching(measured));
                State state = other.createState(graph.variables())) {
            state.variables().forEach((name, type) -> state.set(name, FaultRig.ramp(name.length(), type.shape().toArray())));
            try (Executable executable = other.compile(graph, CompileOptions.defaults())) {
                assertTrue(executable.report().lowered().toString().contains("cuDNN has no algorithm"), executable.report()::toString);
                assertEquals(expected, FaultRig.results(state, executable, 2));
            }
        }
    }

    @Test
    void waitingThatFailsInReadingIsReportedAndTheNextReadingIsRight() {
        Graph graph = FaultRig.net(false);
        try (State state = rig.state(graph); Executable executable = rig.backend.compile(graph, FaultRig.LAST)) {
            String expected = FaultRig.text(executable.call(state, FaultRig.inputs()));
            rig.control.inject("cuStreamSynchronize", 0, UNKNOWN, 1);
            fails("cuStreamSynchronize", "CUDA_ERROR_UNKNOWN", () -> executable.read("y"));
            rig.control.inject("cuMemcpyDtoHAsync", 0, UNKNOWN, 1);
            fails("cuMemcpyDtoHAsync", "CUDA_ERROR_UNKNOWN", () -> executable.read("y"));
            Tensor y = executable.read("y");
            assertTrue(expected.startsWith("y" + java.util.Arrays.toString(y.toDoubles())), expected);
        }
    }
}

package dev.lamina.cuda.api;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.cuda.Emulator;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each call of the driver that fails becomes an exception that names it, after which the next attempt succeeds. */
final class InjectedFaultTest {
    @BeforeEach
    void emulator() {
        Emulator.require();
    }

    private static Arguments call(String function, Consumer<Device> use) {
        return Arguments.of(function, use);
    }

    static Stream<Arguments> calls() {
        return Stream.of(
                call("cuMemAlloc", device -> device.context.allocate(256, "test").close()),
                call("cuMemHostAlloc", device -> device.context.pinned(256, "test").close()),
                call("cuMemGetInfo", device -> device.context.freeBytes()),
                call("cuStreamCreate", device -> device.context.stream().close()),
                call("cuEventCreate", device -> device.context.event().close()),
                call("cuCtxSynchronize", device -> device.context.synchronize()),
                call("cuCtxSetCurrent", device -> device.context.freeBytes()),
                call("cuStreamSynchronize", device -> device.stream.synchronize()),
                call("cuModuleLoadData", device -> device.kernels().close()),
                call("cuModuleGetFunction", device -> withModule(device, module -> module.kernel("saxpy"))),
                call("cuEventRecord", device -> withEvent(device, event -> device.stream.record(event))),
                call("cuStreamWaitEvent", device -> withEvent(device, event -> device.stream.waitFor(event))),
                call("cuEventQuery", device -> withEvent(device, Event::done)),
                call("cuEventSynchronize", device -> withEvent(device, Event::synchronize)),
                call("cuMemsetD8Async", device -> withMemory(device, memory -> device.stream.fill(memory.address(), (byte) 1, 4))),
                call("cuMemcpyDtoDAsync", device -> withMemory(device, memory -> device.stream.copyOnDevice(memory.address(),
                        memory.address() + 4, 4))),
                call("cuStreamBeginCapture", InjectedFaultTest::capture),
                call("cuStreamEndCapture", InjectedFaultTest::capture),
                call("cuGraphGetNodes", InjectedFaultTest::capture),
                call("cuGraphInstantiate", InjectedFaultTest::capture),
                call("cuGraphLaunch", InjectedFaultTest::capture));
    }

    private static void withModule(Device device, Consumer<KernelModule> use) {
        try (KernelModule module = device.kernels()) {
            use.accept(module);
        }
    }

    private static void withEvent(Device device, Consumer<Event> use) {
        try (Event event = device.context.event()) {
            use.accept(event);
        }
    }

    private static void withMemory(Device device, Consumer<DeviceMemory> use) {
        try (DeviceMemory memory = device.context.allocate(8, "test")) {
            use.accept(memory);
        }
    }

    private static void capture(Device device) {
        withMemory(device, memory -> {
            try {
                device.stream.beginCapture();
                device.stream.fill(memory.address(), (byte) 1, 4);
                try (CapturedGraph graph = device.stream.endCapture()) {
                    graph.launch(device.stream);
                }
            } finally {
                device.stream.abandonCapture();
            }
            device.stream.synchronize();
        });
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("calls")
    void aFailedCallIsNamedAndTheNextOneSucceeds(String function, Consumer<Device> use) {
        try (Device device = new Device()) {
            use.accept(device);
            device.control().inject(function, 0, 999, 1);
            CudaException failure = assertThrows(CudaException.class, () -> use.accept(device));
            assertEquals(function, failure.call());
            assertEquals("CUDA_ERROR_UNKNOWN", failure.status());
            assertTrue(failure.getMessage().startsWith(function + " failed with CUDA_ERROR_UNKNOWN"), failure.getMessage());
            use.accept(device);
            assertEquals(List.of("a stream"), device.context.alive());
            try (DeviceMemory memory = device.floats(1, 2)) {
                assertArrayEquals(new float[] {1, 2}, device.floats(memory));
            }
        }
        assertEquals("", Emulator.control().alive());
    }
}

package dev.lamina.cuda.api;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.cuda.Emulator;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Copies, fills, events and capture. */
final class StreamTest {
    private Device device;

    @BeforeEach
    void open() {
        Emulator.require();
        device = new Device();
    }

    @AfterEach
    void close() {
        if (device != null) {
            device.close();
        }
    }

    @Test
    void whatGoesToTheDeviceComesBack() {
        try (DeviceMemory memory = device.floats(1.5f, -2, Float.NaN, 1e-40f)) {
            assertArrayEquals(new float[] {1.5f, -2, Float.NaN, 1e-40f}, device.floats(memory));
        }
    }

    @Test
    void copiesOnTheDeviceAndFillsTouchTheirRangeOnly() {
        try (DeviceMemory from = device.floats(1, 2, 3, 4); DeviceMemory to = device.floats(9, 9, 9, 9)) {
            device.stream.copyOnDevice(to.address() + 4, from.address() + 8, 8);
            assertArrayEquals(new float[] {9, 3, 4, 9}, device.floats(to));
            device.stream.fill(to.address() + 8, (byte) 0, 4);
            assertArrayEquals(new float[] {9, 3, 0, 9}, device.floats(to));
        }
    }

    @Test
    void aHostThatDoesNotWaitReadsNoResult() {
        try (DeviceMemory memory = device.floats(1, 2); PinnedMemory pinned = device.context.pinned(8, "test")) {
            device.stream.copyToHost(pinned.segment(), memory.address(), 8);
            float early = pinned.segment().getAtIndex(ValueLayout.JAVA_FLOAT, 1);
            device.stream.synchronize();
            assertTrue(early != 2f, "the emulator shows results before they are awaited");
            assertEquals(2f, pinned.segment().getAtIndex(ValueLayout.JAVA_FLOAT, 1));
        }
    }

    @Test
    void copiesOfWrongHostMemoryAreRefused() {
        try (DeviceMemory memory = device.floats(1, 2); PinnedMemory pinned = device.context.pinned(8, "test")) {
            MemorySegment heap = MemorySegment.ofArray(new float[2]);
            assertTrue(assertThrows(IllegalArgumentException.class, () -> device.stream.copyToDevice(memory.address(), heap, 8))
                    .getMessage().contains("outside the Java heap"));
            for (long bytes : new long[] {9, -1}) {
                String text = assertThrows(IllegalArgumentException.class,
                        () -> device.stream.copyToHost(pinned.segment(), memory.address(), bytes)).getMessage();
                assertEquals("a copy of " + bytes + " bytes does not fit into host memory of 8", text);
            }
        }
    }

    @Test
    void aCopyBeyondTheDevicesMemoryIsRefusedWithItsAddress() {
        try (DeviceMemory memory = device.floats(1, 2); PinnedMemory pinned = device.context.pinned(64, "test")) {
            CudaException refusal = assertThrows(CudaException.class,
                    () -> device.stream.copyToDevice(memory.address(), pinned.segment(), 64));
            assertEquals("cuMemcpyHtoDAsync", refusal.call());
            assertTrue(refusal.getMessage().contains("64 bytes to device address 0x%x".formatted(memory.address())), refusal.getMessage());
        }
    }

    @Test
    void anotherStreamWaitsForAnEventOnTheDevice() {
        try (Stream other = device.context.stream(); Event ready = device.context.event();
                DeviceMemory first = device.floats(1, 2); DeviceMemory second = device.floats(0, 0)) {
            device.stream.fill(first.address(), (byte) 0x3f, 8);
            device.stream.record(ready);
            other.waitFor(ready);
            other.copyOnDevice(second.address(), first.address(), 8);
            other.synchronize();
            float each = Float.intBitsToFloat(0x3f3f3f3f);
            assertArrayEquals(new float[] {each, each}, device.floats(second));
        }
    }

    @Test
    void eventsTellThatWorkIsDoneAndHowLongItTook() {
        try (Event start = device.context.timedEvent(); Event end = device.context.timedEvent(); Event plain = device.context.event();
                DeviceMemory memory = device.floats(1, 2)) {
            device.stream.record(start);
            device.stream.fill(memory.address(), (byte) 0, 8);
            device.stream.record(end);
            end.synchronize();
            assertTrue(start.done() && end.done());
            assertTrue(end.millisSince(start) >= 0);
            assertThrows(IllegalStateException.class, () -> end.millisSince(plain));
            assertThrows(IllegalStateException.class, () -> plain.millisSince(start));
        }
    }

    @Test
    void aCapturedGraphDoesNothingUntilItIsLaunchedAndThenEachTime() {
        try (KernelModule module = device.kernels(); DeviceMemory y = device.floats(1, 10); DeviceMemory x = device.floats(1, 2)) {
            Launch saxpy = Launch.of(module.kernel("saxpy")).block(32, 1, 1).pointer().pointer().float32(2).int32(2).build(Arena.ofAuto());
            saxpy.set(0, y.address());
            saxpy.set(1, x.address());
            device.stream.beginCapture();
            device.stream.launch(saxpy);
            device.stream.launch(saxpy);
            try (CapturedGraph graph = device.stream.endCapture()) {
                assertEquals(2, graph.nodes());
                assertArrayEquals(new float[] {1, 10}, device.floats(y));
                graph.launch(device.stream);
                assertArrayEquals(new float[] {5, 18}, device.floats(y));
                graph.launch(device.stream);
                graph.launch(device.stream);
                assertArrayEquals(new float[] {13, 34}, device.floats(y));
            }
        }
    }

    @Test
    void aGraphKeepsTheArgumentsOfItsCapture() {
        try (KernelModule module = device.kernels(); DeviceMemory y = device.floats(1, 10); DeviceMemory x = device.floats(1, 2);
                DeviceMemory other = device.floats(100, 100)) {
            Launch saxpy = Launch.of(module.kernel("saxpy")).block(2, 1, 1).pointer().pointer().float32(1).int32(2).build(Arena.ofAuto());
            saxpy.set(0, y.address());
            saxpy.set(1, x.address());
            device.stream.beginCapture();
            device.stream.launch(saxpy);
            try (CapturedGraph graph = device.stream.endCapture()) {
                saxpy.set(1, other.address());
                graph.launch(device.stream);
                assertArrayEquals(new float[] {2, 12}, device.floats(y));
            }
        }
    }

    @Test
    void waitingInACaptureIsAnErrorAfterWhichTheStreamServesAgain() {
        try (DeviceMemory memory = device.floats(1, 2)) {
            device.stream.beginCapture();
            device.stream.fill(memory.address(), (byte) 0, 8);
            CudaException refusal = assertThrows(CudaException.class, device.stream::synchronize);
            assertEquals("CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED", refusal.status());
            assertTrue(refusal.hint().contains("captured"), refusal.hint());
            device.stream.abandonCapture();
            device.stream.abandonCapture();
            assertArrayEquals(new float[] {1, 2}, device.floats(memory));
            assertEquals(0, device.control().live("graph"));
        }
    }

    @Test
    void aSpoiltCaptureIsAnErrorAtItsEnd() {
        try (DeviceMemory memory = device.floats(1, 2)) {
            device.stream.beginCapture();
            device.stream.fill(memory.address(), (byte) 0, 8);
            assertThrows(CudaException.class, device.stream::synchronize);
            assertEquals("CUDA_ERROR_STREAM_CAPTURE_INVALIDATED", assertThrows(CudaException.class, device.stream::endCapture).status());
            assertArrayEquals(new float[] {1, 2}, device.floats(memory));
        }
    }

    @Test
    void repeatedCopiesAllocateNothingInJava() {
        try (DeviceMemory memory = device.floats(1, 2); PinnedMemory pinned = device.context.pinned(8, "test");
                Event event = device.context.event()) {
            assertEquals(0, Allocation.bytesPerRound(500, () -> {
                device.stream.copyToDevice(memory.address(), pinned.segment(), 8);
                device.stream.record(event);
                device.stream.waitFor(event);
                device.stream.copyToHost(pinned.segment(), memory.address(), 8);
                device.stream.synchronize();
            }));
        }
    }
}

package dev.lamina.cuda.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.cuda.ChildJvm;
import dev.lamina.cuda.Emulator;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Opening devices and taking memory. */
final class ContextTest {
    @TempDir
    private Path temp;

    @BeforeAll
    static void emulator() {
        Emulator.require();
    }

    @Test
    void theDeviceSaysWhatItIs() {
        try (Device device = new Device()) {
            DeviceFacts facts = device.context.facts();
            assertTrue(facts.emulated(), facts.name());
            assertEquals(0, facts.index());
            assertTrue(facts.driverVersion() >= 12_000 && facts.major() >= 7 && facts.totalBytes() > 0, facts.describe());
            assertTrue(facts.maxThreadsPerBlock() == 1024 && facts.sharedBytesPerBlock() >= 48 << 10, facts::toString);
            assertEquals("sm_" + facts.major() + facts.minor(), facts.architecture());
            assertTrue(device.context.freeBytes() <= facts.totalBytes());
        }
    }

    @Test
    void anIndexWithoutDeviceIsRefusedWithTheirNumber() {
        int devices = Context.devices();
        for (int index : new int[] {-1, devices, 1000}) {
            CudaException refusal = assertThrows(CudaException.class, () -> Context.open(index));
            assertEquals("CUDA_ERROR_INVALID_DEVICE", refusal.status());
            assertTrue(refusal.getMessage().contains("device index " + index + ", the driver shows " + devices), refusal.getMessage());
        }
    }

    @Test
    void memoryIsTakenAndGivenBack() {
        try (Device device = new Device()) {
            long before = device.context.freeBytes();
            try (DeviceMemory memory = device.context.allocate(1 << 20, "weights")) {
                assertEquals(1 << 20, memory.bytes());
                assertEquals(0, memory.address() % 256);
                assertTrue(device.context.freeBytes() <= before - (1 << 20));
                assertEquals(List.of("1,048,576 bytes of device memory for weights", "a stream"), device.context.alive());
            }
            assertEquals(before, device.context.freeBytes());
        }
    }

    @Test
    void tooLittleMemorySaysForWhomHowMuchAndWhatIsFree() {
        try (Device device = new Device()) {
            long free = device.context.freeBytes();
            long total = device.context.facts().totalBytes();
            CudaException refusal = assertThrows(CudaException.class, () -> device.context.allocate(total + 1, "the arena of vgg16"));
            assertEquals("cuMemAlloc", refusal.call());
            assertTrue(refusal.getMessage().startsWith(("cuMemAlloc failed with CUDA_ERROR_OUT_OF_MEMORY: %,d bytes for the arena of vgg16 "
                    + "were requested, %,d of %,d are free on ").formatted(total + 1, free, total)), refusal.getMessage());
            assertTrue(refusal.hint().contains("batch size"), refusal.hint());
            device.context.allocate(1024, "after it").close();
        }
    }

    @Test
    void sizesOutOfRangeAreRefused() {
        try (Device device = new Device()) {
            for (long bytes : new long[] {0, -1}) {
                assertThrows(IllegalArgumentException.class, () -> device.context.allocate(bytes, "nothing"));
                assertThrows(IllegalArgumentException.class, () -> device.context.pinned(bytes, "nothing"));
            }
            String text = assertThrows(IllegalArgumentException.class, () -> device.context.pinned(1L << 31, "images")).getMessage();
            assertTrue(text.contains("2,147,483,648 bytes of pinned memory for images: at most 2,147,483,647"), text);
        }
    }

    @Test
    void whatIsClosedRefusesToServeAndClosesTwice() {
        Device device = new Device();
        DeviceMemory memory = device.context.allocate(256, "weights");
        PinnedMemory pinned = device.context.pinned(256, "staging");
        var segment = pinned.segment();
        memory.close();
        memory.close();
        pinned.close();
        pinned.close();
        assertEquals("256 bytes of device memory for weights is closed",
                assertThrows(IllegalStateException.class, memory::address).getMessage());
        assertThrows(IllegalStateException.class, pinned::segment);
        assertThrows(IllegalStateException.class, () -> segment.get(ValueLayout.JAVA_BYTE, 0));
        device.close();
        device.context.close();
        assertThrows(IllegalStateException.class, () -> device.context.allocate(256, "late"));
        assertThrows(IllegalStateException.class, device.context::freeBytes);
        assertThrows(IllegalStateException.class, device.stream::synchronize);
    }

    @Test
    void whatOutlivesItsContextIsUselessAndHarmless() {
        Device device = new Device();
        DeviceMemory memory = device.context.allocate(256, "forgotten");
        device.context.close();
        assertTrue(assertThrows(IllegalStateException.class, memory::address).getMessage().contains("is closed, with its context"));
        memory.close();
        device.stream.close();
        device.control().reset();
    }

    @Test
    void closingEverythingLeavesNothingAlive() {
        try (Device device = new Device()) {
            try (KernelModule module = device.kernels(); Event event = device.context.event(); Event timed = device.context.timedEvent();
                    DeviceMemory memory = device.floats(1, 2); PinnedMemory pinned = device.context.pinned(64, "test")) {
                device.stream.beginCapture();
                device.stream.fill(memory.address(), (byte) 0, 8);
                try (CapturedGraph graph = device.stream.endCapture()) {
                    assertEquals(1, graph.nodes());
                    assertEquals(List.of("64 bytes of pinned memory for test", "8 bytes of device memory for test",
                            "a captured graph of 1 nodes", "a stream", "a timed event", "an event", "kernel module \"device.cu\""),
                            device.context.alive(), () -> "" + module + event + timed + pinned);
                }
            }
            assertEquals(List.of("a stream"), device.context.alive());
        }
        assertEquals("", Emulator.control().alive());
        assertEquals("", Emulator.control().leaks());
    }

    @Test
    void twoContextsOfOneDeviceShareItAndTheLastToGoReleasesIt() {
        try (Device device = new Device()) {
            Context second = Context.open(0);
            DeviceMemory memory = second.allocate(256, "second");
            assertNotEquals(0, memory.address());
            memory.close();
            second.close();
            assertEquals(2, device.floats(device.floats(3, 4)).length);
        }
    }

    @Test
    void contextsOfTwoDevicesDoNotMix() throws Exception {
        String text = new ChildJvm(temp).variable("LAMINA_EMULATOR_DEVICES", "2").option("-Dlamina.cuda.libs=" + Emulator.folder())
                .run(TwoDevices.class);
        assertTrue(text.contains("0 and 1 of 2: 3.0 and 1, nothing alive: true"), text);
    }

    /** Works on both devices in turn and prints what it finds. */
    static final class TwoDevices {
        public static void main(String[] arguments) {
            try (Device first = new Device(); Context second = Context.open(1); Stream other = second.stream();
                    DeviceMemory there = second.allocate(256, "on the second"); PinnedMemory host = second.pinned(256, "on the second");
                    DeviceMemory here = first.floats(1, 2, 3)) {
                other.fill(there.address(), (byte) 1, 256);
                other.copyToHost(host.segment(), there.address(), 256);
                float[] floats = first.floats(here);
                other.synchronize();
                System.out.printf("%d and %d of %d: %s and %d", first.context.facts().index(), second.facts().index(), Context.devices(),
                        floats[2], host.segment().get(ValueLayout.JAVA_BYTE, 255));
            }
            System.out.println(", nothing alive: " + (Emulator.control().alive() + Emulator.control().leaks()).isEmpty());
        }
    }
}

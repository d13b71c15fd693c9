package dev.lamina.cuda.api;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.cuda.Emulator;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Compiling, loading and launching kernels. */
final class LaunchTest {
    private Device device;
    private KernelModule module;

    @BeforeEach
    void open() {
        Emulator.require();
        device = new Device();
        module = device.kernels();
    }

    @AfterEach
    void close() {
        if (module != null) {
            module.close();
            device.close();
        }
    }

    private Launch.Builder saxpy() {
        return Launch.of(module.kernel("saxpy")).pointer().pointer().float32(3).int32(5);
    }

    @Test
    void eachTypeOfArgumentArrives() {
        try (DeviceMemory out = device.context.allocate(40, "out"); DeviceMemory in = device.floats(-0.5f);
                PinnedMemory host = device.context.pinned(40, "out")) {
            Launch launch = Launch.of(module.kernel("arguments")).pointer().int32(-7).int64(-(1L << 40)).float32(1.25f)
                    .float64(Math.PI).pointer().build(Arena.ofAuto());
            assertEquals(2, launch.pointers());
            launch.set(0, out.address());
            launch.set(1, in.address());
            assertEquals(in.address(), launch.get(1));
            device.stream.launch(launch);
            device.stream.copyToHost(host.segment(), out.address(), 40);
            device.stream.synchronize();
            assertArrayEquals(new double[] {-7, -(double) (1L << 40), 1.25, Math.PI, -0.5},
                    host.segment().toArray(ValueLayout.JAVA_DOUBLE));
        }
    }

    @Test
    void severalBlocksCoverTheirRangeAndPointersCanBeSetAnew() {
        try (DeviceMemory y = device.floats(0, 0, 0, 0, 0, 7); DeviceMemory x = device.floats(1, 2, 3, 4, 5, 6);
                DeviceMemory other = device.floats(1, 1, 1, 1, 1, 1)) {
            Launch launch = saxpy().grid(3, 1, 1).block(2, 1, 1).build(Arena.ofAuto());
            launch.set(0, y.address());
            launch.set(1, x.address());
            device.stream.launch(launch);
            device.stream.synchronize();
            launch.set(1, other.address());
            device.stream.launch(launch);
            assertArrayEquals(new float[] {6, 9, 12, 15, 18, 7}, device.floats(y));
        }
    }

    @Test
    void gridsAndBlocksOutOfRangeAreRefusedWithTheRange() {
        String text = assertThrows(IllegalArgumentException.class, () -> saxpy().block(1025, 1, 1).build(Arena.ofAuto())).getMessage();
        assertEquals("launch of kernel \"saxpy\": block 1025 x 1 x 1 is not within 1 to 1024 threads", text);
        for (Launch.Builder wrong : List.of(saxpy().block(32, 33, 1), saxpy().block(0, 1, 1), saxpy().grid(0, 1, 1),
                saxpy().grid(1, 65_536, 1), saxpy().grid(1, 1, 65_536), saxpy().grid(-1, 1, 1), saxpy().shared(-1))) {
            assertThrows(IllegalArgumentException.class, () -> wrong.build(Arena.ofAuto()));
        }
    }

    @Test
    void moreSharedMemoryThanTheDeviceHasIsRefused() {
        CudaException refusal = assertThrows(CudaException.class, () -> saxpy().shared(64 << 20).build(Arena.ofAuto()));
        assertEquals("cuFuncSetAttribute", refusal.call());
        assertTrue(refusal.getMessage().contains("67,108,864 bytes of shared memory for kernel \"saxpy\""), refusal.getMessage());
    }

    @Test
    void aKernelThatIsNotThereIsNamed() {
        CudaException refusal = assertThrows(CudaException.class, () -> module.kernel("sgemm"));
        assertEquals("CUDA_ERROR_NOT_FOUND", refusal.status());
        assertTrue(refusal.getMessage().contains("kernel \"sgemm\" in module \"device.cu\""), refusal.getMessage());
        assertSame(module.kernel("saxpy"), module.kernel("saxpy"));
    }

    @Test
    void aKernelOfAClosedModuleIsNotLaunched() {
        Launch launch = saxpy().build(Arena.ofAuto());
        module.close();
        assertEquals("kernel module \"device.cu\" is closed",
                assertThrows(IllegalStateException.class, () -> device.stream.launch(launch)).getMessage());
        assertThrows(IllegalStateException.class, () -> module.kernel("saxpy"));
    }

    @Test
    void anImageThatIsNoneIsRefused() {
        CudaException refusal = assertThrows(CudaException.class, () -> device.context.load(new byte[] {1, 2, 3}, "nonsense.cu"));
        assertEquals("cuModuleLoadData", refusal.call());
        assertTrue(refusal.getMessage().contains("kernels \"nonsense.cu\" (3 bytes) on "), refusal.getMessage());
    }

    @Test
    void aSourceThatDoesNotCompileGivesTheLogAndLaterOnesCompile() {
        String option = Nvrtc.architectureOption(device.context.facts());
        CudaException refusal = assertThrows(CudaException.class,
                () -> Nvrtc.compile("extern \"C\" __global__ void f(int* p) { *p = undeclared; }", "broken.cu", List.of(option)));
        assertEquals("NVRTC_ERROR_COMPILATION", refusal.status());
        assertTrue(refusal.getMessage().contains("\"broken.cu\" with " + option), refusal.getMessage());
        assertTrue(refusal.getMessage().contains("undeclared"), refusal.getMessage());
        assertTrue(Nvrtc.compile("extern \"C\" __global__ void f(int* p) { *p = 1; }", "sound.cu", List.of(option)).length > 0);
    }

    @Test
    void theCompilerTellsItsVersionAndArchitectures() {
        assertTrue(Nvrtc.version().matches("1[23]\\.\\d+"), Nvrtc.version());
        List<Integer> known = Nvrtc.architectures();
        assertTrue(known.contains(75) && known.contains(80) && known.contains(90), known::toString);
        DeviceFacts facts = device.context.facts();
        assertEquals("--gpu-architecture=" + facts.architecture(), Nvrtc.architectureOption(facts));
        assertEquals("--gpu-architecture=compute_" + known.getLast(), Nvrtc.architectureOption(like(facts, 99)));
        assertThrows(CudaException.class, () -> Nvrtc.architectureOption(like(facts, 3)));
    }

    private static DeviceFacts like(DeviceFacts facts, int major) {
        return new DeviceFacts("other", 0, major, 0, facts.totalBytes(), 1, 1024, 48 << 10, 12_060, false, "");
    }

    @Test
    void launchingAllocatesNothingInJava() {
        try (DeviceMemory y = device.floats(0, 0, 0, 0, 0); DeviceMemory x = device.floats(1, 2, 3, 4, 5)) {
            Launch launch = saxpy().block(5, 1, 1).build(Arena.ofAuto());
            launch.set(0, y.address());
            assertEquals(0, Allocation.bytesPerRound(200, () -> {
                launch.set(1, x.address());
                device.stream.launch(launch);
            }));
            device.stream.synchronize();
        }
    }
}

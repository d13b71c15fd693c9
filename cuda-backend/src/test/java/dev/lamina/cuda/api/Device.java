package dev.lamina.cuda.api;

import dev.lamina.cuda.Emulator;
import dev.lamina.cuda.EmulatorControl;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** An emulated device with what nearly every test of this package needs. */
final class Device implements AutoCloseable {
    /** Adds a times x to y, and writes each type of argument. */
    static final String KERNELS = """
            extern "C" __global__ void saxpy(float* y, const float* x, float a, int n) {
                int i = blockIdx.x * blockDim.x + threadIdx.x;
                if (i < n) y[i] += a * x[i];
            }
            extern "C" __global__ void arguments(double* out, int a, long long b, float c, double d, const float* in) {
                out[0] = a; out[1] = (double) b; out[2] = c; out[3] = d; out[4] = in[0];
            }
            """;

    final Context context;
    final Stream stream;

    Device() {
        if (!Emulator.isGpuRequired()) {
            control().reset();
        }
        context = Context.open(0);
        stream = context.stream();
    }

    /** What is asked of the emulator; skips the test on a real GPU. */
    EmulatorControl control() {
        return Emulator.control();
    }

    KernelModule kernels() {
        return context.load(Nvrtc.compile(KERNELS, "device.cu", List.of(Nvrtc.architectureOption(context.facts()))), "device.cu");
    }

    /** Device memory with these numbers. */
    DeviceMemory floats(float... values) {
        long bytes = 4L * values.length;
        DeviceMemory memory = context.allocate(bytes, "test");
        try (PinnedMemory staging = context.pinned(bytes, "test")) {
            MemorySegment.copy(values, 0, staging.segment(), ValueLayout.JAVA_FLOAT, 0, values.length);
            stream.copyToDevice(memory.address(), staging.segment(), bytes);
            stream.synchronize();
        }
        return memory;
    }

    float[] floats(DeviceMemory memory) {
        try (PinnedMemory staging = context.pinned(memory.bytes(), "test")) {
            stream.copyToHost(staging.segment(), memory.address(), memory.bytes());
            stream.synchronize();
            return staging.segment().toArray(ValueLayout.JAVA_FLOAT);
        }
    }

    @Override
    public void close() {
        if (stream != null) {
            stream.close();
        }
        context.close();
        control().reset();
    }
}

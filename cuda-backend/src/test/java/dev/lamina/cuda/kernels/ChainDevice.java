package dev.lamina.cuda.kernels;

import dev.lamina.backend.natives.CacheFolder;
import dev.lamina.cuda.Emulator;
import dev.lamina.cuda.api.Context;
import dev.lamina.cuda.api.DeviceMemory;
import dev.lamina.cuda.api.Kernel;
import dev.lamina.cuda.api.Launch;
import dev.lamina.cuda.api.Nvrtc;
import dev.lamina.cuda.api.PinnedMemory;
import dev.lamina.cuda.api.Stream;
import dev.lamina.cuda.lowering.Kernels.Generated;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Runs generated chains on the device of the tests, by the driver alone. */
final class ChainDevice implements AutoCloseable {
    private final Context context;
    private final Stream stream;
    private final KernelCache kernels;

    ChainDevice(Path folder) {
        if (!"required".equals(System.getProperty("lamina.gpu"))) {
            Emulator.require();
        }
        context = Context.open(0);
        stream = context.stream();
        kernels = new KernelCache(context, CacheFolder.at(folder), Nvrtc::compile);
    }

    /** A chain that waits to run, so that many are compiled together. */
    Supplier<List<Tensor>> prepare(ChainProgram program, boolean wide, int axes, long n, List<Tensor> operands, long... counts) {
        Generated source = ChainSource.of(program, wide, axes);
        Supplier<Kernel> kernel = kernels.generated(source);
        return () -> run(kernel.get(), program, wide, n, operands, counts);
    }

    List<Tensor> run(ChainProgram program, long n, List<Tensor> operands, long... counts) {
        return prepare(program, false, 4, n, operands, counts).get();
    }

    private List<Tensor> run(Kernel kernel, ChainProgram program, boolean wide, long n, List<Tensor> operands, long... counts) {
        Launch.Builder builder = Launch.of(kernel).block(64, 1, 1).grid(2, 1, 1);
        operands.forEach(_ -> builder.pointer());
        program.results().forEach(_ -> builder.pointer());
        count(builder, wide, n);
        for (long number : counts) {
            count(builder, wide, number);
        }
        for (ChainProgram.Scalar scalar : program.scalars()) {
            switch (Element.register(scalar.type())) {
                case FLOAT -> builder.float32((float) scalar.value());
                case DOUBLE -> builder.float64(scalar.value());
                case INTEGER -> builder.int64((long) scalar.value());
            }
        }
        Launch launch = builder.build(Arena.ofAuto());
        List<DeviceMemory> memory = new ArrayList<>();
        try {
            for (Tensor operand : operands) {
                memory.add(upload(operand));
            }
            for (ChainProgram.Result result : program.results()) {
                memory.add(context.allocate(n * result.held().bytes(), "result"));
            }
            for (int i = 0; i < memory.size(); i++) {
                launch.set(i, memory.get(i).address());
            }
            stream.launch(launch);
            List<Tensor> results = new ArrayList<>();
            for (int k = 0; k < program.results().size(); k++) {
                results.add(download(memory.get(operands.size() + k), program.results().get(k).held(), n));
            }
            return results;
        } finally {
            stream.synchronize();
            memory.forEach(DeviceMemory::close);
        }
    }

    private static void count(Launch.Builder builder, boolean wide, long number) {
        if (wide) {
            builder.int64(number);
        } else {
            builder.int32(Math.toIntExact(number));
        }
    }

    private DeviceMemory upload(Tensor tensor) {
        DeviceMemory memory = context.allocate(tensor.byteSize(), "operand");
        try (PinnedMemory pinned = context.pinned(tensor.byteSize(), "operand")) {
            pinned.segment().copyFrom(tensor.memory().asSlice(0, tensor.byteSize()));
            stream.copyToDevice(memory.address(), pinned.segment(), tensor.byteSize());
            stream.synchronize();
        }
        return memory;
    }

    private Tensor download(DeviceMemory memory, DType type, long n) {
        Tensor tensor = Tensor.zeros(type, Shape.of(n));
        try (PinnedMemory pinned = context.pinned(tensor.byteSize(), "result")) {
            stream.copyToHost(pinned.segment(), memory.address(), tensor.byteSize());
            stream.synchronize();
            MemorySegment.copy(pinned.segment(), 0, tensor.memory(), 0, tensor.byteSize());
        }
        return tensor;
    }

    @Override
    public void close() {
        kernels.close();
        stream.close();
        context.close();
    }
}

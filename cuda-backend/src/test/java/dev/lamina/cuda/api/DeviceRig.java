package dev.lamina.cuda.api;

import dev.lamina.cuda.Emulator;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Elements;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;

/** A device with a stream, and numbers in and out of its memory. */
final class DeviceRig implements AutoCloseable {
    private static final boolean REAL = Emulator.isGpuRequired();

    private final Context context;
    private final Stream stream;
    private final Deque<AutoCloseable> owned = new ArrayDeque<>();

    private DeviceRig() {
        context = Context.open(0);
        stream = context.stream();
    }

    static DeviceRig open() {
        if (!REAL) {
            Emulator.require();
            Emulator.control().reset();
        }
        return new DeviceRig();
    }

    Context context() {
        return context;
    }

    Stream stream() {
        return stream;
    }

    Blas blas() {
        Blas blas = own(Blas.open(context));
        blas.stream(stream);
        return blas;
    }

    Dnn dnn() {
        Dnn dnn = own(Dnn.open(context));
        dnn.stream(stream);
        return dnn;
    }

    <T extends AutoCloseable> T own(T object) {
        owned.push(object);
        return object;
    }

    /** The address of numbers in device memory. */
    long put(DType type, double... values) {
        long address = room(type, values.length);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment host = arena.allocate((long) values.length * type.bytes(), Long.BYTES);
            for (int i = 0; i < values.length; i++) {
                Elements.set(host, type, i, values[i]);
            }
            stream.copyToDevice(address, host, host.byteSize());
            stream.synchronize();
        }
        return address;
    }

    /** The address of memory for numbers, NaN so far. */
    long room(DType type, long count) {
        DeviceMemory memory = own(context.allocate(Math.max(1, count * type.bytes()), "a test"));
        stream.fill(memory.address(), (byte) -1, memory.bytes());
        return memory.address();
    }

    /** Numbers at an address, when all that was asked for is done. */
    double[] get(DType type, long address, int count) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment host = arena.allocate((long) count * type.bytes(), Long.BYTES);
            stream.copyToHost(host, address, host.byteSize());
            stream.synchronize();
            double[] values = new double[count];
            for (int i = 0; i < count; i++) {
                values[i] = Elements.get(host, type, i);
            }
            return values;
        }
    }

    @Override
    public void close() {
        try {
            while (!owned.isEmpty()) {
                owned.pop().close();
            }
            stream.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        } finally {
            context.close();
        }
    }
}

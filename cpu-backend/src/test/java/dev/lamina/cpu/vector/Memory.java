package dev.lamina.cpu.vector;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A tensor in native memory between guard zones that kernels must leave alone. Lives until the test that made it ends. */
final class Memory {
    private static final int GUARD = 256;
    private static final byte MARK = 0x5a;
    private static Arena arena = Arena.ofShared();

    final DType dtype;
    private final Shape shape;
    private final MemorySegment all;
    private final MemorySegment inside;

    Memory(DType dtype, Shape shape) {
        this.dtype = dtype;
        this.shape = shape;
        long bytes = shape.elements() * dtype.bytes();
        all = arena.allocate(bytes + 2 * GUARD, 64);
        all.fill(MARK);
        inside = all.asSlice(GUARD, bytes);
    }

    static Memory of(Tensor tensor) {
        Memory memory = new Memory(tensor.dtype(), tensor.shape());
        memory.set(tensor);
        return memory;
    }

    static Memory floats(long... dims) {
        return new Memory(DType.FLOAT32, Shape.of(dims));
    }

    /** Frees all memory; after each test. */
    static void free() {
        arena.close();
        arena = Arena.ofShared();
    }

    void set(Tensor tensor) {
        inside.copyFrom(tensor.contiguous().memory());
    }

    Pointer pointer() {
        return new Pointer(inside.address());
    }

    long address() {
        return inside.address();
    }

    /** What is in memory; fails if a guard zone changed. */
    Tensor tensor() {
        for (long i = 0; i < GUARD; i++) {
            assertEquals(MARK, all.get(ValueLayout.JAVA_BYTE, i), "byte before the result");
            assertEquals(MARK, all.get(ValueLayout.JAVA_BYTE, all.byteSize() - 1 - i), "byte after the result");
        }
        Tensor copy = Tensor.zeros(dtype, shape);
        copy.memory().copyFrom(inside);
        return copy;
    }

    float[] floats() {
        return tensor().toFloats();
    }
}

package dev.lamina.cuda.api;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;

/**
 * A prepared kernel launch: kernel, grid, block, shared memory and arguments, which lie outside the Java heap. Launching it allocates
 * nothing. Pointer arguments start as null and are set by their slot; all others are fixed. Not thread-safe.
 */
public final class Launch {
    private static final int SHARED_WITHOUT_ASKING = 48 << 10;
    private static final int SLOT = Long.BYTES;

    private final Kernel kernel;
    private final Builder shape;
    private final MemorySegment memory;
    private final Raw.Host parameters;
    private final int[] slots;

    private Launch(Builder shape, Arena arena) {
        this.kernel = shape.kernel;
        this.shape = shape;
        int count = shape.values.size();
        // First the values, eight bytes each, then their addresses.
        this.memory = arena.allocate(Math.max(1, 2L * count) * SLOT, SLOT);
        for (int i = 0; i < count; i++) {
            memory.set(ValueLayout.JAVA_LONG, (long) i * SLOT, shape.values.get(i));
            memory.set(ValueLayout.JAVA_LONG, (long) (count + i) * SLOT, memory.address() + (long) i * SLOT);
        }
        this.parameters = new Raw.Host(memory.address() + (long) count * SLOT);
        this.slots = shape.pointers.stream().mapToInt(Integer::intValue).toArray();
    }

    /** Starts with one block of one thread and no arguments. */
    public static Builder of(Kernel kernel) {
        return new Builder(kernel);
    }

    /**
     * Sets a pointer argument.
     *
     * @param pointerSlot how many calls of {@link Builder#pointer()} came before the one for this argument
     */
    public void set(int pointerSlot, long address) {
        memory.set(ValueLayout.JAVA_LONG, (long) slots[pointerSlot] * SLOT, address);
    }

    /** The address that a pointer argument has now. */
    public long get(int pointerSlot) {
        return memory.get(ValueLayout.JAVA_LONG, (long) slots[pointerSlot] * SLOT);
    }

    /** How many pointer arguments it has. */
    public int pointers() {
        return slots.length;
    }

    /** The kernel it launches. */
    public Kernel kernel() {
        return kernel;
    }

    int on(CUstream stream) {
        kernel.module().ensureOpen();
        return JCudaDriver.cuLaunchKernel(kernel.function(), shape.gridX, shape.gridY, shape.gridZ, shape.blockX, shape.blockY,
                shape.blockZ, shape.shared, stream, parameters, null);
    }

    @Override
    public String toString() {
        return "%s, grid %d x %d x %d, block %d x %d x %d, %,d bytes of dynamic shared memory, %d arguments".formatted(kernel, shape.gridX,
                shape.gridY, shape.gridZ, shape.blockX, shape.blockY, shape.blockZ, shape.shared, shape.values.size());
    }

    /** Collects what a launch is made of. Arguments come in the kernel's order, each with its exact type. */
    public static final class Builder {
        private static final int MAX_GRID_YZ = 65535;

        private final Kernel kernel;
        private final List<Long> values = new ArrayList<>();
        private final List<Integer> pointers = new ArrayList<>();
        private int gridX = 1;
        private int gridY = 1;
        private int gridZ = 1;
        private int blockX = 1;
        private int blockY = 1;
        private int blockZ = 1;
        private int shared;

        private Builder(Kernel kernel) {
            this.kernel = kernel;
        }

        /** Blocks along each axis: x from 1 to 2^31 - 1, y and z from 1 to 65,535. */
        public Builder grid(int x, int y, int z) {
            gridX = x;
            gridY = y;
            gridZ = z;
            return this;
        }

        /** Threads of a block along each axis; in all at most what the device allows, usually 1,024. */
        public Builder block(int x, int y, int z) {
            blockX = x;
            blockY = y;
            blockZ = z;
            return this;
        }

        /** Dynamic shared memory of a block, in bytes. */
        public Builder shared(int bytes) {
            shared = bytes;
            return this;
        }

        /** The next argument is a device address, set later by {@link Launch#set}. */
        public Builder pointer() {
            pointers.add(values.size());
            values.add(0L);
            return this;
        }

        /** The next argument is an {@code int}. */
        public Builder int32(int value) {
            // Little-endian: the low half comes first.
            values.add(value & 0xFFFFFFFFL);
            return this;
        }

        /** The next argument is a {@code long long}. */
        public Builder int64(long value) {
            values.add(value);
            return this;
        }

        /** The next argument is a {@code float}. */
        public Builder float32(float value) {
            return int32(Float.floatToRawIntBits(value));
        }

        /** The next argument is a {@code double}. */
        public Builder float64(double value) {
            return int64(Double.doubleToRawLongBits(value));
        }

        /**
         * The launch.
         *
         * @param arguments where its arguments are kept; launching ends with it
         * @throws IllegalArgumentException if grid, block or shared memory is out of range
         */
        public Launch build(Arena arguments) {
            long threads = (long) blockX * blockY * blockZ;
            int limit = kernel.module().context().facts().maxThreadsPerBlock();
            require(gridX >= 1 && gridY >= 1 && gridZ >= 1 && gridY <= MAX_GRID_YZ && gridZ <= MAX_GRID_YZ,
                    "grid %d x %d x %d is not within 1 to 2^31-1 x 65535 x 65535".formatted(gridX, gridY, gridZ));
            require(blockX >= 1 && blockY >= 1 && blockZ >= 1 && threads <= limit,
                    "block %d x %d x %d is not within 1 to %d threads".formatted(blockX, blockY, blockZ, limit));
            require(shared >= 0, "%d bytes of shared memory".formatted(shared));
            if (shared > SHARED_WITHOUT_ASKING) {
                kernel.allowShared(shared);
            }
            return new Launch(this, arguments);
        }

        private void require(boolean condition, String what) {
            if (!condition) {
                throw new IllegalArgumentException("launch of " + kernel + ": " + what);
            }
        }
    }
}

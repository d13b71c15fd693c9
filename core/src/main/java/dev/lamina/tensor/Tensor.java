package dev.lamina.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.util.Arrays;

/**
 * A dense array in host memory: a typed, strided view of a {@link MemorySegment}.
 *
 * <p>Memory: the factories without an allocator put elements on the Java heap (up to 16 GiB a tensor), where the collector owns them.
 * {@link #allocate(SegmentAllocator, DType, Shape)} takes native memory from an {@link Arena}, which then owns it; the tensor is unusable
 * once the arena is closed. A view ({@link #slice}, {@link #select}, {@link #reshape}, {@link #transpose}) shares memory with its origin.
 *
 * <p>Not thread-safe for writes; any number of threads may read.
 */
public final class Tensor {
    private final DType dtype;
    private final Shape shape;
    private final long[] strides;
    private final long offset;
    private final MemorySegment memory;
    private final boolean contiguous;

    private Tensor(DType dtype, Shape shape, long[] strides, long offset, MemorySegment memory) {
        this.dtype = dtype;
        this.shape = shape;
        this.strides = strides;
        boolean empty = shape.elements() == 0;
        this.offset = empty ? 0 : offset;
        this.memory = memory;
        this.contiguous = empty || isRowMajor(shape, strides);
    }

    private static boolean isRowMajor(Shape shape, long[] strides) {
        long[] rowMajor = shape.strides();
        for (int axis = 0; axis < rowMajor.length; axis++) {
            if (shape.dim(axis) > 1 && strides[axis] != rowMajor[axis]) {
                return false;
            }
        }
        return true;
    }

    // --- making -------------------------------------------------------------------------------------------------------------------------

    /** A tensor of zeros on the Java heap. */
    public static Tensor zeros(DType dtype, Shape shape) {
        long bytes = bytes(dtype, shape);
        long words = Math.ceilDiv(bytes, Long.BYTES);
        if (words > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException("tensor: " + dtype + " " + shape + " needs " + bytes
                    + " bytes, the Java heap holds at most 16 GiB in one tensor. Allocate it from an Arena.");
        }
        return new Tensor(dtype, shape, shape.strides(), 0, MemorySegment.ofArray(new long[(int) words]).asSlice(0, bytes));
    }

    /** A zeroed tensor in memory of the allocator, 64-byte aligned. */
    public static Tensor allocate(SegmentAllocator allocator, DType dtype, Shape shape) {
        return new Tensor(dtype, shape, shape.strides(), 0, allocator.allocate(bytes(dtype, shape), 64));
    }

    /**
     * A row-major tensor over existing memory, which it shares. The memory must be aligned to the size of an element.
     *
     * @throws IllegalArgumentException if the memory is smaller than the shape needs
     */
    public static Tensor wrap(MemorySegment memory, DType dtype, Shape shape) {
        long bytes = bytes(dtype, shape);
        if (memory.byteSize() < bytes) {
            throw new IllegalArgumentException(
                    "tensor: " + dtype + " " + shape + " needs " + bytes + " bytes, the memory has " + memory.byteSize() + ".");
        }
        return new Tensor(dtype, shape, shape.strides(), 0, memory.asSlice(0, bytes));
    }

    /** A float32 copy of the values; without extents a vector. */
    public static Tensor of(float[] values, long... dims) {
        Tensor tensor = zeros(DType.FLOAT32, shapeOf(values.length, dims));
        MemorySegment.copy(values, 0, tensor.memory, Elements.F32, 0, values.length);
        return tensor;
    }

    /** A float64 copy of the values; without extents a vector. */
    public static Tensor of(double[] values, long... dims) {
        Tensor tensor = zeros(DType.FLOAT64, shapeOf(values.length, dims));
        MemorySegment.copy(values, 0, tensor.memory, Elements.F64, 0, values.length);
        return tensor;
    }

    /** An int32 copy of the values; without extents a vector. */
    public static Tensor of(int[] values, long... dims) {
        Tensor tensor = zeros(DType.INT32, shapeOf(values.length, dims));
        MemorySegment.copy(values, 0, tensor.memory, Elements.I32, 0, values.length);
        return tensor;
    }

    /** An int64 copy of the values; without extents a vector. */
    public static Tensor of(long[] values, long... dims) {
        Tensor tensor = zeros(DType.INT64, shapeOf(values.length, dims));
        MemorySegment.copy(values, 0, tensor.memory, Elements.I64, 0, values.length);
        return tensor;
    }

    /** A uint8 copy of the bytes; without extents a vector. */
    public static Tensor ofBytes(byte[] values, long... dims) {
        Tensor tensor = zeros(DType.UINT8, shapeOf(values.length, dims));
        MemorySegment.copy(values, 0, tensor.memory, Elements.U8, 0, values.length);
        return tensor;
    }

    /** Values rounded to a type; without extents a vector. */
    public static Tensor of(DType dtype, double[] values, long... dims) {
        Tensor tensor = zeros(dtype, shapeOf(values.length, dims));
        for (int i = 0; i < values.length; i++) {
            Elements.set(tensor.memory, dtype, i, values[i]);
        }
        return tensor;
    }

    /** A tensor of rank 0. */
    public static Tensor scalar(DType dtype, double value) {
        return full(dtype, Shape.scalar(), value);
    }

    /** A tensor with every element equal. */
    public static Tensor full(DType dtype, Shape shape, double value) {
        return zeros(dtype, shape).fill(value);
    }

    private static long bytes(DType dtype, Shape shape) {
        try {
            return Math.multiplyExact(shape.elements(), dtype.bytes());
        } catch (ArithmeticException e) {
            throw new ArithmeticException("tensor: " + dtype + " " + shape + " needs more than 2^63 - 1 bytes.");
        }
    }

    private static Shape shapeOf(int length, long[] dims) {
        Shape shape = dims.length == 0 ? Shape.of(length) : Shape.of(dims);
        if (shape.elements() != length) {
            throw new IllegalArgumentException("tensor: " + length + " values do not fill shape " + shape + " of " + shape.elements()
                    + " elements.");
        }
        return shape;
    }

    // --- describing ---------------------------------------------------------------------------------------------------------------------

    /** Element type. */
    public DType dtype() {
        return dtype;
    }

    /** Extents. */
    public Shape shape() {
        return shape;
    }

    /** Number of elements. */
    public long elements() {
        return shape.elements();
    }

    /** Bytes of the elements, without gaps. */
    public long byteSize() {
        return elements() * dtype.bytes();
    }

    /** True if elements lie in row-major order without gaps. */
    public boolean isContiguous() {
        return contiguous;
    }

    /**
     * The elements' memory in row-major order, shared with this tensor.
     *
     * @throws IllegalStateException if this is a view with gaps or another order; {@link #contiguous()} makes a copy without
     */
    public MemorySegment memory() {
        requireContiguous();
        return memory.asSlice(offset * dtype.bytes(), byteSize());
    }

    // --- elements -----------------------------------------------------------------------------------------------------------------------

    /** The element at an index as a double; int64 beyond 2^53 is rounded, see {@link #getLong}. */
    public double get(long... index) {
        return Elements.get(memory, dtype, position(index));
    }

    /** The element at an index as a long, exact for integers; floating values are truncated toward zero. */
    public long getLong(long... index) {
        return Elements.getLong(memory, dtype, position(index));
    }

    /** Stores a value, rounded to this tensor's type ({@link DType#round}). */
    public void set(double value, long... index) {
        Elements.set(memory, dtype, position(index), value);
    }

    /** Stores an integer, exact for int64. */
    public void setLong(long value, long... index) {
        Elements.setLong(memory, dtype, position(index), value);
    }

    /** The only element of a tensor that has one. */
    public double item() {
        if (elements() != 1) {
            throw new IllegalStateException("tensor: item() needs one element, shape " + shape + " has " + elements() + ".");
        }
        return Elements.get(memory, dtype, offset);
    }

    private long position(long[] index) {
        if (index.length != strides.length) {
            throw new IndexOutOfBoundsException(
                    "tensor: index " + Arrays.toString(index) + " has " + index.length + " numbers, shape " + shape + " has rank "
                            + strides.length + ".");
        }
        long position = offset;
        for (int axis = 0; axis < index.length; axis++) {
            if (index[axis] < 0 || index[axis] >= shape.dim(axis)) {
                throw new IndexOutOfBoundsException("tensor: index " + Arrays.toString(index) + " is outside shape " + shape + ".");
            }
            position += index[axis] * strides[axis];
        }
        return position;
    }

    // --- views --------------------------------------------------------------------------------------------------------------------------

    /** The view of positions {@code [from, to)} along an axis. */
    public Tensor slice(int axis, long from, long to) {
        int a = shape.axis(axis);
        if (from < 0 || to < from || to > shape.dim(a)) {
            throw new IndexOutOfBoundsException(
                    "tensor: slice " + from + ".." + to + " is outside axis " + a + " of shape " + shape + ".");
        }
        return new Tensor(dtype, shape.with(a, to - from), strides, offset + (to > from ? from * strides[a] : 0), memory);
    }

    /** The view at one position along an axis, which is dropped from the shape. */
    public Tensor select(int axis, long position) {
        int a = shape.axis(axis);
        if (position < 0 || position >= shape.dim(a)) {
            throw new IndexOutOfBoundsException("tensor: position " + position + " is outside axis " + a + " of shape " + shape + ".");
        }
        return new Tensor(dtype, Shape.of(without(shape.toArray(), a)), without(strides, a), offset + position * strides[a], memory);
    }

    private static long[] without(long[] array, int index) {
        long[] rest = new long[array.length - 1];
        System.arraycopy(array, 0, rest, 0, index);
        System.arraycopy(array, index + 1, rest, index, rest.length - index);
        return rest;
    }

    /** The view with axes permuted: axis {@code i} of the result is axis {@code order[i]} of this tensor. */
    public Tensor transpose(int... order) {
        long[] dims = new long[order.length];
        long[] permuted = new long[order.length];
        boolean[] seen = new boolean[strides.length];
        for (int i = 0; i < order.length; i++) {
            int axis = shape.axis(order[i]);
            if (order.length != strides.length || seen[axis]) {
                throw new IllegalArgumentException(
                        "tensor: " + Arrays.toString(order) + " is not a permutation of the " + strides.length + " axes of " + shape + ".");
            }
            seen[axis] = true;
            dims[i] = shape.dim(axis);
            permuted[i] = strides[axis];
        }
        if (order.length != strides.length) {
            throw new IllegalArgumentException(
                    "tensor: " + Arrays.toString(order) + " is not a permutation of the " + strides.length + " axes of " + shape + ".");
        }
        return new Tensor(dtype, Shape.of(dims), permuted, offset, memory);
    }

    /** The same elements in row-major order under another shape; a view if this tensor is contiguous, else of a copy. */
    public Tensor reshape(long... dims) {
        Shape target = Shape.of(dims);
        if (target.elements() != elements()) {
            throw new IllegalArgumentException(
                    "tensor: shape " + shape + " of " + elements() + " elements does not reshape to " + target + " of "
                            + target.elements() + ".");
        }
        return wrap(contiguous().memory(), dtype, target);
    }

    // --- copying ------------------------------------------------------------------------------------------------------------------------

    /** This tensor if it is contiguous, else a row-major copy on the heap. */
    public Tensor contiguous() {
        return contiguous ? this : copy();
    }

    /** A row-major copy on the heap. */
    public Tensor copy() {
        return zeros(dtype, shape).copyFrom(this);
    }

    /** A copy on the heap in another type; values are rounded by {@link DType#round}, int64 to and from other integers is exact. */
    public Tensor cast(DType target) {
        return target == dtype ? copy() : zeros(target, shape).copyFrom(this);
    }

    /**
     * Writes the elements in row-major order to memory from an offset in bytes on, without making an object.
     *
     * @throws IllegalStateException if this is a view with gaps or another order
     * @throws IndexOutOfBoundsException if the memory ends before the elements
     */
    public void writeTo(MemorySegment target, long at) {
        requireContiguous();
        MemorySegment.copy(memory, offset * dtype.bytes(), target, at, byteSize());
    }

    /**
     * Overwrites the elements with those that lie in row-major order in memory from an offset in bytes on, without making an object.
     *
     * @throws IllegalStateException if this is a view with gaps or another order
     * @throws IndexOutOfBoundsException if the memory ends before the elements
     */
    public void readFrom(MemorySegment source, long at) {
        requireContiguous();
        MemorySegment.copy(source, at, memory, offset * dtype.bytes(), byteSize());
    }

    private void requireContiguous() {
        if (!contiguous) {
            throw new IllegalStateException("tensor: a strided view " + shape + " has no row-major memory. Call contiguous() first.");
        }
    }

    /**
     * Overwrites every element with that of another tensor of equal shape, converted to this tensor's type. Returns this.
     *
     * @throws IllegalArgumentException if shapes differ
     */
    public Tensor copyFrom(Tensor source) {
        if (!source.shape.equals(shape)) {
            throw new IllegalArgumentException("tensor: cannot copy shape " + source.shape + " into shape " + shape + ".");
        }
        if (source.dtype == dtype && source.contiguous && contiguous) {
            memory().copyFrom(source.memory());
            return this;
        }
        boolean exact = !dtype.isFloating() && !source.dtype.isFloating() && dtype != DType.BOOL;
        Walk to = new Walk(this);
        Walk from = new Walk(source);
        for (long i = elements(); i > 0; i--) {
            if (exact) {
                Elements.setLong(memory, dtype, to.position, Elements.getLong(source.memory, source.dtype, from.position));
            } else {
                Elements.set(memory, dtype, to.position, Elements.get(source.memory, source.dtype, from.position));
            }
            to.advance();
            from.advance();
        }
        return this;
    }

    /** Sets every element. Returns this. */
    public Tensor fill(double value) {
        Walk walk = new Walk(this);
        for (long i = elements(); i > 0; i--) {
            Elements.set(memory, dtype, walk.position, value);
            walk.advance();
        }
        return this;
    }

    /** The elements in row-major order, rounded to float. At most 2^31 - 1 elements. */
    public float[] toFloats() {
        float[] values = new float[intElements()];
        if (dtype == DType.FLOAT32 && contiguous) {
            MemorySegment.copy(memory, Elements.F32, offset * Float.BYTES, values, 0, values.length);
            return values;
        }
        Walk walk = new Walk(this);
        for (int i = 0; i < values.length; i++, walk.advance()) {
            values[i] = (float) Elements.get(memory, dtype, walk.position);
        }
        return values;
    }

    /** The elements in row-major order. At most 2^31 - 1 elements. */
    public double[] toDoubles() {
        double[] values = new double[intElements()];
        Walk walk = new Walk(this);
        for (int i = 0; i < values.length; i++, walk.advance()) {
            values[i] = Elements.get(memory, dtype, walk.position);
        }
        return values;
    }

    /** The elements in row-major order, floating values truncated. At most 2^31 - 1 elements. */
    public long[] toLongs() {
        long[] values = new long[intElements()];
        Walk walk = new Walk(this);
        for (int i = 0; i < values.length; i++, walk.advance()) {
            values[i] = Elements.getLong(memory, dtype, walk.position);
        }
        return values;
    }

    private int intElements() {
        long elements = elements();
        if (elements > Integer.MAX_VALUE) {
            throw new IllegalStateException("tensor: " + elements + " elements of " + shape + " do not fit a Java array. Copy slices.");
        }
        return (int) elements;
    }

    /** Storage positions of a tensor's elements in row-major order. */
    private static final class Walk {
        private final long[] dims;
        private final long[] strides;
        private final long[] index;
        private long position;

        Walk(Tensor tensor) {
            dims = tensor.shape.toArray();
            strides = tensor.strides;
            index = new long[dims.length];
            position = tensor.offset;
        }

        void advance() {
            for (int axis = dims.length - 1; axis >= 0; axis--) {
                position += strides[axis];
                if (++index[axis] < dims[axis]) {
                    return;
                }
                position -= dims[axis] * strides[axis];
                index[axis] = 0;
            }
        }
    }

    // --- printing -----------------------------------------------------------------------------------------------------------------------

    /** Type, shape and nested values; long axes are shortened to their first and last three positions. */
    @Override
    public String toString() {
        return TensorText.format(this);
    }
}

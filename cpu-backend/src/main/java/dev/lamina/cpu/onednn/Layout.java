package dev.lamina.cpu.onednn;

import dev.lamina.graph.TensorType;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How the elements of a value lie in memory: an outer stride for each axis and, in blocked layouts, inner blocks of some axes, whose
 * extents are padded with zeros to a multiple of the block. Immutable and thread-safe.
 */
final class Layout {
    private static final int DESCRIPTOR_BYTES = 4096;

    private final TensorType type;
    private final long[] dims;
    private final long[] padded;
    private final long[] strides;
    private final int[] blocks;
    private final int[] blockAxes;
    private final long bytes;
    /** oneDNN's own form of a blocked layout; null for a strided one. */
    private final byte[] blob;

    private Layout(TensorType type, long[] dims, long[] padded, long[] strides, int[] blocks, int[] blockAxes, long bytes, byte[] blob) {
        this.type = type;
        this.dims = dims;
        this.padded = padded;
        this.strides = strides;
        this.blocks = blocks;
        this.blockAxes = blockAxes;
        this.bytes = bytes;
        this.blob = blob;
    }

    /** Row-major. */
    static Layout plain(TensorType type) {
        return strided(type, type.shape().strides());
    }

    /** Images {@code [N, C, H, W]} with channels innermost. */
    static Layout channelsLast(TensorType type) {
        long[] d = type.shape().toArray();
        return strided(type, new long[] {d[1] * d[2] * d[3], 1, d[3] * d[1], d[1]});
    }

    /** The same elements without gaps, at these strides. */
    static Layout strided(TensorType type, long[] strides) {
        return strided(type, type.shape().toArray(), strides);
    }

    private static Layout strided(TensorType type, long[] dims, long[] strides) {
        return new Layout(type, dims, dims, strides, new int[0], new int[0], type.bytes(), null);
    }

    /** The layout that a descriptor of oneDNN describes, for a value of this type (which may have another rank: grouped filters). */
    static Layout of(TensorType type, long descriptor, NativeScope scope) {
        MemorySegment words = scope.bytes(12 * Long.BYTES);
        int count = (int) query(descriptor, Dnnl.QUERY_INNER_BLOCK_COUNT, words)[0];
        int rank = rank(descriptor, words);
        long[] dims = Arrays.copyOf(pointed(descriptor, Dnnl.QUERY_DIMS, words), rank);
        long[] strides = Arrays.copyOf(pointed(descriptor, Dnnl.QUERY_STRIDES, words), rank);
        long[] padded = Arrays.copyOf(pointed(descriptor, Dnnl.QUERY_PADDED_DIMS, words), rank);
        int[] blocks = ints(pointed(descriptor, Dnnl.QUERY_INNER_BLOCKS, words), count);
        int[] axes = ints(pointed(descriptor, Dnnl.QUERY_INNER_AXES, words), count);
        if (count == 0) {
            return strided(type, dims, strides);
        }
        return new Layout(type, dims, padded, strides, blocks, axes, size(descriptor), blob(descriptor, scope));
    }

    private static int rank(long descriptor, MemorySegment words) {
        return (int) query(descriptor, Dnnl.QUERY_RANK, words)[0];
    }

    private static int[] ints(long[] values, int count) {
        return Arrays.stream(values, 0, count).mapToInt(Math::toIntExact).toArray();
    }

    /** A query whose answer is written to the words. */
    private static long[] query(long descriptor, int what, MemorySegment words) {
        words.fill((byte) 0);
        try {
            NativeScope.check((int) Dnnl.DESC_QUERY.invokeExact(descriptor, (long) what, words.address()), "memory_desc_query " + what);
        } catch (Throwable e) {
            throw failure("memory_desc_query", e);
        }
        return words.toArray(ValueLayout.JAVA_LONG);
    }

    /** A query whose answer is a pointer to twelve longs. */
    @SuppressWarnings("restricted")
    private static long[] pointed(long descriptor, int what, MemorySegment words) {
        long address = query(descriptor, what, words)[0];
        return MemorySegment.ofAddress(address).reinterpret(12 * Long.BYTES).toArray(ValueLayout.JAVA_LONG);
    }

    private static long size(long descriptor) {
        try {
            return (long) Dnnl.DESC_SIZE.invokeExact(descriptor);
        } catch (Throwable e) {
            throw failure("memory_desc_get_size", e);
        }
    }

    private static byte[] blob(long descriptor, NativeScope scope) {
        MemorySegment size = scope.bytes(Long.BYTES);
        MemorySegment bytes = scope.bytes(DESCRIPTOR_BYTES);
        try {
            NativeScope.check((int) Dnnl.DESC_BLOB.invokeExact(0L, size.address(), descriptor), "memory_desc_get_blob");
            NativeScope.check((int) Dnnl.DESC_BLOB.invokeExact(bytes.address(), size.address(), descriptor), "memory_desc_get_blob");
        } catch (Throwable e) {
            throw failure("memory_desc_get_blob", e);
        }
        return bytes.asSlice(0, size.get(ValueLayout.JAVA_LONG, 0)).toArray(ValueLayout.JAVA_BYTE);
    }

    private static RuntimeException failure(String call, Throwable e) {
        return e instanceof RuntimeException known ? known : NativeScope.unexpected(call, e);
    }

    /** A descriptor of this layout, owned by the scope. */
    long descriptor(NativeScope scope) {
        if (blob != null) {
            MemorySegment bytesOf = scope.bytes(blob.length);
            MemorySegment.copy(blob, 0, bytesOf, ValueLayout.JAVA_BYTE, 0, blob.length);
            return scope.own("memory_desc_create_with_blob", Dnnl.DESC_DESTROY,
                    out -> (int) Dnnl.DESC_WITH_BLOB.invokeExact(out, bytesOf.address()));
        }
        // oneDNN has no scalars.
        boolean scalar = dims.length == 0;
        return stridedDescriptor(scope, scalar ? new long[] {1} : dims, scalar ? new long[] {1} : strides, dtype(type.dtype()));
    }

    /** A descriptor of extents and strides. */
    static long stridedDescriptor(NativeScope scope, long[] dims, long[] strides, int dtype) {
        long nativeDims = scope.dims(dims);
        long nativeStrides = scope.dims(strides);
        return scope.own("memory_desc_create_with_strides", Dnnl.DESC_DESTROY, out -> (int) Dnnl.DESC_WITH_STRIDES.invokeExact(
                out, (long) dims.length, nativeDims, (long) dtype, nativeStrides));
    }

    /** A descriptor of extents under a format tag. */
    static long taggedDescriptor(NativeScope scope, long[] dims, int dtype, int tag) {
        long nativeDims = scope.dims(dims);
        return scope.own("memory_desc_create_with_tag", Dnnl.DESC_DESTROY, out -> (int) Dnnl.DESC_WITH_TAG.invokeExact(
                out, (long) dims.length, nativeDims, (long) dtype, (long) tag));
    }

    /** oneDNN's number of an element type; types that it lacks are moved as bytes of equal size elsewhere. */
    static int dtype(DType dtype) {
        return switch (dtype) {
            case FLOAT32 -> Dnnl.F32;
            case BFLOAT16 -> Dnnl.BF16;
            case INT32 -> Dnnl.S32;
            case UINT8, BOOL -> Dnnl.U8;
            case FLOAT64, FLOAT16, INT64 -> throw new IllegalArgumentException("oneDNN is not asked to move " + dtype + ".");
        };
    }

    TensorType type() {
        return type;
    }

    long bytes() {
        return bytes;
    }

    /** Extents as oneDNN sees them: those of the type, but grouped filters have an axis for the groups in front. */
    long[] dims() {
        return dims.clone();
    }

    /** The row-major layout of the same value in the same number of axes. */
    Layout plainAlike() {
        return plainAlike(type);
    }

    /** The row-major layout of a value of another element type in the same number of axes. */
    Layout plainAlike(TensorType other) {
        return strided(other, dims, Shape.of(dims).strides());
    }

    /** Extents with their padding, by axis. */
    long[] padded() {
        return padded.clone();
    }

    /** Outer strides in elements, by axis. */
    long[] strides() {
        return strides.clone();
    }

    /** Inner blocks, outermost first. */
    int[] blocks() {
        return blocks.clone();
    }

    /** Axis of each inner block. */
    int[] blockAxes() {
        return blockAxes.clone();
    }

    boolean isBlocked() {
        return blocks.length > 0;
    }

    /** True if elements lie in row-major order without gaps. */
    boolean isPlain() {
        if (isBlocked()) {
            return false;
        }
        long expected = 1;
        for (int axis = dims.length - 1; axis >= 0; axis--) {
            if (dims[axis] > 1 && strides[axis] != expected) {
                return false;
            }
            expected *= Math.max(1, dims[axis]);
        }
        return true;
    }

    /** True if there are elements that belong to no index: the zeros that fill up blocks. */
    boolean hasPadding() {
        return bytes != type.bytes();
    }

    /** True if a value of the same type in the other layout would lie in memory alike. */
    boolean sameMemory(Layout other) {
        return type.equals(other.type) && (sameOrder(other) || isPlain() && other.isPlain());
    }

    /** True if both hold the same extents alike; strides of axes with one outer position do not matter. */
    boolean sameOrder(Layout other) {
        if (!Arrays.equals(padded, other.padded) || !Arrays.equals(blocks, other.blocks) || !Arrays.equals(blockAxes, other.blockAxes)) {
            return false;
        }
        for (int axis = 0; axis < strides.length; axis++) {
            if (outer(axis) > 1 && strides[axis] != other.strides[axis]) {
                return false;
            }
        }
        return true;
    }

    /** Outer positions along an axis. */
    long outer(int axis) {
        long extent = padded[axis];
        for (int i = 0; i < blocks.length; i++) {
            if (blockAxes[i] == axis) {
                extent /= blocks[i];
            }
        }
        return extent;
    }

    /** For people: {@code plain}, {@code channels last}, or oneDNN's letters such as {@code aBcd16b}. */
    @Override
    public String toString() {
        if (isPlain()) {
            return "plain";
        }
        if (!isBlocked() && dims.length == 4 && sameOrder(channelsLast(type))) {
            return "channels last";
        }
        List<Integer> axes = new ArrayList<>();
        for (int axis = 0; axis < strides.length; axis++) {
            axes.add(axis);
        }
        axes.sort((a, b) -> Long.compare(strides[b], strides[a]));
        StringBuilder text = new StringBuilder();
        for (int axis : axes) {
            boolean inner = Arrays.stream(blockAxes).anyMatch(a -> a == axis);
            text.append((char) ((inner ? 'A' : 'a') + axis));
        }
        for (int i = 0; i < blocks.length; i++) {
            text.append(blocks[i]).append((char) ('a' + blockAxes[i]));
        }
        return text.toString();
    }
}

package dev.lamina.cpu.onednn;

import dev.lamina.graph.TensorType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A chosen implementation of a primitive, before it is made. */
record PrimitiveDesc(long handle, NativeScope scope) {

    /** The layout that the implementation wants for one of its arguments. */
    Layout layout(int query, TensorType type) {
        return Layout.of(type, md(query), scope);
    }

    private long md(int query) {
        try {
            return (long) Dnnl.PRIMITIVE_DESC_MD.invokeExact(handle, (long) query, 0L);
        } catch (Throwable e) {
            throw NativeScope.unexpected("primitive_desc_query_md", e);
        }
    }

    /** Bytes of scratch memory for one execution. */
    long scratchpadBytes() {
        long md = md(Dnnl.QUERY_SCRATCHPAD);
        return md == 0 ? 0 : size(md);
    }

    /** Bytes of the workspace that the forward primitive writes for the backward one. */
    long workspaceBytes() {
        long md = md(Dnnl.QUERY_WORKSPACE);
        return md == 0 ? 0 : size(md);
    }

    private static long size(long md) {
        try {
            return (long) Dnnl.DESC_SIZE.invokeExact(md);
        } catch (Throwable e) {
            throw NativeScope.unexpected("memory_desc_get_size", e);
        }
    }

    /** The implementation's name, e.g. {@code jit:avx512_core}. */
    @SuppressWarnings("restricted")
    String implementation() {
        MemorySegment out = scope.bytes(Long.BYTES);
        try {
            NativeScope.check((int) Dnnl.PRIMITIVE_DESC_QUERY.invokeExact(handle, (long) Dnnl.QUERY_IMPLEMENTATION, 0L, out.address()),
                    "primitive_desc_query");
        } catch (Throwable e) {
            throw e instanceof RuntimeException known ? known : NativeScope.unexpected("primitive_desc_query", e);
        }
        return MemorySegment.ofAddress(out.get(ValueLayout.JAVA_LONG, 0)).reinterpret(Long.MAX_VALUE).getString(0);
    }

    /** True if it is one of the library's plain loops, hundreds of times slower than generated code. */
    boolean isReference() {
        return implementation().startsWith("ref");
    }
}

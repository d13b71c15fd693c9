package dev.lamina.cpu.onednn;

import dev.lamina.backend.BackendException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Owner of native objects: whatever is made here lives until {@link #close}, which destroys in reverse order. Not thread-safe; may be
 * closed by another thread than the maker's. Idempotent to close.
 */
final class NativeScope implements AutoCloseable {
    private static final String DEFECT = "Report this as a defect of Lamina.";

    private final long engine;
    private final Arena arena = Arena.ofShared();
    private final Deque<Owned> owned = new ArrayDeque<>();
    private final List<Pages> pages = new ArrayList<>();
    private final MemorySegment out = arena.allocate(ValueLayout.JAVA_LONG);
    private boolean closed;

    private record Owned(MethodHandle destroy, long handle) {
    }

    /** A call that writes a handle to the address it is given. */
    @FunctionalInterface
    interface Creation {
        int create(long out) throws Throwable;
    }

    NativeScope(long engine) {
        this.engine = engine;
    }

    long engine() {
        return engine;
    }

    /** Makes an object that this scope destroys; failure is an error. */
    long own(String call, MethodHandle destroy, Creation creation) {
        long handle = attempt(call, destroy, creation);
        if (handle == 0) {
            throw new BackendException("oneDNN: " + call + " is not implemented for these arguments.", DEFECT);
        }
        return handle;
    }

    /** Makes an object that this scope destroys, or 0 if the library has no implementation for the arguments. */
    long attempt(String call, MethodHandle destroy, Creation creation) {
        int status;
        try {
            status = creation.create(out.address());
        } catch (Throwable e) {
            throw unexpected(call, e);
        }
        if (status == Dnnl.UNIMPLEMENTED) {
            return 0;
        }
        check(status, call);
        long handle = out.get(ValueLayout.JAVA_LONG, 0);
        owned.push(new Owned(destroy, handle));
        return handle;
    }

    static IllegalStateException unexpected(String call, Throwable e) {
        if (e instanceof Error error) {
            throw error;
        }
        return new IllegalStateException("oneDNN: " + call + " failed in the foreign-function interface.", e);
    }

    /**
     * Fails unless a call succeeded.
     *
     * @throws BackendException with the call and the status
     */
    static void check(int status, String call) {
        if (status != Dnnl.SUCCESS) {
            throw new BackendException("oneDNN: " + call + " failed: " + statusText(status) + ".",
                    status == Dnnl.OUT_OF_MEMORY ? "Use a smaller batch, or a machine with more memory." : DEFECT);
        }
    }

    private static String statusText(int status) {
        return switch (status) {
            case 1 -> "out of memory (1)";
            case 2 -> "invalid arguments (2)";
            case 3 -> "unimplemented (3)";
            case 4 -> "last implementation reached (4)";
            case 5 -> "runtime error (5)";
            case 6 -> "not required (6)";
            default -> "status " + status;
        };
    }

    /** A native array of extents, as {@code dnnl_dims_t} of up to 12. */
    long dims(long... values) {
        MemorySegment segment = arena.allocate(ValueLayout.JAVA_LONG, 12);
        MemorySegment.copy(values, 0, segment, ValueLayout.JAVA_LONG, 0, values.length);
        return segment.address();
    }

    /** Zeroed native memory of this scope. */
    MemorySegment bytes(long bytes) {
        return arena.allocate(bytes, 64);
    }

    /** Zeroed memory for many elements, on large pages where the system has them. */
    Pages pages(long bytes, String what) {
        Pages made = Pages.allocate(bytes, what);
        pages.add(made);
        return made;
    }

    /** Gives memory back before this scope ends. */
    void release(Pages released) {
        pages.remove(released);
        released.close();
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        while (!owned.isEmpty()) {
            Owned last = owned.pop();
            try {
                int ignored = (int) last.destroy.invokeExact(last.handle);
            } catch (Throwable e) {
                throw unexpected("destroy", e);
            }
        }
        pages.forEach(Pages::close);
        arena.close();
    }
}

package dev.lamina.cpu.onednn;

import com.sun.management.OperatingSystemMXBean;
import dev.lamina.backend.BackendException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.management.ManagementFactory;
import java.util.Locale;

/**
 * A block of zeroed native memory. On Linux a large block is mapped anew with 2 MiB pages asked for, since streaming over hundreds of
 * megabytes of weights in 4 KiB pages costs address translations; elsewhere, and for small blocks, an {@link Arena} provides it. Thread-safe.
 */
final class Pages implements AutoCloseable {
    private static final long LARGE = 4L << 20;
    private static final long HUGE_PAGE = 2L << 20;
    /** From here on it is worth asking whether the machine has as much at all. */
    private static final long SUSPICIOUS = 1L << 30;
    private static final int READ_WRITE = 3;
    private static final int PRIVATE_ANONYMOUS = 0x22;
    private static final int ADVISE_HUGE_PAGE = 14;
    private static final boolean LINUX = System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("linux");

    /** The system calls, bound when a large block is first asked for. */
    private static final class LinuxCalls {
        static final MethodHandle MAP = handle("mmap", FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG));
        static final MethodHandle UNMAP = handle("munmap",
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));
        static final MethodHandle ADVISE = handle("madvise",
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT));

        @SuppressWarnings("restricted")
        private static MethodHandle handle(String function, FunctionDescriptor type) {
            SymbolLookup standard = Linker.nativeLinker().defaultLookup();
            return Linker.nativeLinker().downcallHandle(standard.find(function).orElseThrow(), type);
        }
    }

    private final long address;
    private final long bytes;
    private final long mapped;
    private final long mappedBytes;
    private final Arena arena;
    private boolean closed;

    private Pages(long address, long bytes, long mapped, long mappedBytes, Arena arena) {
        this.address = address;
        this.bytes = bytes;
        this.mapped = mapped;
        this.mappedBytes = mappedBytes;
        this.arena = arena;
    }

    /**
     * Allocates.
     *
     * @param what for the error
     * @throws BackendException if memory does not suffice
     */
    static Pages allocate(long bytes, String what) {
        if (bytes >= SUSPICIOUS && bytes > machineBytes()) {
            throw insufficient(bytes, what + " (the machine has " + machineBytes() + " bytes)");
        }
        if (LINUX && bytes >= LARGE) {
            return map(bytes, what);
        }
        Arena arena = Arena.ofShared();
        try {
            return new Pages(arena.allocate(Math.max(1, bytes), 64).address(), bytes, 0, 0, arena);
        } catch (OutOfMemoryError e) {
            arena.close();
            throw insufficient(bytes, what);
        }
    }

    private static long machineBytes() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getTotalMemorySize();
    }

    private static Pages map(long bytes, String what) {
        long length = Math.addExact(bytes, HUGE_PAGE);
        try {
            long start = (long) LinuxCalls.MAP.invokeExact(0L, length, READ_WRITE, PRIVATE_ANONYMOUS, -1, 0L);
            if (start == -1) {
                throw insufficient(bytes, what);
            }
            long aligned = Math.ceilDiv(start, HUGE_PAGE) * HUGE_PAGE;
            // A refusal only costs speed.
            int ignored = (int) LinuxCalls.ADVISE.invokeExact(aligned, bytes, ADVISE_HUGE_PAGE);
            return new Pages(aligned, bytes, start, length, null);
        } catch (BackendException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw NativeScope.unexpected("mmap", e);
        }
    }

    private static BackendException insufficient(long bytes, String what) {
        return new BackendException("out of memory: " + what + " needs " + bytes + " bytes.", "Use a smaller batch.");
    }

    long address() {
        return address;
    }

    long bytes() {
        return bytes;
    }

    /** The memory as a segment. The caller keeps this object open while it is used. */
    @SuppressWarnings("restricted")
    MemorySegment segment() {
        return MemorySegment.ofAddress(address).reinterpret(bytes);
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (arena != null) {
            arena.close();
            return;
        }
        try {
            int ignored = (int) LinuxCalls.UNMAP.invokeExact(mapped, mappedBytes);
        } catch (Throwable e) {
            throw NativeScope.unexpected("munmap", e);
        }
    }
}

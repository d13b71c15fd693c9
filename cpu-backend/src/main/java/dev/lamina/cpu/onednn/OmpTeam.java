package dev.lamina.cpu.onednn;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * The threads of the OpenMP runtime that oneDNN itself computes on: a parallel region of ours starts on the threads that oneDNN's last one
 * left spinning, so the two never compete for a core. A region costs about a microsecond. The JVM attaches the runtime's threads when they
 * first call into Java. One caller at a time.
 */
final class OmpTeam implements CpuTeam {
    private final int threads;
    private final MethodHandle parallel;
    private final MethodHandle setThreads;
    private final MethodHandle threadNumber;
    private final MethodHandle threadCount;
    private final Arena arena = Arena.ofShared();
    private final long stub;
    private volatile Task task;
    private volatile Throwable failure;

    OmpTeam(SymbolLookup openMp, int threads) {
        this.threads = threads;
        Linker linker = Linker.nativeLinker();
        this.parallel = downcall(openMp, "GOMP_parallel", FunctionDescriptor.ofVoid(
                ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
        this.setThreads = downcall(openMp, "omp_set_num_threads", FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT));
        this.threadNumber = downcall(openMp, "omp_get_thread_num", FunctionDescriptor.of(ValueLayout.JAVA_INT),
                Linker.Option.critical(false));
        this.threadCount = downcall(openMp, "omp_get_num_threads", FunctionDescriptor.of(ValueLayout.JAVA_INT),
                Linker.Option.critical(false));
        this.stub = upcall(linker);
    }

    @SuppressWarnings("restricted")
    private static MethodHandle downcall(SymbolLookup openMp, String function, FunctionDescriptor type, Linker.Option... options) {
        return Linker.nativeLinker().downcallHandle(openMp.find(function).orElseThrow(), type, options);
    }

    @SuppressWarnings("restricted")
    private long upcall(Linker linker) {
        try {
            MethodHandle share = MethodHandles.lookup().findVirtual(OmpTeam.class, "share", MethodType.methodType(void.class, long.class))
                    .bindTo(this);
            return linker.upcallStub(share, FunctionDescriptor.ofVoid(ValueLayout.JAVA_LONG), arena).address();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public int threads() {
        return threads;
    }

    @Override
    public void enter() {
        try {
            setThreads.invokeExact(threads);
        } catch (Throwable e) {
            throw NativeScope.unexpected("omp_set_num_threads", e);
        }
    }

    @Override
    public void run(Task shared) {
        if (threads == 1) {
            shared.run(0, 1);
            return;
        }
        task = shared;
        try {
            parallel.invokeExact(stub, 0L, threads, 0);
        } catch (Throwable e) {
            throw NativeScope.unexpected("GOMP_parallel", e);
        }
        task = null;
        Throwable failed = failure;
        if (failed != null) {
            failure = null;
            if (failed instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) failed;
        }
    }

    /**
     * What each thread of a region calls. The runtime may give fewer threads than were asked for (OMP_THREAD_LIMIT, OMP_DYNAMIC); then each
     * takes several shares. An exception must not leave it: native frames are above.
     */
    private void share(long unused) {
        try {
            int given = (int) threadCount.invokeExact();
            for (int share = (int) threadNumber.invokeExact(); share < threads; share += given) {
                task.run(share, threads);
            }
        } catch (Throwable e) {
            failure = e;
        }
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}

package dev.lamina.cpu.reference;

import com.sun.management.OperatingSystemMXBean;
import dev.lamina.backend.Backend;
import dev.lamina.backend.BackendException;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.Device;
import dev.lamina.backend.DeviceOptions;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.graph.Graph;
import dev.lamina.graph.Node;
import dev.lamina.graph.Value;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Optional;

/**
 * Compiles graphs for plain Java. Arithmetic is in double whatever the requested precision, and results depend neither on the number of
 * threads nor on their timing, so every run is deterministic. Of the passes it knows those that concern memory; it has nothing that
 * {@code ALGORITHM_SEARCH}, {@code CAPTURE} and {@code FAST_KERNELS} could switch off. Thread-safe; executables may run at once, each
 * with its own state.
 */
public final class ReferenceBackend implements Backend {
    private final Workers workers;
    private volatile boolean closed;

    /** A backend with its own worker threads. */
    public ReferenceBackend(DeviceOptions options) {
        workers = new Workers(options.threadsOrDefault());
    }

    static String describe(int threads) {
        return "plain Java, " + threads + (threads == 1 ? " thread" : " threads");
    }

    private static OperatingSystemMXBean system() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    }

    static long machineBytes() {
        return system().getTotalMemorySize();
    }

    @Override
    public String name() {
        return ReferenceProvider.NAME;
    }

    @Override
    public Device device() {
        return new Device(describe(workers.threads()), machineBytes(), system().getFreeMemorySize(), false);
    }

    @Override
    public Optional<String> unsupported(Node node) {
        return Lowering.unsupported(node);
    }

    @Override
    public Executable compile(Graph graph, CompileOptions options) {
        requireOpen();
        if (options.precision() == CompileOptions.Precision.BFLOAT16) {
            throw new BackendException("backend \"reference\" computes in double and rounds once; it has no BFLOAT16 arithmetic.",
                    "Compile with FLOAT32, or use another backend.");
        }
        for (Node node : graph.nodes()) {
            unsupported(node).ifPresent(reason -> {
                throw new BackendException(node + ": not supported by backend \"reference\": " + reason, "Use smaller batches.");
            });
        }
        return new ReferenceExecutable(graph, options, workers);
    }

    @Override
    public State createState(List<Value> variables) {
        requireOpen();
        return new ReferenceState(variables);
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("backend \"reference\" is closed.");
        }
    }

    @Override
    public void close() {
        closed = true;
        workers.close();
    }
}

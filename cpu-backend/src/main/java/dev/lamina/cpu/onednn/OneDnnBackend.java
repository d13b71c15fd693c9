package dev.lamina.cpu.onednn;

import dev.lamina.backend.Backend;
import dev.lamina.backend.BackendException;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.Device;
import dev.lamina.backend.DeviceOptions;
import dev.lamina.backend.Executable;
import dev.lamina.backend.GraphPasses;
import dev.lamina.backend.State;
import dev.lamina.cpu.natives.Processors;
import dev.lamina.cpu.reference.ReferenceBackend;
import dev.lamina.cpu.reference.ReferenceKernel;
import dev.lamina.graph.Graph;
import dev.lamina.graph.Node;
import dev.lamina.graph.Rewritten;
import dev.lamina.graph.Value;
import dev.lamina.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Compiles graphs for the processor: convolutions and matrix products by oneDNN, the rest by vector kernels, on the same threads. Thread-safe;
 * runs of its executables take turns. Two runs with the same number of threads agree bit for bit.
 */
public final class OneDnnBackend implements Backend {
    private final CpuTeam team;
    private final NativeScope scope;
    private final long engine;
    private final long stream;
    private volatile boolean closed;

    /**
     * Opens the backend.
     *
     * @throws BackendException if the native library cannot be loaded
     */
    public OneDnnBackend(DeviceOptions options) {
        DnnlLibrary library = DnnlLibrary.load();
        this.team = CpuTeam.of(library, options.threads() > 0 ? options.threads() : Processors.physical());
        NativeScope objects = new NativeScope(0);
        try {
            long engine = objects.own("engine_create", Dnnl.ENGINE_DESTROY, out -> (int) Dnnl.ENGINE_CREATE.invokeExact(out, 1L, 0L));
            this.scope = objects;
            this.engine = engine;
            this.stream = objects.own("stream_create", Dnnl.STREAM_DESTROY,
                    out -> (int) Dnnl.STREAM_CREATE.invokeExact(out, engine, 1L));
        } catch (RuntimeException e) {
            objects.close();
            team.close();
            throw e;
        }
    }

    /** For people: library and version. */
    static String describe(int threads) {
        return "oneDNN " + version() + ", " + threads + (threads == 1 ? " thread" : " threads");
    }

    @SuppressWarnings("restricted")
    private static String version() {
        try {
            MemorySegment numbers = MemorySegment.ofAddress((long) Dnnl.VERSION.invokeExact()).reinterpret(3 * Integer.BYTES);
            int[] parts = numbers.toArray(ValueLayout.JAVA_INT);
            return parts[0] + "." + parts[1] + "." + parts[2];
        } catch (Throwable e) {
            throw NativeScope.unexpected("version", e);
        }
    }

    long engine() {
        return engine;
    }

    long stream() {
        return stream;
    }

    CpuTeam team() {
        return team;
    }

    @Override
    public String name() {
        return OneDnnProvider.NAME;
    }

    @Override
    public Device device() {
        var system = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return new Device(describe(team.threads()), system.getTotalMemorySize(), system.getFreeMemorySize(), false);
    }

    @Override
    public Optional<String> unsupported(Node node) {
        return ReferenceKernel.unsupported(node);
    }

    @Override
    public Executable compile(Graph graph, CompileOptions options) {
        requireOpen();
        for (Node node : graph.nodes()) {
            unsupported(node).ifPresent(reason -> {
                throw new BackendException(node + ": not supported by backend \"cpu\": " + reason, "Use smaller batches.");
            });
        }
        if (options.precision() == CompileOptions.Precision.BFLOAT16) {
            requireBfloat16();
        }
        Rewritten rewritten = GraphPasses.apply(graph, options, OneDnnBackend::evaluate);
        synchronized (team) {
            requireOpen();
            team.enter();
            return new OneDnnExecutable(this, graph, rewritten, options);
        }
    }

    private void requireBfloat16() {
        try (NativeScope objects = new NativeScope(engine)) {
            if (!Precision.hasBfloat16(objects)) {
                throw new BackendException("backend \"cpu\": oneDNN has no bfloat16 arithmetic on this processor.", "Compile with FLOAT32.");
            }
        }
    }

    /** Constant folding computes with the reference, whose results are the most exact. */
    private static Map<String, Tensor> evaluate(Graph constants) {
        try (Backend reference = new ReferenceBackend(new DeviceOptions(0, 1));
                State none = reference.createState(List.of());
                Executable executable = reference.compile(constants, CompileOptions.defaults())) {
            return executable.call(none, Map.of());
        }
    }

    @Override
    public State createState(List<Value> variables) {
        requireOpen();
        return new OneDnnState(this, variables);
    }

    /** Copies elements from one layout to another at once. */
    void reorder(Layout from, long source, Layout to, long target) {
        synchronized (team) {
            requireOpen();
            team.enter();
            try (NativeScope objects = new NativeScope(engine)) {
                Assembly assembly = new Assembly(objects, team, stream, null, true);
                Buffer in = new Buffer("from", from.bytes(), Buffer.Home.STATE);
                Buffer out = new Buffer("to", to.bytes(), Buffer.Home.STATE);
                assembly.reorder(new Place(in, from), new Place(out, to), "state", "");
                in.moveTo(source);
                out.moveTo(target);
                Map<Buffer, Pages> scratch = new LinkedHashMap<>();
                for (Buffer buffer : assembly.buffers()) {
                    scratch.put(buffer, objects.pages(buffer.bytes(), "scratch"));
                    buffer.moveTo(scratch.get(buffer).address());
                }
                assembly.steps().forEach(step -> step.kernel().run());
            }
        }
    }

    /** Fails once the backend is closed. Who holds the team knows that it stays open. */
    void requireOpen() {
        if (closed) {
            throw new IllegalStateException("backend \"cpu\" is closed.");
        }
    }

    @Override
    public void close() {
        synchronized (team) {
            if (!closed) {
                closed = true;
                scope.close();
                team.close();
            }
        }
    }
}

package dev.lamina.cuda;

import dev.lamina.backend.Backend;
import dev.lamina.backend.BackendException;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.Device;
import dev.lamina.backend.DeviceOptions;
import dev.lamina.backend.Executable;
import dev.lamina.backend.GraphPasses;
import dev.lamina.backend.State;
import dev.lamina.backend.natives.CacheFolder;
import dev.lamina.cuda.api.Blas;
import dev.lamina.cuda.api.Context;
import dev.lamina.cuda.api.ConvolutionCache;
import dev.lamina.cuda.api.DeviceFacts;
import dev.lamina.cuda.api.DeviceMemory;
import dev.lamina.cuda.api.Dnn;
import dev.lamina.cuda.api.Stream;
import dev.lamina.cuda.kernels.KernelCache;
import dev.lamina.cuda.lowering.Compiler;
import dev.lamina.cuda.lowering.Converter;
import dev.lamina.cuda.lowering.Layout;
import dev.lamina.cuda.lowering.Owned;
import dev.lamina.cuda.lowering.Toolbox;
import dev.lamina.graph.Graph;
import dev.lamina.graph.Node;
import dev.lamina.graph.Rewritten;
import dev.lamina.graph.Value;
import dev.lamina.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compiles graphs for one NVIDIA device: convolutions by cuDNN, matrix products by cuBLAS, the rest by kernels compiled for the device.
 * Thread-safe; runs of its executables take turns on one stream.
 */
public final class CudaBackend implements Backend {
    private static final Logger LOG = LoggerFactory.getLogger(CudaBackend.class);
    private static final long MIB = 1 << 20;

    private final Settings settings;
    private final Owned owned = new Owned();
    private final Context context;
    private final Stream compute;
    private final Stream copies;
    private final Staging staging;
    private final DeviceMemory workspace;
    private final Toolbox tools;
    private volatile boolean closed;

    /**
     * Opens a device.
     *
     * @throws BackendException if there is none of this index, or a library cannot be loaded
     */
    public CudaBackend(DeviceOptions options, Settings settings) {
        this.settings = settings;
        try {
            context = owned.add(Context.open(options.index()));
            compute = owned.add(context.stream());
            copies = owned.add(context.stream());
            staging = owned.add(new Staging(context, compute));
            workspace = owned.add(context.allocate(workspaceBytes(context.facts()), "the workspace of cuBLAS"));
            Blas blas = owned.add(Blas.open(context));
            Dnn dnn = owned.add(Dnn.open(context));
            blas.stream(compute);
            blas.workspace(workspace);
            dnn.stream(compute);
            ConvolutionCache algorithms = ConvolutionCache.in(CacheFolder.named(ConvolutionCache.FOLDER), context.facts(), dnn.version());
            tools = new Toolbox(context, blas, dnn, owned.add(new KernelCache(context)), algorithms, settings.search(),
                    settings.workspaceBytes());
        } catch (RuntimeException e) {
            owned.closeAfter(e);
            throw e;
        }
    }

    /** What cuBLAS would take for itself (its manual, cublasSetWorkspace), but known before a graph is captured. */
    private static long workspaceBytes(DeviceFacts facts) {
        return facts.major() >= 9 ? 32 * MIB : 4 * MIB;
    }

    Context context() {
        return context;
    }

    Stream compute() {
        return compute;
    }

    Stream copies() {
        return copies;
    }

    Staging staging() {
        return staging;
    }

    /** Memory that cuBLAS takes for products; what it holds between runs is of no use. */
    DeviceMemory blasWorkspace() {
        return workspace;
    }

    Settings settings() {
        return settings;
    }

    Toolbox tools() {
        return tools;
    }

    @Override
    public String name() {
        return CudaProvider.NAME;
    }

    @Override
    public Device device() {
        requireOpen();
        return new Device(context.facts().name(), context.facts().totalBytes(), context.freeBytes(), context.facts().emulated());
    }

    @Override
    public Optional<String> unsupported(Node node) {
        return Compiler.unsupported(node);
    }

    @Override
    public synchronized Executable compile(Graph graph, CompileOptions options) {
        requireOpen();
        for (Node node : graph.nodes()) {
            unsupported(node).ifPresent(reason -> {
                throw new BackendException(node + ": not supported by backend \"cuda\": " + reason, "Use another backend.");
            });
        }
        Rewritten rewritten = GraphPasses.apply(graph, options, constants -> evaluate(constants, options));
        return new CudaExecutable(this, graph, rewritten, options);
    }

    /** Constant folding computes here, in the precision of the values, whatever the graph multiplies in. */
    private Map<String, Tensor> evaluate(Graph constants, CompileOptions options) {
        CompileOptions plain = new CompileOptions(CompileOptions.Precision.FLOAT32, false, false, options.passes(), options.poison())
                .without(CompileOptions.Pass.CONSTANT_FOLDING);
        try (State none = createState(List.of()); Executable executable = compile(constants, plain)) {
            return executable.call(none, Map.of());
        }
    }

    @Override
    public synchronized State createState(List<Value> variables) {
        requireOpen();
        return new CudaState(this, variables);
    }

    /** Copies elements from one layout to another, in the order of the compute stream. */
    void convert(Layout from, long source, Layout to, long target) {
        try (Owned scratch = new Owned()) {
            Converter.run(tools, scratch, compute, from, source, to, target);
            // What the steps own is released here, so they must be done.
            compute.synchronize();
        }
    }

    /** A row-major copy of a value in device memory, after everything that has been asked for. */
    Tensor download(Layout layout, long address) {
        Tensor row = Tensor.zeros(layout.type().dtype(), layout.type().shape());
        if (layout.isPlain()) {
            staging.download(address, row.memory());
            return row;
        }
        try (DeviceMemory plain = context.allocate(Math.max(1, row.byteSize()), "a row-major copy")) {
            convert(layout, address, Layout.plain(layout.type()), plain.address());
            staging.download(plain.address(), row.memory());
        }
        return row;
    }

    /** Waits until nothing that was asked for uses memory any more; errors are for who reads results. */
    void quiesce() {
        if (closed) {
            return;
        }
        for (Stream stream : List.of(compute, copies)) {
            try {
                stream.synchronize();
            } catch (BackendException e) {
                LOG.debug("work failed before memory was released", e);
            }
        }
    }

    /**
     * Closes what an executable or a state has, once nothing uses it any more. After an error that the context sticks to, the driver
     * refuses that too; then what is left goes with the context, and nothing is thrown: whoever met the error knows.
     */
    void release(Owned objects) {
        boolean lost = isLost();
        quiesce();
        try {
            objects.close();
        } catch (BackendException e) {
            if (!lost) {
                throw e;
            }
            LOG.warn("memory is not released before the backend is closed: {}", e.getMessage());
        }
    }

    /** The same because of a failure, which must not be hidden by one in closing. */
    void releaseAfter(RuntimeException failure, Owned objects) {
        quiesce();
        objects.closeAfter(failure);
    }

    /** True if the context sticks to an error: even a harmless question is refused then. */
    private boolean isLost() {
        if (closed) {
            return false;
        }
        try {
            context.freeBytes();
            return false;
        } catch (BackendException e) {
            return true;
        }
    }

    /** Fails once the backend is closed. */
    void requireOpen() {
        if (closed) {
            throw new IllegalStateException("backend \"cuda\" is closed.");
        }
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            try {
                release(owned);
            } finally {
                closed = true;
            }
        }
    }
}

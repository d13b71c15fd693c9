package dev.lamina.cuda;

import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.CompileReport;
import dev.lamina.backend.Contract;
import dev.lamina.backend.Executable;
import dev.lamina.backend.MemoryPlan;
import dev.lamina.backend.Profiled;
import dev.lamina.backend.State;
import dev.lamina.cuda.api.DeviceMemory;
import dev.lamina.cuda.lowering.Assembly;
import dev.lamina.cuda.lowering.Buffer;
import dev.lamina.cuda.lowering.Compiler;
import dev.lamina.cuda.lowering.Owned;
import dev.lamina.cuda.lowering.Place;
import dev.lamina.cuda.lowering.PointerTable;
import dev.lamina.cuda.lowering.Step;
import dev.lamina.graph.Graph;
import dev.lamina.graph.MatMul;
import dev.lamina.graph.Rewritten;
import dev.lamina.graph.Update;
import dev.lamina.graph.Value;
import dev.lamina.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Steps over one arena and a state. A run brings the inputs to the device and enqueues the steps: the first run of a state one by one, the
 * second records them into a CUDA graph, which every later run launches, unless that is switched off. A run does not wait for the device;
 * reading does.
 */
final class CudaExecutable implements Executable {
    private final CudaBackend backend;
    private final Graph graph;
    private final Contract contract;
    private final Owned owned = new Owned();
    private final Assembly assembly;
    private final DeviceArena arena;
    private final MemoryPlan plan;
    private final Results results;
    private final RunInputs inputs;
    private final Replay replay;
    private final Poisoning poisoning;
    private final boolean updates;
    private CudaState bound;
    private long seenVersion;
    private boolean hasRun;
    private boolean closed;

    CudaExecutable(CudaBackend backend, Graph graph, Rewritten rewritten, CompileOptions options) {
        this.backend = backend;
        this.graph = graph;
        this.contract = Contract.of(graph);
        try {
            assembly = Compiler.compile(rewritten.graph(), options, backend.tools(), owned);
            updates = graph.nodes().stream().anyMatch(n -> n.op() instanceof Update);
            List<Optional<Place>> places = graph.inputs().stream().map(v -> rewritten.of(v).map(assembly::any)).toList();
            results = new Results(backend, assembly, graph, rewritten, options.keepAll());
            arena = owned.add(new DeviceArena(backend.context(), backend.compute(),
                    assembly.memory().buffers().stream().filter(b -> b.home() != Buffer.Home.STATE).toList(), assembly.steps(),
                    backend.settings().guards()));
            Contents.upload(assembly, backend.staging());
            results.clearFaults();
            plan = plan(rewritten);
            poisoning = Poisoning.of(assembly, arena, workspaces(rewritten.graph()), options.poison());
            replay = owned.add(new Replay(backend, assembly,
                    backend.settings().capture() && options.passes().contains(CompileOptions.Pass.CAPTURE)));
            inputs = owned.add(new RunInputs(backend, contract, places));
        } catch (RuntimeException e) {
            backend.releaseAfter(e, owned);
            throw e;
        }
    }

    private List<DeviceMemory> workspaces(Graph lowered) {
        return lowered.nodes().stream().anyMatch(node -> node.op() instanceof MatMul) ? List.of(backend.blasWorkspace()) : List.of();
    }

    private MemoryPlan plan(Rewritten rewritten) {
        Map<Value, Long> offsets = new HashMap<>();
        for (var node : graph.nodes()) {
            for (Value value : node.outputs()) {
                rewritten.of(value).flatMap(assembly::known).filter(p -> p.buffer().home() != Buffer.Home.STATE)
                        .ifPresent(p -> offsets.put(value, p.buffer().address() - arena.address()));
            }
        }
        return MemoryPlan.placed(offsets, arena.bytes(), arena.lowerBound());
    }

    /** Where the values lie. */
    DeviceArena arena() {
        return arena;
    }

    /** What a run fills first. */
    Poisoning poisoning() {
        return poisoning;
    }

    @Override
    public Graph graph() {
        return graph;
    }

    @Override
    public MemoryPlan memoryPlan() {
        return plan;
    }

    @Override
    public CompileReport report() {
        List<CompileReport.Lowered> lowered = new ArrayList<>();
        assembly.prologue().forEach(step -> report(step, "only when the state has changed", lowered));
        assembly.steps().forEach(step -> report(step, "", lowered));
        return new CompileReport(lowered, assembly.reorders());
    }

    private static void report(Step step, String when, List<CompileReport.Lowered> lowered) {
        if (!step.nodes().isEmpty()) {
            String note = step.note().isEmpty() || when.isEmpty() ? step.note() + when : step.note() + "; " + when;
            lowered.add(new CompileReport.Lowered(step.nodes(), step.implementation(), note));
        }
    }

    // --- running ------------------------------------------------------------------------------------------------------------------------

    @Override
    public void run(State state, Map<String, Tensor> given) {
        if (!(state instanceof CudaState own) || !own.isOf(backend)) {
            throw new IllegalArgumentException("run: the state belongs to another backend; create it with this one.");
        }
        synchronized (backend) {
            requireOpen();
            own.requireOpen();
            contract.checkInputs(given);
            hasRun = false;
            try {
                bind(own);
                poisoning.beforeRun(backend.compute());
                inputs.send(given);
                uploadTables();
                enqueue(own);
            } catch (RuntimeException e) {
                // What was asked for before may still read memory that the next run writes anew.
                backend.quiesce();
                throw e;
            }
            hasRun = true;
            arena.check(backend.staging());
        }
    }

    private void uploadTables() {
        for (PointerTable table : assembly.memory().tables()) {
            if (table.isStale()) {
                backend.staging().upload(table.content(), table.memory().address());
                table.arrived();
            }
        }
    }

    private void enqueue(CudaState own) {
        // With updates the prologue depends on constants alone.
        if (seenVersion == 0 || !updates && seenVersion != own.version()) {
            seenVersion = 0;
            poisoning.beforePrologue(backend.compute());
            replay.prologue();
        }
        if (updates) {
            // First, as a run that fails may have changed some of them.
            own.touched();
        }
        seenVersion = own.version();
        replay.enqueue();
    }

    /** Puts the state's variables where the steps expect them: at once if nothing has changed since the last run. */
    private void bind(CudaState state) {
        if (bound == state && state.boundTo() == this) {
            return;
        }
        contract.checkVariables(state);
        // If a variable cannot be moved, those before it have: no executable may believe that it knows the addresses.
        state.boundTo(null);
        Map<String, Long> addresses = new LinkedHashMap<>();
        assembly.state().forEach((name, place) -> addresses.put(name, state.bind(name, place.layout())));
        boolean moved = false;
        for (Map.Entry<String, Long> entry : addresses.entrySet()) {
            Buffer buffer = assembly.state().get(entry.getKey()).buffer();
            moved |= buffer.address() != entry.getValue();
            buffer.moveTo(entry.getValue());
        }
        if (moved) {
            replay.forget();
        }
        if (bound != state) {
            seenVersion = 0;
        }
        bound = state;
        state.boundTo(this);
    }

    // --- timing -------------------------------------------------------------------------------------------------------------------------

    @Override
    public Optional<Profiled> profiled() {
        return Optional.of(new Profiled() {
            @Override
            public double replay(State state, int runs) {
                if (runs < 1) {
                    throw new IllegalArgumentException("replay: runs = " + runs + ", needs >= 1.");
                }
                return again(state, () -> replay.time(runs));
            }

            @Override
            public List<StepTime> profile(State state) {
                return again(state, replay::profile);
            }
        });
    }

    private <T> T again(State state, Supplier<T> timed) {
        synchronized (backend) {
            requireOpen();
            if (!hasRun || state != bound) {
                throw new IllegalStateException("profile: nothing has been run with this state.");
            }
            bind(bound);
            if (updates) {
                bound.touched();
            }
            return timed.get();
        }
    }

    // --- reading ------------------------------------------------------------------------------------------------------------------------

    @Override
    public void read(String output, Tensor into) {
        Value value = contract.checkTarget(output, into);
        synchronized (backend) {
            copy(value, into);
        }
    }

    @Override
    public Tensor read(Value value) {
        contract.checkReadable(value, results.has(value));
        Tensor copy = Tensor.zeros(value.dtype(), value.shape());
        synchronized (backend) {
            copy(value, copy);
        }
        return copy;
    }

    private void copy(Value value, Tensor into) {
        requireOpen();
        if (!hasRun) {
            throw new IllegalStateException("read: value \"" + value.name() + "\": nothing has been run, or the last run failed.");
        }
        if (results.livesInState(value)) {
            requireUnmoved(value);
        }
        results.copy(value, into);
    }

    private void requireUnmoved(Value value) {
        if (bound == null || bound.boundTo() != this) {
            throw new IllegalStateException("read: value \"" + value.name()
                    + "\" lives in the state, which another executable has used since. Read it from the state.");
        }
        bound.requireOpen();
    }

    private void requireOpen() {
        backend.requireOpen();
        if (closed) {
            throw new IllegalStateException("executable: is closed.");
        }
    }

    @Override
    public void close() {
        synchronized (backend) {
            if (!closed) {
                closed = true;
                backend.release(owned);
            }
        }
    }
}

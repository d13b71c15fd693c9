package dev.lamina.cpu.onednn;

import dev.lamina.backend.ArenaPlanner;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.CompileOptions.Pass;
import dev.lamina.backend.CompileOptions.Poison;
import dev.lamina.backend.CompileReport;
import dev.lamina.backend.Contract;
import dev.lamina.backend.Executable;
import dev.lamina.backend.MemoryPlan;
import dev.lamina.backend.State;
import dev.lamina.graph.Graph;
import dev.lamina.graph.Rewritten;
import dev.lamina.graph.Source;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Update;
import dev.lamina.graph.Value;
import dev.lamina.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Steps over one arena and a state. A run copies the inputs in and executes; it allocates nothing. */
final class OneDnnExecutable implements Executable {
    /** Offset in this segment is address. */
    @SuppressWarnings("restricted")
    private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private final OneDnnBackend backend;
    private final Graph graph;
    private final Contract contract;
    private final Rewritten rewritten;
    private final CompileOptions options;
    private final NativeScope scope;
    private final Assembly assembly;
    private final MemoryPlan plan;
    private final Pages arena;
    private final Poisoning poisoning;
    private final Step[] prologue;
    private final Step[] steps;
    private final InputSlot[] inputs;
    private final Map<String, Place> outputs = new HashMap<>();
    private final boolean updates;
    private OneDnnState bound;
    private long seenVersion;
    private boolean hasRun;
    private boolean closed;

    /** An input's declared type and where it goes. */
    private record InputSlot(String name, TensorType type, Place place, MemorySegment memory) {
    }

    OneDnnExecutable(OneDnnBackend backend, Graph graph, Rewritten rewritten, CompileOptions options) {
        this.backend = backend;
        this.graph = graph;
        this.contract = Contract.of(graph);
        this.rewritten = rewritten;
        this.options = options;
        this.scope = new NativeScope(backend.engine());
        try {
            assembly = Compiler.compile(rewritten.graph(), options, scope, backend.team(), backend.stream());
            updates = graph.nodes().stream().anyMatch(n -> n.op() instanceof Update);
            ArenaPlanner.Plan placed = plan();
            arena = scope.pages(placed.bytes(), "the arena of the graph");
            fill(placed);
            plan = memoryPlan(placed);
            poisoning = Poisoning.of(assembly, arena.segment(), options.poison());
            prologue = assembly.prologue().toArray(Step[]::new);
            steps = assembly.steps().toArray(Step[]::new);
            inputs = graph.inputs().stream().map(this::slot).toArray(InputSlot[]::new);
            rewritten.graph().outputs().forEach((name, value) -> outputs.put(name, assembly.any(value)));
        } catch (RuntimeException e) {
            scope.close();
            throw e;
        }
    }

    private InputSlot slot(Value input) {
        Place place = rewritten.of(input).map(assembly::any).orElse(null);
        return new InputSlot(((Source.Input) input.node().op()).inputName(), input.type(), place,
                place == null ? null : memory(place.buffer()));
    }

    @SuppressWarnings("restricted")
    private static MemorySegment memory(Buffer buffer) {
        return MemorySegment.ofAddress(buffer.pointer().address()).reinterpret(buffer.bytes());
    }

    private List<Buffer> own() {
        return assembly.buffers().stream().filter(b -> b.home() != Buffer.Home.STATE).toList();
    }

    /** Places for all buffers in one arena. */
    private ArenaPlanner.Plan plan() {
        int end = assembly.steps().size();
        List<ArenaPlanner.Block> blocks = new ArrayList<>();
        for (Buffer buffer : own()) {
            boolean kept = buffer.home() == Buffer.Home.KEPT;
            int birth = kept || isInput(buffer) ? -1 : Math.min(buffer.birth(), end);
            blocks.add(new ArenaPlanner.Block(buffer.bytes(), birth, kept ? end : Math.max(birth, buffer.death())));
        }
        return ArenaPlanner.plan(blocks, MemoryPlan.ALIGNMENT);
    }

    /** Moves the buffers to their places, and fills constants. */
    private void fill(ArenaPlanner.Plan placed) {
        // All ones is NaN in every floating type: an element that a step forgot to write shows.
        arena.segment().fill(Poison.ONES.pattern());
        List<Buffer> own = own();
        for (int i = 0; i < own.size(); i++) {
            own.get(i).moveTo(arena.address() + placed.offsets()[i]);
        }
        assembly.contents().forEach((buffer, tensor) -> memory(buffer).copyFrom(tensor.contiguous().memory()));
        assembly.fills().forEach((buffer, fill) ->
                Tensor.wrap(memory(buffer), fill.type().dtype(), fill.type().shape()).fill(fill.value()));
    }

    private MemoryPlan memoryPlan(ArenaPlanner.Plan placed) {
        Map<Value, Long> offsets = new HashMap<>();
        for (var node : graph.nodes()) {
            for (Value value : node.outputs()) {
                rewritten.of(value).flatMap(assembly::known).filter(p -> p.buffer().home() != Buffer.Home.STATE)
                        .ifPresent(p -> offsets.put(value, p.pointer().address() - arena.address()));
            }
        }
        return MemoryPlan.placed(offsets, placed.bytes(), placed.lowerBound());
    }

    private boolean isInput(Buffer buffer) {
        return rewritten.graph().inputs().stream().anyMatch(v -> assembly.any(v).buffer() == buffer);
    }

    /** Where the values lie. */
    MemorySegment arena() {
        return arena.segment();
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

    private void report(Step step, String when, List<CompileReport.Lowered> lowered) {
        if (step.nodes().isEmpty()) {
            return;
        }
        String slow = !options.passes().contains(Pass.FAST_KERNELS) ? "fast kernels are switched off"
                : step.implementation().startsWith("reference") ? "neither oneDNN nor a vector kernel takes these types or attributes"
                : step.implementation().startsWith("oneDNN ref") ? "oneDNN has no generated code for these arguments" : "";
        String note = slow.isEmpty() || when.isEmpty() ? slow + when : slow + "; " + when;
        lowered.add(new CompileReport.Lowered(step.nodes(), step.implementation(), note));
    }

    @Override
    public void run(State state, Map<String, Tensor> given) {
        requireOpen();
        if (!(state instanceof OneDnnState own)) {
            throw new IllegalArgumentException("run: the state belongs to another backend; create it with this one.");
        }
        own.requireOpen();
        contract.checkInputs(given);
        synchronized (backend.team()) {
            backend.requireOpen();
            backend.team().enter();
            bind(own);
            hasRun = false;
            poisoning.beforeRun();
            for (InputSlot input : inputs) {
                if (input.place != null) {
                    copy(given.get(input.name), input);
                }
            }
            // With updates the prologue depends on constants alone.
            if (seenVersion == 0 || !updates && seenVersion != own.version()) {
                poisoning.beforePrologue();
                for (Step step : prologue) {
                    step.kernel().run();
                }
                seenVersion = own.version();
            }
            for (Step step : steps) {
                step.kernel().run();
            }
            hasRun = true;
            if (updates) {
                own.touched();
                seenVersion = own.version();
            }
        }
    }

    private static void copy(Tensor tensor, InputSlot input) {
        (tensor.isContiguous() ? tensor : tensor.contiguous()).writeTo(input.memory, 0);
    }

    /** Puts the state's variables where the steps expect them: at once if nothing has changed since the last run. */
    private void bind(OneDnnState state) {
        if (bound == state && state.boundTo() == this) {
            return;
        }
        contract.checkVariables(state);
        // If a variable cannot be moved, those before it have: no executable may believe that it knows the addresses.
        state.boundTo(null);
        Map<String, Long> addresses = new LinkedHashMap<>();
        assembly.state().forEach((name, place) -> addresses.put(name, state.bind(name, place.layout())));
        addresses.forEach((name, address) -> assembly.state().get(name).buffer().moveTo(address));
        if (bound != state) {
            seenVersion = 0;
        }
        bound = state;
        state.boundTo(this);
    }

    @Override
    public void read(String output, Tensor into) {
        Value value = contract.checkTarget(output, into);
        copy(value, outputs.get(output), into);
    }

    @Override
    public Tensor read(Value value) {
        contract.checkReadable(value, options.keepAll() || graph.outputs().containsValue(value));
        Tensor copy = Tensor.zeros(value.dtype(), value.shape());
        copy(value, assembly.any(rewritten.of(value).orElseThrow()), copy);
        return copy;
    }

    private void copy(Value value, Place place, Tensor into) {
        requireOpen();
        if (!hasRun) {
            throw new IllegalStateException("read: value \"" + value.name() + "\": nothing has been run, or the last run failed.");
        }
        if (place.buffer().home() == Buffer.Home.STATE) {
            requireUnmoved(value);
        }
        if (place.isPlain()) {
            if (into.isContiguous()) {
                into.readFrom(ALL, place.pointer().address());
            } else {
                into.copyFrom(Tensor.wrap(memory(place.buffer()), value.dtype(), value.shape()));
            }
            return;
        }
        Tensor row = Tensor.zeros(value.dtype(), value.shape());
        try (Pages memory = Pages.allocate(value.type().bytes(), "a row-major copy")) {
            backend.reorder(place.layout(), place.pointer().address(), place.layout().plainAlike(), memory.address());
            MemorySegment.copy(memory.segment(), 0, row.memory(), 0, row.byteSize());
        }
        into.copyFrom(row);
    }

    private void requireUnmoved(Value value) {
        if (bound == null || bound.boundTo() != this) {
            throw new IllegalStateException("read: value \"" + value.name()
                    + "\" lives in the state, which another executable has used since. Read it from the state.");
        }
        bound.requireOpen();
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("executable: is closed.");
        }
    }

    @Override
    public void close() {
        closed = true;
        scope.close();
    }
}

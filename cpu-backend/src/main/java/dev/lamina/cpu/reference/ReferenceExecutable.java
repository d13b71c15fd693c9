package dev.lamina.cpu.reference;

import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.CompileOptions.Poison;
import dev.lamina.backend.Contract;
import dev.lamina.backend.Executable;
import dev.lamina.backend.Extent;
import dev.lamina.backend.MemoryPlan;
import dev.lamina.backend.State;
import dev.lamina.graph.Graph;
import dev.lamina.graph.Node;
import dev.lamina.graph.Source;
import dev.lamina.graph.Update;
import dev.lamina.graph.Value;
import dev.lamina.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A graph whose values have their places in one native arena, or in the state that a run is given. */
final class ReferenceExecutable implements Executable {
    private final Graph graph;
    private final CompileOptions options;
    private final MemoryPlan plan;
    private final Workers workers;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment memory;
    private final Contract contract;
    private final List<Extent> poisoned;
    private ReferenceState bound;
    private List<Call> calls;
    private boolean hasRun;

    ReferenceExecutable(Graph graph, CompileOptions options, Workers workers) {
        this.graph = graph;
        this.contract = Contract.of(graph);
        this.options = options;
        this.workers = workers;
        this.plan = MemoryPlan.of(graph, options);
        try {
            memory = ReferenceState.allocate(arena, plan.bytes(), "the arena of the graph, largest at " + plan.peakNode() + ",");
        } catch (RuntimeException e) {
            arena.close();
            throw e;
        }
        // All ones is NaN in every floating type: an element that a kernel forgot to write shows.
        memory.fill(Poison.ONES.pattern());
        List<Extent> constants = new ArrayList<>();
        for (Node node : graph.nodes()) {
            if (node.op() instanceof Source.Constant constant) {
                place(node.output(0)).copyFrom(constant.tensor().contiguous().memory());
                constants.add(new Extent(plan.offset(node.output(0)), node.output(0).type().bytes()));
            }
        }
        poisoned = options.poison() == Poison.NONE ? List.of() : Extent.outside(memory.byteSize(), constants);
    }

    /** Bytes that were allocated for values. */
    long arenaBytes() {
        return memory.byteSize();
    }

    /** Where the values lie. */
    MemorySegment memory() {
        return memory;
    }

    /** Fills what a run writes; constants stay. */
    void poison() {
        for (Extent extent : poisoned) {
            memory.asSlice(extent.offset(), extent.bytes()).fill(options.poison().pattern());
        }
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
    public void run(State state, Map<String, Tensor> given) {
        requireOpen();
        if (!(state instanceof ReferenceState own)) {
            throw new IllegalArgumentException("run: the state belongs to another backend; create it with this one.");
        }
        own.requireOpen();
        contract.checkInputs(given);
        bind(own);
        hasRun = false;
        poison();
        for (int i = 0; i < contract.inputs().size(); i++) {
            place(contract.inputs().get(i)).copyFrom(given.get(contract.names().get(i)).contiguous().memory());
        }
        for (Call call : calls) {
            Lowering.run(call);
        }
        hasRun = true;
    }

    /** Resolves every node's memory, once for each state. */
    private void bind(ReferenceState state) {
        if (state == bound) {
            return;
        }
        contract.checkVariables(state);
        bound = state;
        calls = new ArrayList<>();
        for (Node node : graph.nodes()) {
            calls.add(new Call(node, node.inputs().stream().map(this::place).toArray(MemorySegment[]::new),
                    node.outputs().stream().map(this::place).toArray(MemorySegment[]::new), workers));
        }
    }

    /** Where a value's elements are. */
    private MemorySegment place(Value value) {
        if (!MemoryPlan.livesInState(value)) {
            return memory.asSlice(plan.offset(value), value.type().bytes());
        }
        Value root = value.root();
        if (root.node().op() instanceof Update update) {
            root = root.node().input(update.updated(root.node().inputs().size()).get(root.output()));
        }
        return bound.segment(((Source.Variable) root.node().op()).variableName());
    }

    @Override
    public void read(String output, Tensor into) {
        copy(contract.checkTarget(output, into), into);
    }

    @Override
    public Tensor read(Value value) {
        contract.checkReadable(value, options.keepAll() || graph.outputs().containsValue(value));
        Tensor tensor = Tensor.zeros(value.dtype(), value.shape());
        copy(value, tensor);
        return tensor;
    }

    private void copy(Value value, Tensor into) {
        requireOpen();
        if (!hasRun) {
            throw new IllegalStateException("read: the executable has not completed a run.");
        }
        into.copyFrom(Tensor.wrap(place(value), value.dtype(), value.shape()));
    }

    private void requireOpen() {
        if (!arena.scope().isAlive()) {
            throw new IllegalStateException("executable is closed.");
        }
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}

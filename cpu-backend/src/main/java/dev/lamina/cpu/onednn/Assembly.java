package dev.lamina.cpu.onednn;

import dev.lamina.backend.CompileReport;
import dev.lamina.backend.fusion.Lifetimes;
import dev.lamina.cpu.vector.Kernel;
import dev.lamina.cpu.vector.Team;
import dev.lamina.graph.Source;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Update;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a graph is lowered into: steps over buffers. Knows where each value is and in which layouts, and adds a reorder where a step needs
 * another one. One thread.
 */
final class Assembly {
    private final NativeScope scope;
    private final Team team;
    private final long stream;
    private final Lifetimes lifetimes;
    private final boolean reuse;
    private final List<Step> prologue = new ArrayList<>();
    private final List<Step> steps = new ArrayList<>();
    private final List<Buffer> buffers = new ArrayList<>();
    private final List<CompileReport.Reorder> reorders = new ArrayList<>();
    private final Map<Value, List<Place>> places = new HashMap<>();
    private final Map<String, Place> state = new LinkedHashMap<>();
    private final Map<String, Layout> stateLayouts = new HashMap<>();
    private final Map<Buffer, Tensor> contents = new LinkedHashMap<>();
    private final Map<Buffer, Source.Fill> fills = new LinkedHashMap<>();
    private boolean hoisting;

    Assembly(NativeScope scope, Team team, long stream, Lifetimes lifetimes, boolean reuse) {
        this.scope = scope;
        this.team = team;
        this.stream = stream;
        this.lifetimes = lifetimes;
        this.reuse = reuse;
    }

    NativeScope scope() {
        return scope;
    }

    Team team() {
        return team;
    }

    Lifetimes lifetimes() {
        return lifetimes;
    }

    List<Step> prologue() {
        return prologue;
    }

    List<Step> steps() {
        return steps;
    }

    List<Buffer> buffers() {
        return buffers;
    }

    List<CompileReport.Reorder> reorders() {
        return reorders;
    }

    /** Variables by name and where they are, once a run binds a state. */
    Map<String, Place> state() {
        return state;
    }

    /** Steps from now on depend on constants and the state only: they run when the state has changed, not in every run. */
    void hoist(boolean on) {
        hoisting = on;
    }

    // --- buffers and places -------------------------------------------------------------------------------------------------------------

    /** A buffer for results of the present step. */
    Buffer buffer(String name, long bytes) {
        return register(new Buffer(name, bytes, hoisting || !reuse ? Buffer.Home.KEPT : Buffer.Home.ARENA));
    }

    private Buffer register(Buffer buffer) {
        buffers.add(buffer);
        return buffer;
    }

    /** A new place for a value, which is the value's from now on. */
    Place define(Value value, Layout layout) {
        boolean kept = hoisting || !reuse || lifetimes.isKept(value) || value.node().op() instanceof Source.Constant;
        Place place = new Place(register(new Buffer(value.name(), layout.bytes(),
                kept ? Buffer.Home.KEPT : Buffer.Home.ARENA)), layout);
        define(value, place);
        return place;
    }

    /** A place that holds a constant of the lowering's own. */
    Place constant(String name, Tensor content) {
        Layout layout = Layout.plain(new TensorType(content.dtype(), content.shape()));
        Buffer buffer = register(new Buffer(name, layout.bytes(), Buffer.Home.KEPT));
        contents.put(buffer, content);
        return new Place(buffer, layout);
    }

    /** Constants and the buffers that must hold them before the first run. */
    Map<Buffer, Tensor> contents() {
        return contents;
    }

    /** Fills that some step reads as memory, and their buffers. */
    Map<Buffer, Source.Fill> fills() {
        return fills;
    }

    private Place fill(String name, Source.Fill fill) {
        Place place = new Place(register(new Buffer(name, fill.type().bytes(), Buffer.Home.KEPT)), Layout.plain(fill.type()));
        fills.put(place.buffer(), fill);
        return place;
    }

    /** A value is at a place that exists. */
    void define(Value value, Place place) {
        places.computeIfAbsent(value, _ -> new ArrayList<>()).add(place);
    }

    /**
     * A place for a result in the memory of an operand that dies with the present group, if that is allowed, else a new one. The step must
     * be able to overwrite the operand as it reads.
     */
    Place defineOver(Value value, Layout layout, List<Value> donors) {
        if (!lifetimes.isKept(value) && !hoisting) {
            for (Value donor : donors) {
                for (Place place : places.getOrDefault(donor.root(), List.of())) {
                    if (lifetimes.mayOverwrite(donor) && place.buffer().home() == Buffer.Home.ARENA
                            && place.buffer().bytes() == layout.bytes() && place.layout().sameOrder(layout)) {
                        Place taken = new Place(place.buffer(), layout);
                        define(value, taken);
                        return taken;
                    }
                }
            }
        }
        return define(value, layout);
    }

    /** True if a value, or the value it is a view of, is or was in a buffer. */
    boolean holds(Value value, Buffer buffer) {
        return places.getOrDefault(value.root(), List.of()).stream().anyMatch(place -> place.buffer() == buffer);
    }

    /** The layout that a variable gets in the state while this executable runs; the first call decides. */
    void planState(String variable, Layout layout) {
        stateLayouts.putIfAbsent(variable, layout);
    }

    /** The layout planned for a variable, or null. */
    Layout plannedState(String variable) {
        return stateLayouts.get(variable);
    }

    /** Where a variable lives. */
    Place statePlace(Source.Variable variable) {
        return state.computeIfAbsent(variable.variableName(), name -> {
            Layout layout = stateLayouts.getOrDefault(name, Layout.plain(variable.type()));
            return new Place(register(new Buffer(name, layout.bytes(), Buffer.Home.STATE)), layout);
        });
    }

    /** Where a value is, if any step has put it somewhere. */
    Optional<Place> known(Value value) {
        return Optional.ofNullable(places.get(value)).map(List::getFirst);
    }

    /** Where a value is, in whatever layout. */
    Place any(Value value) {
        List<Place> known = places.get(value);
        if (known != null) {
            return known.getFirst();
        }
        Place place = derive(value);
        define(value, place);
        return place;
    }

    private Place derive(Value value) {
        return switch (value.node().op()) {
            case Source.Variable variable -> statePlace(variable);
            case Source.Fill fill -> fill(value.name(), fill);
            case Update update -> {
                int operand = update.updated(value.node().inputs().size()).get(value.output());
                yield statePlace((Source.Variable) value.node().input(operand).node().op());
            }
            default -> {
                if (!value.node().op().isView()) {
                    throw new IllegalStateException("cpu: value \"" + value.name() + "\" is used before it is computed.");
                }
                Value operand = value.node().input(0);
                yield operand.type().equals(value.type()) ? any(operand)
                        : new Place(plain(operand, "reshape " + value.node().name()).buffer(), Layout.plain(value.type()));
            }
        };
    }

    /** Where a value is in row-major order. */
    Place plain(Value value, String reason) {
        return in(value, any(value).layout().plainAlike(), reason);
    }

    /** Where a value is in a layout; adds a reorder unless it is there already. */
    Place in(Value value, Layout wanted, String reason) {
        Place first = any(value);
        for (Place place : places.get(value)) {
            if (place.layout().sameMemory(wanted)) {
                return place;
            }
        }
        boolean before = hoisting;
        hoisting = lifetimes.isHoisted(value);
        boolean kept = hoisting || !reuse || lifetimes.isKept(value);
        Place target = new Place(register(new Buffer(value.name() + " as " + wanted, wanted.bytes(),
                kept ? Buffer.Home.KEPT : Buffer.Home.ARENA)), wanted);
        reorder(first, target, value.name(), reason);
        hoisting = before;
        // The copy of a variable would be stale after an update: updates come last, so no reader follows one.
        places.get(value).add(target);
        return target;
    }

    /** Adds a copy into another layout. */
    void reorder(Place from, Place to, String name, String reason) {
        Layout source = from.layout();
        Layout target = to.layout();
        if (source.dims().length != target.dims().length) {
            // Grouped filters: the same row-major elements in one axis more or less.
            if (source.isPlain()) {
                source = target.plainAlike(source.type());
            } else if (target.isPlain()) {
                target = source.plainAlike(target.type());
            } else {
                Layout row = source.plainAlike();
                Place between = new Place(buffer(name + " as plain", row.bytes()), row);
                reorder(from, between, name, reason);
                reorder(between, to, name, reason);
                return;
            }
        }
        Layout read = source;
        Layout written = target;
        long in = read.descriptor(scope);
        long out = written.descriptor(scope);
        long attributes = attributes(false);
        PrimitiveDesc desc = new PrimitiveDesc(scope.own("reorder_primitive_desc_create", Dnnl.PRIMITIVE_DESC_DESTROY,
                pd -> (int) Dnnl.REORDER.invokeExact(pd, in, scope.engine(), out, scope.engine(), attributes)), scope);
        Map<Integer, Place> arguments = new LinkedHashMap<>();
        arguments.put(Dnnl.ARG_SRC, new Place(from.buffer(), read));
        arguments.put(Dnnl.ARG_DST, new Place(to.buffer(), written));
        primitive(List.of(), desc, "reorder " + desc.implementation(), arguments);
        if (!hoisting) {
            reorders.add(new CompileReport.Reorder(name, from.layout().toString(), to.layout().toString(), reason, to.layout().bytes()));
        }
    }

    // --- steps --------------------------------------------------------------------------------------------------------------------------

    /** Adds a step. */
    void add(List<String> nodes, String implementation, Kernel kernel, List<Buffer> used) {
        Step step = new Step(nodes, implementation, kernel, List.copyOf(used));
        if (hoisting) {
            prologue.add(step);
            used.forEach(buffer -> buffer.usedBy(-1));
            return;
        }
        used.forEach(buffer -> buffer.usedBy(steps.size()));
        steps.add(step);
    }

    /** Attributes that every primitive gets: scratch memory comes from the arena. */
    long attributes(boolean deterministic) {
        long attributes = scope.own("primitive_attr_create", Dnnl.ATTR_DESTROY, out -> (int) Dnnl.ATTR_CREATE.invokeExact(out));
        try {
            NativeScope.check((int) Dnnl.ATTR_SCRATCHPAD.invokeExact(attributes, (long) Dnnl.SCRATCHPAD_USER),
                    "primitive_attr_set_scratchpad_mode");
            NativeScope.check((int) Dnnl.ATTR_DETERMINISTIC.invokeExact(attributes, deterministic ? 1L : 0L),
                    "primitive_attr_set_deterministic");
        } catch (Throwable e) {
            throw e instanceof RuntimeException known ? known : NativeScope.unexpected("primitive_attr", e);
        }
        return attributes;
    }

    /** Adds a primitive with its arguments; scratch memory is planned for it. */
    void primitive(List<String> nodes, PrimitiveDesc desc, String implementation, Map<Integer, Place> arguments) {
        long handle = scope.own("primitive_create", Dnnl.PRIMITIVE_DESTROY,
                out -> (int) Dnnl.PRIMITIVE_CREATE.invokeExact(out, desc.handle()));
        List<Buffer> used = new ArrayList<>();
        Map<Integer, Long> memories = new LinkedHashMap<>();
        arguments.forEach((argument, place) -> {
            memories.put(argument, memory(place));
            used.add(place.buffer());
        });
        long scratch = desc.scratchpadBytes();
        if (scratch > 0) {
            Buffer buffer = buffer("scratch of " + String.join("+", nodes), scratch);
            memories.put(Dnnl.ARG_SCRATCHPAD, memory(new Place(buffer, bytesLayout(scratch))));
            used.add(buffer);
        }
        MemorySegment pairs = scope.bytes(16L * memories.size());
        int i = 0;
        for (Map.Entry<Integer, Long> pair : memories.entrySet()) {
            pairs.set(ValueLayout.JAVA_INT, 16L * i, pair.getKey());
            pairs.set(ValueLayout.JAVA_LONG, 16L * i + 8, pair.getValue());
            i++;
        }
        String name = nodes.isEmpty() ? implementation : String.join("+", nodes);
        add(nodes, implementation, new Primitive(name, handle, stream, memories.size(), pairs.address()), used);
    }

    static Layout bytesLayout(long bytes) {
        return Layout.plain(TensorType.of(DType.UINT8, bytes));
    }

    private long memory(Place place) {
        long descriptor = place.layout().descriptor(scope);
        long memory = scope.own("memory_create", Dnnl.MEMORY_DESTROY,
                out -> (int) Dnnl.MEMORY_CREATE.invokeExact(out, descriptor, scope.engine(), 0L));
        place.buffer().follow(memory);
        return memory;
    }
}

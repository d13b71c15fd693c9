package dev.lamina.cuda.lowering;

import dev.lamina.backend.CompileReport;
import dev.lamina.backend.fusion.Lifetimes;
import dev.lamina.cuda.api.Kernel;
import dev.lamina.graph.Node;
import dev.lamina.graph.Source;
import dev.lamina.graph.Update;
import dev.lamina.graph.Value;
import dev.lamina.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What a graph is lowered into: steps over buffers. Knows where each value is and in which layouts, and adds a conversion where a step
 * needs another one. One thread.
 */
public final class Assembly {
    private final Kernels kernels;
    private final Owned owned;
    private final Lifetimes lifetimes;
    private final Conversion conversion;
    private final boolean reuse;
    private final Order images;
    private final Arena arguments;
    private final StepList list = new StepList();
    private final Memory memory = new Memory();
    private final List<CompileReport.Reorder> reorders = new ArrayList<>();
    private final Map<Value, List<Place>> places = new HashMap<>();
    private final Map<String, Place> state = new LinkedHashMap<>();
    private final Map<String, Layout> stateLayouts = new HashMap<>();

    /** Adds the steps that copy elements from one layout into another; the kernels for that are {@code move.cu}'s. */
    @FunctionalInterface
    public interface Conversion {
        /** Adds the steps. */
        void add(Assembly assembly, String name, Place from, Place to);
    }

    /**
     * An empty assembly.
     *
     * @param owned keeps what steps need until the executable is closed
     * @param images the order that images are to have
     * @param reuse whether values that are not alive together may share memory
     */
    public Assembly(Kernels kernels, Owned owned, Lifetimes lifetimes, Conversion conversion, Order images, boolean reuse) {
        this.kernels = kernels;
        this.owned = owned;
        this.arguments = owned.add(Arena.ofShared());
        this.lifetimes = lifetimes;
        this.conversion = conversion;
        this.images = images;
        this.reuse = reuse;
    }

    /** The order that convolutions of this graph want images and filters in; other ops take what they get where they can. */
    public Order images() {
        return images;
    }

    /** When values die and which may be overwritten. */
    public Lifetimes lifetimes() {
        return lifetimes;
    }

    /** Steps that run when the state has changed. */
    public List<Step> prologue() {
        return list.prologue();
    }

    /** Steps of every run, in order. */
    public List<Step> steps() {
        return list.steps();
    }

    /** Changes of layout of every run. */
    public List<CompileReport.Reorder> reorders() {
        return reorders;
    }

    /** Variables by name and where they are, once a run binds a state. */
    public Map<String, Place> state() {
        return state;
    }

    /** Where kernels report indices out of range. */
    public Faults faults() {
        return memory.faults();
    }

    /** The buffers and what they must hold. */
    public Memory memory() {
        return memory;
    }

    /** Where arguments of launches are kept until the executable is closed. */
    Arena arguments() {
        return arguments;
    }

    /** Keeps an object of the lowering's (descriptor, launch) until the executable is closed. */
    public <T extends AutoCloseable> T own(T object) {
        return owned.add(object);
    }

    /** Steps from now on depend on constants and the state only: they run when the state has changed, not in every run. */
    void hoist(boolean on) {
        list.hoist(on);
    }

    // --- buffers and places -------------------------------------------------------------------------------------------------------------

    /** A buffer for scratch or further results of the present step. */
    public Buffer buffer(String name, long bytes) {
        return memory.add(new Buffer(name, bytes, list.isHoisting() || !reuse ? Buffer.Home.KEPT : Buffer.Home.ARENA));
    }

    /** A new place for a value, which is the value's from now on. */
    public Place define(Value value, Layout layout) {
        boolean kept = list.isHoisting() || !reuse || lifetimes.isKept(value) || value.node().op() instanceof Source;
        Place place = new Place(memory.add(new Buffer(value.name(), layout.bytes(),
                kept ? Buffer.Home.KEPT : Buffer.Home.ARENA)), layout);
        define(value, place);
        return place;
    }

    /** A place that holds a constant of the lowering's own. */
    public Place constant(String name, Tensor content) {
        return memory.constant(name, content);
    }

    /** A table of the addresses of buffers; null stands for address 0. */
    public PointerTable table(String name, List<Buffer> entries) {
        return memory.table(name, entries);
    }

    /** A value is at a place that exists. */
    public void define(Value value, Place place) {
        places.computeIfAbsent(value, _ -> new ArrayList<>()).add(place);
    }

    /**
     * A place for a result in the memory of an operand that dies with the present group, if that is allowed, else a new one. The step must
     * be able to overwrite the operand as it reads.
     */
    public Place defineOver(Value value, Layout layout, List<Value> donors) {
        if (!lifetimes.isKept(value) && !list.isHoisting()) {
            for (Value donor : donors) {
                for (Place place : places.getOrDefault(donor.root(), List.of())) {
                    if (lifetimes.mayOverwrite(donor) && place.buffer().home() == Buffer.Home.ARENA
                            && place.layout().element() == layout.element() && place.layout().sameOrder(layout)) {
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
    public boolean holds(Value value, Buffer buffer) {
        return places.getOrDefault(value.root(), List.of()).stream().anyMatch(place -> place.buffer() == buffer);
    }

    /** The layout that a variable gets in the state while this executable runs; the first call decides. */
    public void planState(String variable, Layout layout) {
        stateLayouts.putIfAbsent(variable, layout);
    }

    /** The layout planned for a variable, if any. */
    public Optional<Layout> plannedState(String variable) {
        return Optional.ofNullable(stateLayouts.get(variable));
    }

    private Place statePlace(Source.Variable variable) {
        return state.computeIfAbsent(variable.variableName(), name -> {
            Layout layout = stateLayouts.getOrDefault(name, Layout.plain(variable.type()));
            return new Place(memory.add(new Buffer(name, layout.bytes(), Buffer.Home.STATE)), layout);
        });
    }

    /** Where a value is, if any step has put it somewhere. */
    public Optional<Place> known(Value value) {
        return Optional.ofNullable(places.get(value)).map(List::getFirst);
    }

    /** Where a value is, in whatever layout. */
    public Place any(Value value) {
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
            case Source.Fill fill -> memory.fill(value.name(), fill);
            case Update update -> {
                int operand = update.updated(value.node().inputs().size()).get(value.output());
                yield statePlace((Source.Variable) value.node().input(operand).node().op());
            }
            default -> {
                if (!value.node().op().isView()) {
                    throw new IllegalStateException("cuda: value \"" + value.name() + "\" is used before it is computed.");
                }
                yield view(value, value.node().input(0));
            }
        };
    }

    private Place view(Value value, Value operand) {
        Place own = any(operand);
        if (operand.type().equals(value.type())) {
            return own;
        }
        Layout flat = own.layout().in(Order.PLAIN);
        Place row = in(operand, flat, "reshape " + value.node().name());
        return new Place(row.buffer(), new Layout(value.type(), flat.element(), Order.PLAIN));
    }

    /** Where a value is in row-major order and the graph's own element type. */
    public Place plain(Value value, String reason) {
        return in(value, Layout.plain(value.type()), reason);
    }

    /** Where a value is in this order, in whatever element type it has. */
    public Place in(Value value, Order order, String reason) {
        return in(value, any(value).layout().in(order), reason);
    }

    /** Where a value is in a layout; adds a conversion unless it is there already. */
    public Place in(Value value, Layout wanted, String reason) {
        Place first = any(value);
        for (Place place : places.get(value)) {
            if (place.layout().sameMemory(wanted)) {
                return new Place(place.buffer(), wanted);
            }
        }
        boolean before = list.hoist(lifetimes.isHoisted(value));
        boolean kept = list.isHoisting() || !reuse || lifetimes.isKept(value);
        Place target = new Place(memory.add(new Buffer(value.name() + " as " + wanted, wanted.bytes(),
                kept ? Buffer.Home.KEPT : Buffer.Home.ARENA)), wanted);
        convert(value.name(), first, target, reason);
        list.hoist(before);
        // The copy of a variable would be stale after an update: updates come last, so no reader follows one.
        places.get(value).add(target);
        return target;
    }

    /** Adds a copy into another layout. */
    public void convert(String name, Place from, Place to, String reason) {
        conversion.add(this, name, from, to);
        if (!list.isHoisting()) {
            reorders.add(new CompileReport.Reorder(name, from.layout().toString(), to.layout().toString(), reason, to.layout().bytes()));
        }
    }

    // --- steps --------------------------------------------------------------------------------------------------------------------------

    /** A launch of a kernel from a family's source. */
    public KernelCall kernel(Node node, String family, List<String> defines, String kernel) {
        return kernel(List.of(node.name()), "kernel " + kernel, kernels.resource(family, defines, kernel));
    }

    /** A launch of a kernel. */
    public KernelCall kernel(List<String> nodes, String implementation, Kernel kernel) {
        return kernel(nodes, implementation, () -> kernel);
    }

    /** A launch of a kernel that is compiled when all steps are known. */
    public KernelCall kernel(List<String> nodes, String implementation, Supplier<Kernel> kernel) {
        return new KernelCall(this, nodes, implementation, kernel);
    }

    /** Something to be done when all steps are known. */
    void later(Runnable action) {
        list.later(action);
    }

    /** The device's kernels. */
    public Kernels kernels() {
        return kernels;
    }

    /** Why the next step takes a slower implementation; goes into the compile report. */
    public Assembly because(String reason) {
        list.because(reason);
        return this;
    }

    /** Adds a step. */
    public void add(List<String> nodes, String implementation, Step.Work work, List<Buffer> used) {
        list.add(nodes, implementation, work, used);
    }
}

package dev.lamina.cuda.lowering;

import dev.lamina.cuda.api.Kernel;
import dev.lamina.cuda.kernels.ChainProgram;
import dev.lamina.cuda.kernels.ChainProgram.Access;
import dev.lamina.cuda.kernels.ChainSource;
import dev.lamina.graph.Node;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Source;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Chains of pointwise nodes by one generated kernel: every operand is loaded once, results that are read outside of the chain are stored,
 * all others stay in registers. Results lie as the operand does that is no smaller; operands are taken as they lie.
 */
final class PointwiseLowering {
    /** Most nodes of one chain. */
    static final int LONGEST = 24;
    /** Names of functions that a report shows. */
    private static final int SHOWN = 4;

    private final Assembly assembly;

    PointwiseLowering(Assembly assembly) {
        this.assembly = assembly;
    }

    /** True if a chain may have the node. */
    static boolean supports(Node node) {
        return node.op() instanceof Pointwise;
    }

    /** Adds the step of a chain. */
    void lower(List<Node> chain) {
        List<Value> operands = operands(chain);
        List<Value> results = results(chain);
        Layout layout = layout(chain.getLast().output(0).type(), operands);
        List<Place> from = operands.stream().map(assembly::any).toList();
        if (layout.type().elements() == 0) {
            results.forEach(value -> assembly.define(value, layout.like(value.type())));
            return;
        }
        Walk walk = Walk.of(layout, from.stream().map(Place::layout).toList());
        List<Place> to = define(results, layout, operands, from, walk);
        add(chain, program(chain, operands, from, results, to, walk), walk, from, to);
    }

    /** What the chain reads from memory. Fills are numbers. */
    private static List<Value> operands(List<Node> chain) {
        Set<Node> members = Set.copyOf(chain);
        Set<Value> operands = new LinkedHashSet<>();
        for (Node node : chain) {
            node.inputs().stream().filter(value -> !members.contains(value.node()) && !isFill(value)).forEach(operands::add);
        }
        return List.copyOf(operands);
    }

    private static boolean isFill(Value value) {
        return value.root().node().op() instanceof Source.Fill;
    }

    /** What is read outside of the chain. */
    private List<Value> results(List<Node> chain) {
        Map<Value, Integer> inner = new HashMap<>();
        chain.forEach(node -> node.inputs().forEach(value -> inner.merge(value, 1, Integer::sum)));
        Map<Value, Integer> reads = new HashMap<>();
        chain.forEach(node -> reads.put(node.output(0), inner.getOrDefault(node.output(0), 0)));
        return chain.stream().map(node -> node.output(0))
                .filter(value -> assembly.lifetimes().isKept(value) || assembly.lifetimes().readers(value) > reads.get(value)
                        || reads.get(value) == 0).toList();
    }

    /** Where the chain's results lie: as the operand of their shape does that is not row-major, and narrow if all of those are. */
    private Layout layout(TensorType type, List<Value> operands) {
        List<Layout> images = operands.stream().map(value -> assembly.any(value).layout())
                .filter(layout -> layout.type().shape().equals(type.shape())).toList();
        Layout plain = Layout.plain(type.withDType(DType.FLOAT32));
        Order order = images.stream().filter(layout -> !layout.sameOrder(plain)).map(Layout::order).findFirst().orElse(Order.PLAIN);
        List<Layout> floats = images.stream().filter(layout -> layout.type().dtype() == DType.FLOAT32).toList();
        boolean narrow = !floats.isEmpty() && floats.stream().allMatch(Layout::isNarrow);
        return plain.in(order).as(narrow ? DType.BFLOAT16 : DType.FLOAT32);
    }

    /** Places of the results, in the memory of operands where the kernel reads those at the position that it writes. */
    private List<Place> define(List<Value> results, Layout layout, List<Value> operands, List<Place> from, Walk walk) {
        Set<Buffer> scattered = new LinkedHashSet<>();
        List<Value> donors = new ArrayList<>();
        for (int i = 0; i < operands.size(); i++) {
            if (walk.steps().get(i).access() != Access.DENSE) {
                scattered.add(from.get(i).buffer());
            } else if (operands.get(i).shape().equals(layout.type().shape())) {
                donors.add(operands.get(i));
            }
        }
        donors.removeIf(donor -> scattered.stream().anyMatch(buffer -> assembly.holds(donor, buffer)));
        List<Place> places = new ArrayList<>();
        for (Value value : results) {
            Place place = assembly.defineOver(value, layout.like(value.type()), donors);
            // A donor may be there a second time, as a view of itself.
            donors.removeIf(donor -> assembly.holds(donor, place.buffer()));
            places.add(place);
        }
        return places;
    }

    private static ChainProgram program(List<Node> chain, List<Value> operands, List<Place> from, List<Value> results, List<Place> to,
            Walk walk) {
        ChainProgram.Builder builder = new ChainProgram.Builder();
        Map<Value, Integer> registers = new HashMap<>();
        for (int i = 0; i < operands.size(); i++) {
            DType type = operands.get(i).dtype();
            registers.put(operands.get(i), builder.operand(type, from.get(i).layout().element(), walk.steps().get(i).access()));
        }
        for (Node node : chain) {
            int[] arguments = node.inputs().stream().mapToInt(value -> registers.computeIfAbsent(value,
                    v -> builder.scalar(v.dtype(), ((Source.Fill) v.root().node().op()).value()))).toArray();
            registers.put(node.output(0), builder.apply((Pointwise) node.op(), arguments));
        }
        for (int k = 0; k < results.size(); k++) {
            builder.result(registers.get(results.get(k)), to.get(k).layout().element());
        }
        return builder.build();
    }

    private void add(List<Node> chain, ChainProgram program, Walk walk, List<Place> from, List<Place> to) {
        long reach = from.stream().mapToLong(place -> place.layout().type().elements()).reduce(walk.elements(), Math::max);
        boolean wide = reach > Integer.MAX_VALUE;
        Supplier<Kernel> kernel = assembly.kernels().generated(ChainSource.of(program, wide, walk.extents().length));
        KernelCall call = assembly.kernel(chain.stream().map(Node::name).toList(), "kernel " + name(chain), kernel)
                .over(Math.ceilDiv(walk.elements(), program.width()));
        from.forEach(call::pointer);
        to.forEach(call::pointer);
        counts(call, wide, walk.elements());
        for (int axis = 1; program.strided() && axis < walk.extents().length; axis++) {
            counts(call, wide, walk.extents()[axis]);
        }
        walk.steps().forEach(step -> counts(call, wide, step.numbers()));
        for (ChainProgram.Scalar scalar : program.scalars()) {
            scalar(call, scalar);
        }
        call.add();
    }

    private static void counts(KernelCall call, boolean wide, long... numbers) {
        for (long number : numbers) {
            if (wide) {
                call.int64(number);
            } else {
                call.int32(number);
            }
        }
    }

    private static void scalar(KernelCall call, ChainProgram.Scalar scalar) {
        switch (scalar.type()) {
            case FLOAT32, BFLOAT16, FLOAT16 -> call.float32(scalar.value());
            case FLOAT64 -> call.float64(scalar.value());
            case INT32, INT64, UINT8, BOOL -> call.int64((long) scalar.value());
        }
    }

    private static String name(List<Node> chain) {
        String shown = chain.stream().limit(SHOWN).map(node -> node.op().name()).collect(Collectors.joining(" "));
        return chain.size() == 1 ? shown : "chain of " + chain.size() + ": " + shown + (chain.size() > SHOWN ? " ..." : "");
    }
}

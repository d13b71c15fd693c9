package dev.lamina.cpu.onednn;

import dev.lamina.cpu.vector.Iteration;
import dev.lamina.cpu.vector.Kernel;
import dev.lamina.cpu.vector.Pointer;
import dev.lamina.cpu.vector.PointwiseKernels;
import dev.lamina.cpu.vector.Program;
import dev.lamina.graph.Node;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Source;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Chains of pointwise nodes by one vector kernel, in the layout of an operand. In a layout with padding the chain runs over the padding
 * too, so it must leave zeros there; where it might not, all operands are taken row-major.
 */
final class PointwiseLowering {
    /** Most nodes of one chain: more registers would leave the first-level cache. */
    static final int LONGEST = 24;

    private final Assembly assembly;

    PointwiseLowering(Assembly assembly) {
        this.assembly = assembly;
    }

    /** True if a vector kernel takes the node. */
    static boolean supports(Node node) {
        return node.op() instanceof Pointwise op && node.output(0).type().elements() > 0
                && Program.supports(op, node.inputs().stream().map(Value::dtype).toArray(DType[]::new));
    }

    /** Adds the step of a chain. */
    void lower(List<Node> chain) {
        Set<Node> members = new HashSet<>(chain);
        List<Value> operands = new ArrayList<>();
        List<Value> results = new ArrayList<>();
        Map<Value, Integer> inner = new HashMap<>();
        for (Node node : chain) {
            for (Value input : node.inputs()) {
                if (members.contains(input.node())) {
                    inner.merge(input, 1, Integer::sum);
                } else if (!(input.node().op() instanceof Source.Fill) && !operands.contains(input)) {
                    operands.add(input);
                }
            }
        }
        for (Node node : chain) {
            Value value = node.output(0);
            if (assembly.lifetimes().isKept(value) || assembly.lifetimes().readers(value) > inner.getOrDefault(value, 0)) {
                results.add(value);
            }
        }
        Program program = program(chain, operands, results);
        Layout layout = layout(chain, operands, results);
        add(chain, program, layout, operands, results);
    }

    private static Program program(List<Node> chain, List<Value> operands, List<Value> results) {
        Program.Builder builder = new Program.Builder();
        Map<Value, Integer> registers = new HashMap<>();
        operands.forEach(value -> registers.put(value, builder.operand(value.dtype())));
        for (Node node : chain) {
            int[] from = node.inputs().stream().mapToInt(value -> registers.computeIfAbsent(value,
                    v -> builder.constant((float) ((Source.Fill) v.node().op()).value()))).toArray();
            registers.put(node.output(0), builder.apply((Pointwise) node.op(), from));
        }
        results.forEach(value -> builder.result(registers.get(value), value.dtype()));
        return builder.build();
    }

    /** The layout that all full-size operands and the results get. */
    private Layout layout(List<Node> chain, List<Value> operands, List<Value> results) {
        TensorType type = chain.getLast().output(0).type();
        Layout plain = Layout.plain(type);
        Layout found = operands.stream().filter(v -> v.shape().equals(type.shape())).map(v -> assembly.any(v).layout())
                .filter(l -> !l.isPlain()).findFirst().orElse(plain);
        if (found.isPlain()) {
            return plain;
        }
        boolean floats = operands.stream().filter(v -> v.shape().equals(type.shape())).allMatch(v -> Precision.isFloat32(v.type()))
                && results.stream().allMatch(v -> Precision.isFloat32(v.type()));
        boolean regular = found.dims().length == type.shape().rank();
        for (Value value : operands) {
            boolean broadcast = !value.shape().equals(type.shape()) && value.type().elements() > 1;
            if (broadcast && (!regular || found.hasPadding())) {
                return plain;
            }
        }
        return !floats || found.hasPadding() && !ZeroPadding.kept(chain, results) ? plain : found;
    }

    private void add(List<Node> chain, Program program, Layout layout, List<Value> operands, List<Value> results) {
        Shape shape = chain.getLast().output(0).shape();
        Physical space = Physical.of(layout);
        List<Place> used = new ArrayList<>();
        List<long[]> strides = new ArrayList<>();
        String names = chain.getLast().name();
        for (Value value : operands) {
            boolean full = value.shape().equals(shape);
            Layout own = layout.isPlain() ? Layout.plain(value.type()) : layout;
            Place place = full ? inLayout(value, own, names) : assembly.plain(value, "operand of " + names);
            used.add(place);
            strides.add(full ? space.strides() : space.broadcast(value.shape(), shape.rank()));
        }
        List<Value> donors = new ArrayList<>(operands.stream().filter(v -> v.shape().equals(shape)).toList());
        List<Place> written = new ArrayList<>();
        for (Value value : results) {
            Layout own = layout.isPlain() ? Layout.plain(value.type()) : layout;
            Place place = assembly.defineOver(value, own, donors);
            // A donor may be there a second time, as a view of itself.
            donors.removeIf(donor -> assembly.holds(donor, place.buffer()));
            written.add(place);
        }
        long[][] resultStrides = new long[results.size()][];
        java.util.Arrays.fill(resultStrides, space.strides());
        Iteration iteration = new Iteration(space.dims(), strides.toArray(long[][]::new), resultStrides);
        Kernel kernel = PointwiseKernels.chain(assembly.team(), program, iteration, pointers(used), pointers(written));
        List<Buffer> buffers = new ArrayList<>();
        used.forEach(place -> buffers.add(place.buffer()));
        written.forEach(place -> buffers.add(place.buffer()));
        assembly.add(chain.stream().map(Node::name).toList(), "vector chain of " + chain.size(), kernel, buffers);
    }

    private Place inLayout(Value value, Layout layout, String names) {
        return layout.isPlain() ? assembly.plain(value, "operand of " + names) : assembly.in(value, layout, "operand of " + names);
    }

    private static Pointer[] pointers(List<Place> places) {
        return places.stream().map(Place::pointer).toArray(Pointer[]::new);
    }
}

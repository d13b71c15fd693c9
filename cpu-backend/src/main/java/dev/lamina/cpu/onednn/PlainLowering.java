package dev.lamina.cpu.onednn;

import dev.lamina.cpu.reference.ReferenceKernel;
import dev.lamina.cpu.vector.Kernel;
import dev.lamina.cpu.vector.RandomKernels;
import dev.lamina.graph.Node;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Pointwise.BinaryFunction;
import dev.lamina.graph.Random;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** Nodes that are computed on row-major memory: by a vector kernel where there is one, else by the reference backend's. */
final class PlainLowering {
    private final Assembly assembly;

    PlainLowering(Assembly assembly) {
        this.assembly = assembly;
    }

    /** Sums of integers, such as the number of the next step, and whatever chains do not take. */
    void pointwise(Node node) {
        boolean integers = node.op() instanceof Pointwise.Binary binary && binary.function() == BinaryFunction.ADD
                && node.output(0).dtype() == DType.INT64 && node.inputs().stream().allMatch(v -> v.shape().equals(node.output(0).shape()));
        if (!integers) {
            reference(node);
            return;
        }
        Place a = assembly.plain(node.input(0), "operand of " + node.name());
        Place b = assembly.plain(node.input(1), "operand of " + node.name());
        Place c = assembly.define(node.output(0), Layout.plain(node.output(0).type()));
        assembly.add(List.of(node.name()), "integer sum",
                new IntegerSum(a.pointer(), b.pointer(), c.pointer(), node.output(0).type().elements()),
                List.of(a.buffer(), b.buffer(), c.buffer()));
    }

    void shaping(Shaping op, Node node) {
        if (!op.isView()) {
            reference(node);
        }
    }

    /** Random numbers and dropout, float32 by a vector kernel. Elements are numbered in row-major order. */
    void random(Random op, Node node) {
        TensorType type = node.output(0).type();
        if (!Precision.isFloat32(type) || type.elements() == 0) {
            reference(node);
            return;
        }
        int key = node.inputs().size() - 2;
        List<Place> used = new ArrayList<>();
        node.inputs().forEach(value -> used.add(assembly.plain(value, "operand of " + node.name())));
        Place y = assembly.defineOver(node.output(0), Layout.plain(type), node.inputs().subList(0, key));
        Kernel kernel = RandomKernels.random(assembly.team(), op, type.elements(), key == 0 ? null : used.getFirst().pointer(),
                used.get(key).pointer(), used.get(key + 1).pointer(), y.pointer());
        used.add(y);
        assembly.add(List.of(node.name()), "vector " + op.name(), kernel, used.stream().map(Place::buffer).toList());
    }

    /** Adds the reference kernel of a node. It allocates in every run; the compile report names it. */
    void reference(Node node) {
        List<Place> in = new ArrayList<>();
        node.inputs().forEach(value -> in.add(assembly.plain(value, "operand of " + node.name())));
        List<Place> out = new ArrayList<>();
        for (Value value : node.outputs()) {
            out.add(assembly.define(value, Layout.plain(value.type())));
        }
        reference(node, in, out);
    }

    /** Adds the reference kernel of a node with its operands and results in row-major places. */
    void reference(Node node, List<Place> in, List<Place> out) {
        List<Buffer> used = new ArrayList<>();
        in.forEach(place -> used.add(place.buffer()));
        out.forEach(place -> used.add(place.buffer()));
        Kernel kernel = () -> ReferenceKernel.run(node, segments(in), segments(out));
        assembly.add(List.of(node.name()), "reference " + node.op().name(), kernel, used);
    }

    @SuppressWarnings("restricted")
    private static MemorySegment[] segments(List<Place> places) {
        return places.stream().map(p -> MemorySegment.ofAddress(p.pointer().address()).reinterpret(p.layout().bytes()))
                .toArray(MemorySegment[]::new);
    }
}

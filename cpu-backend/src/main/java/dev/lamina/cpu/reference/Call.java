package dev.lamina.cpu.reference;

import dev.lamina.graph.Node;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import java.lang.foreign.MemorySegment;

/** A node bound to the memory of its operands and results: what a kernel gets. */
record Call(Node node, MemorySegment[] in, MemorySegment[] out, Workers workers) {
    int operands() {
        return in.length;
    }

    DType dtype(int i) {
        return node.input(i).dtype();
    }

    Shape shape(int i) {
        return node.input(i).shape();
    }

    /** Elements of the i-th operand. */
    int size(int i) {
        return (int) shape(i).elements();
    }

    DType outDtype(int i) {
        return node.output(i).dtype();
    }

    Shape outShape(int i) {
        return node.output(i).shape();
    }

    /** Elements of the i-th result. */
    int outSize(int i) {
        return (int) outShape(i).elements();
    }

    /** The i-th operand in a fresh array. */
    double[] load(int i) {
        return Buffers.load(in[i], dtype(i), size(i));
    }

    /** The i-th operand in a fresh array, exact for integers. */
    long[] loadLongs(int i) {
        return Buffers.loadLongs(in[i], dtype(i), size(i));
    }

    /** Writes the i-th result, rounding each element once. */
    void store(int i, double[] values) {
        Buffers.store(values, out[i], outDtype(i));
    }

    /** Writes the i-th result, exact for integers. */
    void storeLongs(int i, long[] values) {
        Buffers.storeLongs(values, out[i], outDtype(i));
    }

    /** The error {@code op "node": message}. */
    IllegalArgumentException error(String message) {
        return new IllegalArgumentException(node + ": " + message);
    }
}

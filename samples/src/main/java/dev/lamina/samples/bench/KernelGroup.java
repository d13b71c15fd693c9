package dev.lamina.samples.bench;

import dev.lamina.graph.Convolution;
import dev.lamina.graph.Graph;
import dev.lamina.graph.DtPool;
import dev.lamina.graph.Loss;
import dev.lamina.graph.MatMul;
import dev.lamina.graph.Node;
import dev.lamina.graph.Normalization;
import dev.lamina.graph.Op;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Pooling;
import dev.lamina.graph.Random;
import dev.lamina.graph.Reduction;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.Softmax;
import dev.lamina.graph.Source;
import dev.lamina.graph.Update;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Kinds of work in a step. What is fused counts as the first of these that it contains. */
enum KernelGroup {
    /** Convolutions and their gradients, with what is fused into them. */
    CONVOLUTION,
    /** Matrix products, with what is fused into them. */
    MATMUL,
    /** Batch and local response normalisation. */
    NORMALIZATION,
    /** Maxima and averages over windows. */
    POOLING,
    /** Softmax and losses. */
    LOSS,
    /** Updates of parameters and other variables. */
    UPDATE,
    /** Sums and the like. */
    REDUCTION,
    /** Random numbers. */
    RANDOM,
    /** Element by element. */
    POINTWISE,
    /** Changes of layout and type, padding, concatenation and the like. */
    COPIES,
    /** Nodes that the graph as it was given does not have. */
    OTHER;

    /** Finds the groups of a graph's nodes. */
    record Finder(Map<String, KernelGroup> byNode) {
        /** The group of an implementation that computes these nodes. */
        KernelGroup of(List<String> nodes) {
            return nodes.isEmpty() ? COPIES : nodes.stream().map(n -> byNode.getOrDefault(n, OTHER)).min(Comparator.naturalOrder()).get();
        }
    }

    static Finder of(Graph graph) {
        Map<String, KernelGroup> groups = new HashMap<>();
        for (Node node : graph.nodes()) {
            groups.put(node.name(), of(node.op()));
        }
        return new Finder(groups);
    }

    private static KernelGroup of(Op op) {
        return switch (op) {
            case Convolution _ -> CONVOLUTION;
            case MatMul _ -> MATMUL;
            case Normalization _ -> NORMALIZATION;
            case Pooling _, DtPool _ -> POOLING;
            case Softmax _, Loss _ -> LOSS;
            case Update _ -> UPDATE;
            case Reduction _ -> REDUCTION;
            case Random _ -> RANDOM;
            case Pointwise _ -> POINTWISE;
            case Shaping _, Source _ -> COPIES;
        };
    }
}

package dev.lamina.check.fault;

import dev.lamina.graph.Node;
import dev.lamina.graph.Op;
import dev.lamina.graph.Source;
import dev.lamina.graph.cases.CaseGraph;
import dev.lamina.graph.cases.OpCase;
import dev.lamina.graph.cases.OpCases;
import dev.lamina.tensor.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Nodes of every op, in graphs of the shared case list, to plant faults at. */
public final class FaultCases {
    private static final int NODES_OF_AN_OP = 3;
    private static final List<String> NAMES = List.of(
            "conv2d with bias 3x3", "conv2d stride 2 padded", "conv2d with bias 2 groups", "conv2dDataGradient stride 2",
            "conv2dFilterGradient asymmetric padding stride 2", "two convolutions with one filter",
            "maxPool 3/2 overlapping of [2, 3, 7, 6]", "maxPool with ties 3/1 padded", "maxPool with ties 3/2 padded asymmetric",
            "avgPool 3/2 padded asymmetric of [2, 3, 7, 6]", "avgPool excluding pad 3/2 ceil padded of [2, 3, 7, 6]",
            "maxUnpool 3/2 overlapping", "maxUnpool 3/1", "poolGather 3/1", "avgPoolGradient",
            "adaptiveAvgPool 2x3 of [2, 3, 7, 6]",
            "adaptiveAvgPoolGradient 2x3", "matmul with bias NT", "matmul batched TN", "matmul NN[3, 5, 2]", "exp[3,5]", "not[3,5]",
            "round[3,5]", "subtract[3,5][3,5]", "multiply[3,5][5]",
            "and[3,5][5]", "add int32", "less with ties", "where[3,4][3,4][3,4]", "cast to int32", "cast to float64", "leakyRelu[3,5]",
            "elu[3,5]", "gelu[3,5]", "clip[3,5]", "binarize[3,5]", "reluGradient GRADIENT", "reluGradient GUIDED",
            "batchNorm of [2, 3, 5, 4]", "batchNorm statistics of [4, 3]", "batchNormInference of [2, 3, 5, 4]",
            "lrn size 5 alpha 0.3 of [2, 7, 2, 3]", "softmax axis -1 of [3, 5]", "softmax axis 1 of [2, 7, 3]",
            "logSoftmax axis 0 of [3, 5]", "crossEntropy MEAN", "crossEntropy NONE smoothed weighted", "MEAN [0, 2, 3] of [2, 3, 4, 5]",
            "MAX [-1] of [3, 5]", "SUM int32", "argMax axis 1", "argMax with ties axis 1", "reshape", "stopGradient", "transpose [1, 0]",
            "broadcastTo [2, 1][2, 3]", "concat axis 1", "slice [[1, 2], [4, 5], [1, 1]]", "pad [[1, 2], [3, 0], [0, 0]] of [3, 4]",
            "reverse [1]", "gather axis 1 by [4]", "gatherGradient", "randomUniform [3, 5]", "randomNormal [3, 5]",
            "randomBernoulli [3, 5]", "dropout [3, 5]", "assign", "ema warm", "sgd decay 0.1", "sgd nesterov decay 0.1",
            "sgd momentum RATE_INSIDE decay 0.0", "adam decay 0.1 step 7", "adamW decay 0.1 step 7",
            "dtPool where most scores are -inf");

    private FaultCases() { }

    /**
     * A node to plant faults at.
     *
     * @param drawn its graph, with operands
     */
    public record At(String name, CaseGraph drawn, Node node) {
        @Override
        public String toString() {
            return name + ", " + node;
        }
    }

    /** Up to three nodes of each op, in float32. */
    public static List<At> all() {
        Map<String, OpCase> cases = new HashMap<>();
        OpCases.all().forEach(opCase -> cases.put(opCase.name(), opCase));
        Map<Class<? extends Op>, Integer> taken = new HashMap<>();
        List<At> all = new ArrayList<>();
        for (String name : NAMES) {
            OpCase opCase = cases.get(name);
            if (opCase == null) {
                throw new IllegalStateException("there is no case \"" + name + "\".");
            }
            CaseGraph drawn = new CaseGraph(opCase, DType.FLOAT32);
            Set<Node> varying = new HashSet<>();
            for (Node node : drawn.graph().nodes()) {
                if (varies(node, varying) && varying.add(node) && !(node.op() instanceof Source)
                        && taken.merge(node.op().getClass(), 1, Integer::sum) <= NODES_OF_AN_OP) {
                    all.add(new At(name, drawn, node));
                }
            }
        }
        return all;
    }

    /** Whether a node is an input or variable, or rests on one: others give the same in every run. */
    private static boolean varies(Node node, Set<Node> varying) {
        return node.op() instanceof Source.Input || node.op() instanceof Source.Variable
                || node.inputs().stream().anyMatch(value -> varying.contains(value.node()));
    }

    /** Every record of the sealed families, but for sources. */
    public static Set<Class<?>> ops() {
        Set<Class<?>> ops = new LinkedHashSet<>(records(Op.class).toList());
        ops.removeAll(records(Source.class).toList());
        return ops;
    }

    private static Stream<Class<?>> records(Class<?> type) {
        return type.isRecord() ? Stream.of(type) : Arrays.stream(type.getPermittedSubclasses()).flatMap(FaultCases::records);
    }
}

package dev.lamina.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.graph.Node;
import dev.lamina.graph.Value;
import dev.lamina.graph.cases.RandomNetworks;
import dev.lamina.tensor.Tensor;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Random networks are what tests need of them. */
class RandomNetworksTest {
    /** Sums of up to 147 numbers of moderate size are the largest. */
    private static final double ORDINARY = 1000;

    private static double largest(Tensor tensor) {
        return DoubleStream.of(tensor.toDoubles()).map(Math::abs).max().orElse(0);
    }

    @Test
    void valuesStayOrdinaryOverThreeSteps() {
        try (Backend backend = Backends.open("reference")) {
            for (long seed = 0; seed < 100; seed++) {
                RandomNetworks.Drawn drawn = RandomNetworks.of(seed);
                try (State state = backend.createState(drawn.graph().variables());
                        Executable executable = backend.compile(drawn.graph(), CompileOptions.defaults().keepingAll())) {
                    drawn.variables().forEach(state::set);
                    for (int step = 0; step < 3; step++) {
                        executable.run(state, drawn.inputs());
                    }
                    for (Value value : drawn.graph().nodes().stream().flatMap(node -> node.outputs().stream()).toList()) {
                        double largest = largest(executable.read(value));
                        assertTrue(largest < ORDINARY, "seed " + seed + ", " + value + ": " + largest);
                    }
                }
            }
        }
    }

    @Test
    void seedGivesTheSameNetworkAgain() {
        RandomNetworks.Drawn first = RandomNetworks.of(17);
        RandomNetworks.Drawn second = RandomNetworks.of(17);
        assertEquals(first.graph().toString(), second.graph().toString());
        for (Map.Entry<String, Tensor> entry : first.variables().entrySet()) {
            assertEquals(entry.getValue().toString(), second.variables().get(entry.getKey()).toString());
        }
        assertEquals(first.inputs().keySet(), second.inputs().keySet());
    }

    @Test
    void hundredsOfNetworksHoldMostOps() {
        Set<String> ops = new HashSet<>();
        LongStream.range(0, 300).mapToObj(RandomNetworks::of).flatMap(drawn -> drawn.graph().nodes().stream()).map(Node::op)
                .forEach(op -> ops.add(op.name()));
        assertTrue(ops.containsAll(Set.of("conv2d", "conv2dDataGradient", "conv2dFilterGradient", "maxPool", "maxPoolGradient", "avgPool",
                "avgPoolGradient", "adaptiveAvgPool", "matmul", "batchNorm", "batchNormGradient", "batchNormInference", "lrn",
                "lrnGradient", "softmax", "crossEntropy", "crossEntropyGradient", "reduceMean", "reduceMax", "reduceMin", "concat", "slice",
                "pad", "reverse", "gather", "gatherGradient", "transpose", "dropout", "assign", "ema", "sgd", "adam", "adamW")),
                ops::toString);
    }
}

package dev.lamina.cpu.onednn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.Node;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Pointwise.BinaryFunction;
import dev.lamina.graph.Pointwise.ReluRule;
import dev.lamina.graph.Pointwise.StepGradient;
import dev.lamina.graph.Pointwise.UnaryFunction;
import dev.lamina.graph.Source;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterContainer;
import org.junit.jupiter.api.Test;

/** Which chains leave zeros where their operands are zero. What is claimed is compared with what the reference computes there. */
class ZeroPaddingTest {
    private static final Backend REFERENCE = Backends.open("reference");
    private static final TensorType FULL = TensorType.of(DType.FLOAT32, 2);

    @AfterContainer
    static void close() {
        REFERENCE.close();
    }

    private static List<Node> chain(Graph graph) {
        return graph.nodes().stream().filter(n -> n.op() instanceof Pointwise && n.output(0).shape().equals(FULL.shape())).toList();
    }

    private static boolean kept(UnaryOperator<Value> body) {
        GraphBuilder g = new GraphBuilder();
        Value y = body.apply(g.input("x", FULL));
        g.output("y", y);
        return ZeroPadding.kept(chain(g.build()), List.of(y));
    }

    private static boolean keptWithScalar(BinaryOperator<Value> body) {
        GraphBuilder g = new GraphBuilder();
        Value y = body.apply(g.input("x", FULL), g.input("s", TensorType.of(DType.FLOAT32)));
        g.output("y", y);
        return ZeroPadding.kept(chain(g.build()), List.of(y));
    }

    @Test
    void rectifiersAndScalesKeepZeros() {
        assertTrue(kept(Pointwise::relu));
        assertTrue(kept(x -> Pointwise.tanh(x).times(3)));
        assertTrue(kept(x -> x.plus(x)));
        assertTrue(kept(x -> Pointwise.reluGradient(x, Pointwise.exp(x), ReluRule.GRADIENT)));
        assertTrue(kept(x -> Pointwise.clip(x, -1, 0)));
        assertTrue(kept(x -> Pointwise.binarize(x, StepGradient.BLOCK)));
        assertTrue(keptWithScalar(Value::times));
        assertTrue(keptWithScalar((x, s) -> s.times(x)));
    }

    @Test
    void whatMovesZeroDoesNot() {
        assertFalse(kept(x -> x.plus(1)));
        assertFalse(kept(Pointwise::sigmoid));
        assertFalse(kept(Pointwise::exp));
        assertFalse(kept(x -> Pointwise.clip(x, 0.5, 1)));
        assertFalse(kept(x -> Pointwise.where(Pointwise.isPositive(x), x, Source.fillLike(x, 1))));
        assertFalse(keptWithScalar(Value::plus));
        assertFalse(keptWithScalar(Value::dividedBy));
        assertFalse(kept(x -> x.dividedBy(x)));
    }

    /** Zero times infinity is NaN, which a convolution over the padding would spread. */
    @Test
    void infinitiesMadeOfZerosAreSeen() {
        assertFalse(kept(x -> x.times(Pointwise.unary(UnaryFunction.RECIPROCAL, x))));
        assertFalse(kept(x -> x.times(Pointwise.log(x))));
        assertFalse(kept(x -> Pointwise.unary(UnaryFunction.RSQRT, x).times(x)));
        assertFalse(kept(x -> x.times(Pointwise.exp(Pointwise.unary(UnaryFunction.RECIPROCAL, x)))));
        assertFalse(kept(x -> x.times(Pointwise.binary(BinaryFunction.POW, x, Source.fillLike(x, -1)))));
        assertTrue(kept(x -> x.times(Pointwise.exp(x))));
        assertTrue(kept(x -> x.times(Pointwise.sigmoid(x))));
    }

    /** Random chains on zeros and a finite scalar. */
    @Property(tries = 400)
    void claimsHold(@ForAll long seed) {
        Random random = new Random(seed);
        GraphBuilder g = new GraphBuilder();
        List<Value> values = new ArrayList<>(List.of(g.input("x", FULL), g.input("z", FULL), g.input("s", TensorType.of(DType.FLOAT32))));
        for (int i = 0; i < 6; i++) {
            Value a = values.get(random.nextInt(values.size()));
            // What is computed of scalars alone might be infinite.
            values.add(grow(random, a.shape().equals(FULL.shape()) ? a : values.getFirst(), values.get(random.nextInt(values.size()))));
        }
        List<Value> results = values.stream().filter(v -> v.node().op() instanceof Pointwise && v.shape().equals(FULL.shape())
                && v.dtype() == DType.FLOAT32).toList();
        for (int i = 0; i < results.size(); i++) {
            g.output("y" + i, results.get(i));
        }
        Graph graph = g.build();
        Map<String, Tensor> zeros = Map.of("x", Tensor.zeros(DType.FLOAT32, FULL.shape()), "z", Tensor.zeros(DType.FLOAT32, FULL.shape()),
                "s", Tensor.scalar(DType.FLOAT32, random.nextBoolean() ? -1.5 : 0.75));
        zeros = new HashMap<>(zeros);
        zeros.keySet().retainAll(graph.inputs().stream().map(Value::name).toList());
        try (State none = REFERENCE.createState(List.of());
                Executable executable = REFERENCE.compile(graph, CompileOptions.defaults())) {
            executable.run(none, zeros);
            for (Value result : results) {
                if (ZeroPadding.kept(chain(graph), List.of(result))) {
                    for (double value : executable.read(result).toDoubles()) {
                        assertEquals(0, Math.abs(value), () -> result + " of\n" + graph);
                    }
                }
            }
        }
    }

    private static Value grow(Random random, Value a, Value b) {
        UnaryFunction[] functions = UnaryFunction.values();
        return switch (random.nextInt(6)) {
            case 0, 1 -> {
                UnaryFunction function = functions[random.nextInt(functions.length)];
                yield function == UnaryFunction.NOT ? Pointwise.negate(a) : Pointwise.unary(function, a);
            }
            case 2 -> a.times(b);
            case 3 -> random.nextBoolean() ? a.plus(b) : a.minus(b);
            case 4 -> random.nextBoolean() ? a.dividedBy(b) : Pointwise.max(a, b);
            default -> random.nextBoolean() ? Pointwise.where(Pointwise.isPositive(a), a, a.times(b))
                    : Pointwise.binary(BinaryFunction.POW, a, b);
        };
    }
}

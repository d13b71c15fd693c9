package dev.lamina.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.backend.CompileOptions.Pass;
import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.GraphException;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Reduction;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.Source;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Update;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterContainer;

/** Random graphs full of what passes look for: equal nodes, ones and zeros of both signs, moves that cancel, constants, updates. */
class GraphPassesRandomTest {
    private static final Backend BACKEND = Backends.open("reference");
    private static final float[] SPECIAL = {0f, -0f, 1f, -1f, Float.NaN, Float.POSITIVE_INFINITY, 2.5f, Float.MIN_VALUE};

    private final Tensor drawn = Tensor.of(new float[] {-0f, 1, -2, Float.NaN, 0.5f, 3}, 2, 3);

    @AfterContainer
    static void close() {
        BACKEND.close();
    }

    /** Throws {@link GraphException} if a node happens to need a variable's old and new value. */
    private Graph random(long seed) {
        Random random = new Random(seed);
        GraphBuilder g = new GraphBuilder();
        List<Value> values = new ArrayList<>();
        values.add(g.input("x", TensorType.of(DType.FLOAT32, 2, 3)));
        values.add(g.variable("v", TensorType.of(DType.FLOAT32, 2, 3), true));
        values.add(g.variable("w", TensorType.of(DType.FLOAT32, 3, 2), true));
        values.add(Source.constant(g, drawn));
        values.add(Source.constant(g, drawn.copy()));
        for (int i = 0; i < 30; i++) {
            Value a = values.get(random.nextInt(values.size()));
            Value b = values.get(random.nextInt(values.size()));
            values.add(grow(random, a, b));
        }
        for (String name : List.of("v", "w")) {
            if (random.nextBoolean()) {
                Value variable = values.get(name.equals("v") ? 1 : 2);
                values.stream().filter(c -> c.type().equals(variable.type())).skip(3).findAny()
                        .ifPresent(c -> values.add(grow(random, Update.assign(variable, c), c)));
            }
        }
        for (int k = 0; k < 4; k++) {
            Value output = values.get(random.nextInt(values.size()));
            g.output("o" + k, output.root().node().op() instanceof Source.Variable ? output.plus(1) : output);
        }
        return g.build();
    }

    private static Value grow(Random random, Value a, Value b) {
        float number = SPECIAL[random.nextInt(SPECIAL.length)];
        long last = a.shape().rank() - 1;
        return switch (random.nextInt(14)) {
            case 0 -> Pointwise.negate(a);
            case 1 -> Pointwise.relu(a);
            case 2 -> Shaping.transpose(a, order(a.shape().rank(), random.nextBoolean()));
            case 3 -> Shaping.stopGradient(a);
            case 4 -> a.graph().add(new Shaping.Reshape(random.nextBoolean() ? Shape.of(3, 2) : Shape.of(2, 3)), six(a));
            case 5 -> Shaping.reverse(a, (int) last);
            case 6 -> a.shape().rank() < 3 ? a.graph().add(new Shaping.BroadcastTo(Shape.broadcast(a.shape(), Shape.of(1, 1))), a) : a;
            case 7 -> Shaping.slice(a, 0, 0, a.shape().dim(0));
            case 8 -> a.plus(number);
            case 9 -> Source.fillLike(a, number).times(a);
            case 10 -> a.minus(Source.fillLike(a, number));
            case 11 -> a.dividedBy(Shaping.broadcastTo(Source.scalarLike(a, number), a.shape()));
            case 12 -> a.shape().equals(b.shape()) ? Pointwise.where(Pointwise.isPositive(a), a, b) : Pointwise.exp(b);
            default -> a.shape().equals(b.shape()) ? a.times(b) : Reduction.sumKeepDims(a, 0).plus(a);
        };
    }

    private static Value six(Value a) {
        return a.shape().elements() == 6 ? a : Shaping.broadcastTo(Reduction.sum(a), Shape.of(2, 3));
    }

    private static int[] order(int rank, boolean reversed) {
        return java.util.stream.IntStream.range(0, rank).map(i -> reversed ? rank - 1 - i : i).toArray();
    }

    @Property(tries = 500)
    void passesChangeNoBit(@ForAll long seed) {
        Graph graph;
        try {
            graph = random(seed);
        } catch (GraphException e) {
            Assume.that(false);
            return;
        }
        String text = graph.toString();
        Map<String, Tensor> inputs = graph.inputs().isEmpty() ? Map.of() : Map.of("x", drawn);
        for (Set<Pass> passes : PassChecks.EXACT) {
            PassChecks.sameBits(BACKEND, graph, PassChecks.apply(BACKEND, graph, passes), inputs, state -> state.variables()
                    .forEach((name, type) -> state.set(name, drawn.reshape(type.shape().toArray()))), 2);
        }
        assertEquals(text, graph.toString());
    }
}

package dev.lamina.check;

import dev.lamina.backend.CompileOptions.Precision;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.backend.Tolerance;
import dev.lamina.graph.Convolution;
import dev.lamina.graph.MatMul;
import dev.lamina.graph.Node;
import dev.lamina.graph.Source;
import dev.lamina.graph.Update;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Philox;
import dev.lamina.tensor.Tensor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * How far states run apart over steps, and how far they may.
 *
 * <p>A step's relative error r is the {@link Tolerance} of a sum as long as all sums of the graph's convolutions and matrix products
 * together. Errors of steps add up, to {@code (t + 1) r} of the distance that the variables have moved; storing them rounds them each
 * time, which at random adds {@code √(t + 1) ε/2} of their norm; and training may amplify all that. How much, a probe shows: the first
 * side trains once more from a state whose floating variables are off by r at random. Four times what that has grown to is allowed
 * besides. All variables count together: one whose gradient is zero but for rounding, such as a bias before batch normalisation, is
 * nothing but noise by itself.
 */
final class Drift implements AutoCloseable {
    private static final long SEED = 0x6472696674L;
    private static final double PROBES = 4;

    private final Subject subject;
    private final Executable probe;
    private final State state;
    private final Map<String, Tensor> start = new HashMap<>();
    private final List<String> changing;
    private final double share;
    private double grown;
    private final List<DriftReport.Row> rows = new ArrayList<>();

    Drift(Subject subject, Side first, List<Side> sides) {
        this.subject = subject;
        changing = changing(subject);
        share = sides.stream().mapToDouble(side -> share(subject, side.options().precision())).max().orElse(0);
        probe = first.backend().compile(subject.graph(), first.options());
        state = first.backend().createState(subject.graph().variables());
        Philox.Stream random = new Philox.Stream(SEED, 0, 0);
        subject.variables().forEach((name, tensor) -> {
            if (state.variables().containsKey(name)) {
                state.set(name, Nudge.by(share, tensor, random));
            }
        });
        changing.forEach(name -> start.put(name, subject.variables().getOrDefault(name,
                Tensor.zeros(state.variables().get(name).dtype(), state.variables().get(name).shape()))));
    }

    private static List<String> changing(Subject subject) {
        List<String> names = new ArrayList<>();
        for (Node node : subject.graph().nodes()) {
            if (node.op() instanceof Update update) {
                update.updated(node.inputs().size()).stream().map(node::input).filter(v -> v.dtype().isFloating())
                        .forEach(v -> names.add(((Source.Variable) v.node().op()).variableName()));
            }
        }
        return names;
    }

    private static double share(Subject subject, Precision precision) {
        long terms = 1;
        for (Node node : subject.graph().nodes()) {
            if (node.op() instanceof Convolution || node.op() instanceof MatMul) {
                terms += Rounding.terms(node);
            }
        }
        boolean wide = subject.graph().variables().stream().allMatch(v -> v.dtype() != DType.FLOAT32);
        return Tolerance.of(wide ? DType.FLOAT64 : DType.FLOAT32, terms).withOperands(switch (precision) {
            case FLOAT32 -> 0;
            case TF32 -> Tolerance.TF32_EPSILON;
            case BFLOAT16 -> DType.BFLOAT16.epsilon();
        }).relative();
    }

    /** Lets the probe take a step, and compares the other sides' states with the first's. */
    void step(int step, State first, Map<String, State> others) {
        probe.run(state, subject.inputs().apply(step));
        Map<String, Tensor> now = new LinkedHashMap<>();
        changing.forEach(name -> now.put(name, first.get(name)));
        double moved = norm(name -> distance(now.get(name), start.get(name)));
        grown = Math.max(grown, ratio(norm(name -> distance(now.get(name), state.get(name))), moved));
        double size = norm(name -> distance(now.get(name), Tensor.zeros(now.get(name).dtype(), now.get(name).shape())));
        double stored = Math.sqrt(step + 1) * epsilon() / 2 * size;
        double allowed = PROBES * grown + (step + 1) * share + ratio(stored, moved);
        others.forEach((label, other) -> {
            // A planted fault may have left a variable without use: it then stays as it was.
            ToDoubleFunction<String> apart = name -> distance(now.get(name), other.variables().containsKey(name) ? other.get(name)
                    : start.get(name));
            String furthest = changing.stream().max(Comparator.comparingDouble(apart)).orElseThrow();
            rows.add(new DriftReport.Row(step, label, furthest, ratio(norm(apart), moved), allowed));
        });
    }

    private double epsilon() {
        return changing.stream().mapToDouble(name -> start.get(name).dtype().epsilon()).max().orElse(0);
    }

    /** Root of the sum of squares over the variables that steps change. */
    private double norm(ToDoubleFunction<String> each) {
        return Math.sqrt(changing.stream().mapToDouble(each).map(x -> x * x).sum());
    }

    private static double ratio(double a, double b) {
        return a == 0 ? 0 : a / b;
    }

    private static double distance(Tensor first, Tensor other) {
        double[] a = first.toDoubles();
        double[] b = other.toDoubles();
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (a[i] - b[i]) * (a[i] - b[i]);
        }
        return Math.sqrt(sum);
    }

    boolean hasStates() {
        return !changing.isEmpty();
    }

    DriftReport report() {
        return new DriftReport(rows);
    }

    @Override
    public void close() {
        probe.close();
        state.close();
    }
}

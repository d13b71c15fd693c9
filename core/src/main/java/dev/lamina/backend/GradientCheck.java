package dev.lamina.backend;

import dev.lamina.graph.Gradients;
import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.GraphException;
import dev.lamina.graph.Node;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Reduction;
import dev.lamina.graph.Source;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Philox;
import dev.lamina.tensor.Tensor;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Compares a function's gradient with central differences in float64.
 *
 * <p>The scalar is {@code φ = Σ r ⊙ y} over all floating results y with fixed random weights r, never a plain sum: the sum of a softmax is
 * constant, so a wrong softmax gradient would pass. Each element x moves by {@code h = 1e-5 max(1, |x|)} both ways; one random direction
 * over all arguments together is compared too. Of an argument of more than {@link #SAMPLE} elements a random sample of that many is
 * compared one by one. Arguments must keep {@code 10 h} away from kinks and ties: the caller knows where they are. Variables of the
 * function are zero. Stateless.
 */
public final class GradientCheck {
    /** Largest error that passes. */
    public static final double LIMIT = 1e-6;
    /** Most elements of one argument that are compared one by one. */
    public static final int SAMPLE = 256;

    private static final double STEP = 1e-5;
    private static final int WEIGHTS = 1;
    private static final int DIRECTION = 2;
    private static final int POSITIONS = 3;

    private final Backend backend;
    private final long seed;

    /** A checker that runs on a backend, which stays the caller's; the seed keys weights, direction and samples. */
    public GradientCheck(Backend backend, long seed) {
        this.backend = backend;
        this.seed = seed;
    }

    /**
     * An argument of the function.
     *
     * @param name unique name
     * @param value where the derivative is taken
     * @param differentiate whether to compare the gradient by this argument; needs float64
     */
    public record Argument(String name, Tensor value, boolean differentiate) {
        /** An argument whose gradient is compared. */
        public static Argument of(String name, Tensor value) {
            return new Argument(name, value, true);
        }

        /** An argument that stays fixed, such as labels. */
        public static Argument fixed(String name, Tensor value) {
            return new Argument(name, value, false);
        }
    }

    /** The checked function. */
    @FunctionalInterface
    public interface Function {
        /** Adds the function's nodes and returns its results; those that are not floating are left out of the scalar. */
        List<Value> build(GraphBuilder graph, List<Value> arguments);
    }

    /** A gradient written by hand. */
    @FunctionalInterface
    public interface Rule {
        /** The gradient by each argument that is differentiated, in order, from those by the floating results. */
        List<Value> gradients(List<Value> arguments, List<Value> results, List<Value> upstream);
    }

    /** The function's nodes with all that a check needs. */
    private record Built(GraphBuilder builder, Graph forward, List<Value> arguments, List<Value> wanted,
            List<Value> results, List<Value> weights) {
    }

    /**
     * Compares the gradient that {@link Gradients} builds.
     *
     * @throws GraphException if an op on the way from an argument to a result has no derivative that could be compared
     */
    public GradientReport check(List<Argument> arguments, Function function) {
        Built built = build(arguments, function);
        refuse(built);
        Value scalar = null;
        for (int i = 0; i < built.results.size(); i++) {
            Value term = Reduction.sum(built.results.get(i).times(built.weights.get(i)));
            scalar = scalar == null ? term : scalar.plus(term);
        }
        return compare(arguments, built, Gradients.orZeros(scalar, built.wanted));
    }

    /** Compares a gradient written by hand. */
    public GradientReport check(List<Argument> arguments, Function function, Rule rule) {
        Built built = build(arguments, function);
        return compare(arguments, built, rule.gradients(built.arguments, built.results, built.weights));
    }

    private Built build(List<Argument> arguments, Function function) {
        GraphBuilder graph = new GraphBuilder();
        List<Value> values = new ArrayList<>();
        List<Value> wanted = new ArrayList<>();
        for (Argument argument : arguments) {
            Value value = graph.input(argument.name, new TensorType(argument.value.dtype(), argument.value.shape()));
            values.add(value);
            if (argument.differentiate) {
                if (value.dtype() != DType.FLOAT64) {
                    throw new GraphException("gradcheck: argument \"" + argument.name + "\" is " + value.type()
                            + ", needs float64. Differences in a narrower type show rounding only.");
                }
                wanted.add(value);
            }
        }
        List<Value> all = function.build(graph, values);
        List<Value> results = all.stream().filter(v -> v.dtype().isFloating()).toList();
        Philox.Stream random = new Philox.Stream(seed, 0, WEIGHTS);
        List<Value> weights = results.stream().map(v -> Source.constant(graph, weights(random, v))).toList();
        for (int i = 0; i < results.size(); i++) {
            graph.output("result" + i, results.get(i));
        }
        for (int i = 0; i < all.size(); i++) {
            graph.output("any" + i, all.get(i));
        }
        return new Built(graph, graph.build(), values, wanted, results, weights);
    }

    /** Numbers in ±[0.5, 1.5). */
    private static Tensor weights(Philox.Stream random, Value like) {
        double[] weights = new double[Math.toIntExact(like.shape().elements())];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (random.nextUniform() + 0.5) * (random.nextInt() < 0 ? -1 : 1);
        }
        return Tensor.of(like.dtype(), weights, like.shape().toArray()).reshape(like.shape().toArray());
    }

    /** Fails if an op between arguments and results has no derivative, or one that is a heuristic. */
    private static void refuse(Built built) {
        Set<Value> reached = new HashSet<>(built.wanted);
        String stopped = null;
        for (Node node : built.forward.nodes()) {
            if (node.inputs().stream().noneMatch(reached::contains)) {
                continue;
            }
            Optional<String> reason = node.op().whyNoGradient();
            boolean floating = node.outputs().stream().anyMatch(v -> v.dtype().isFloating());
            if (node.op() instanceof Pointwise.Binarize) {
                throw new GraphException(node + ": derivative is 0 almost everywhere; straight-through gradient is not the derivative and "
                        + "cannot be checked.");
            }
            if (reason.isPresent()) {
                String text = node + ": " + reason.get() + " It cannot be checked.";
                if (floating) {
                    throw new GraphException(text);
                }
                stopped = stopped == null ? text : stopped;
            } else {
                node.outputs().stream().filter(v -> v.dtype().isFloating()).forEach(reached::add);
            }
        }
        if (stopped != null && built.results.stream().noneMatch(reached::contains)) {
            throw new GraphException(stopped);
        }
        if (built.results.isEmpty()) {
            throw new GraphException("gradcheck: the function has no floating-point result.");
        }
    }

    private GradientReport compare(List<Argument> arguments, Built built, List<Value> gradients) {
        for (int i = 0; i < gradients.size(); i++) {
            if (!gradients.get(i).type().equals(built.wanted.get(i).type())) {
                throw new GraphException("gradcheck: gradient of \"" + built.wanted.get(i).name() + "\" is " + gradients.get(i).type()
                        + ", needs " + built.wanted.get(i).type() + ".");
            }
            built.builder.output("gradient" + i, gradients.get(i));
        }
        Graph backward = built.builder.build();
        Map<String, Tensor> inputs = new LinkedHashMap<>();
        arguments.forEach(a -> inputs.put(a.name, a.value.copy()));
        List<double[]> analytic = new ArrayList<>();
        try (State state = backend.createState(backward.variables());
                Executable executable = backend.compile(backward, CompileOptions.defaults())) {
            executable.run(state, only(inputs, backward));
            for (int i = 0; i < gradients.size(); i++) {
                analytic.add(executable.read("gradient" + i).toDoubles());
            }
        }
        List<GradientReport.Entry> entries = new ArrayList<>();
        try (State state = backend.createState(built.forward.variables());
                Executable executable = backend.compile(built.forward, CompileOptions.defaults())) {
            Difference difference = new Difference(built, executable, state, inputs);
            String node = built.results.getFirst().node().toString();
            Philox.Stream positions = new Philox.Stream(seed, 0, POSITIONS);
            Philox.Stream direction = new Philox.Stream(seed, 0, DIRECTION);
            double along = 0;
            List<double[]> moves = new ArrayList<>();
            for (int i = 0; i < built.wanted.size(); i++) {
                String name = built.wanted.get(i).name();
                double[] x = inputs.get(name).toDoubles();
                for (int index : sample(positions, x.length)) {
                    double[] move = new double[x.length];
                    move[index] = 1;
                    double h = STEP * Math.max(1, Math.abs(x[index]));
                    entries.add(GradientReport.Entry.of(node, name, index, analytic.get(i)[index],
                            difference.along(Map.of(name, move), h)));
                }
                double[] move = new double[x.length];
                for (int k = 0; k < move.length; k++) {
                    move[k] = 2 * direction.nextUniform() - 1;
                    along += move[k] * analytic.get(i)[k];
                }
                moves.add(move);
            }
            Map<String, double[]> all = new LinkedHashMap<>();
            for (int i = 0; i < moves.size(); i++) {
                all.put(built.wanted.get(i).name(), moves.get(i));
            }
            entries.add(GradientReport.Entry.of(node, "(direction)", -1, along, difference.along(all, STEP)));
        }
        return new GradientReport(entries, LIMIT);
    }

    private static int[] sample(Philox.Stream random, int n) {
        int[] all = random.permutation(n);
        return n <= SAMPLE ? all : Arrays.copyOf(all, SAMPLE);
    }

    /** A graph has only those inputs that its outputs need. */
    private static Map<String, Tensor> only(Map<String, Tensor> inputs, Graph graph) {
        Map<String, Tensor> used = new LinkedHashMap<>();
        graph.inputs().forEach(v -> used.put(v.name(), inputs.get(v.name())));
        return used;
    }

    /** Central differences of the scalar. Differences are taken result by result, so that what does not move cancels exactly. */
    private record Difference(Built built, Executable executable, State state, Map<String, Tensor> inputs) {
        double along(Map<String, double[]> moves, double h) {
            List<double[]> above = results(moves, h);
            List<double[]> below = results(moves, -h);
            double sum = 0;
            for (int i = 0; i < above.size(); i++) {
                double[] r = ((Source.Constant) built.weights.get(i).node().op()).tensor().toDoubles();
                for (int k = 0; k < r.length; k++) {
                    sum += r[k] * (above.get(i)[k] - below.get(i)[k]);
                }
            }
            return sum / (2 * h);
        }

        private List<double[]> results(Map<String, double[]> moves, double h) {
            Map<String, Tensor> moved = only(inputs, built.forward);
            moves.forEach((name, move) -> moved.computeIfPresent(name, (_, at) -> {
                Tensor tensor = at.copy();
                for (int k = 0; k < move.length; k++) {
                    if (move[k] != 0) {
                        double x = tensor.memory().getAtIndex(ValueLayout.JAVA_DOUBLE, k);
                        tensor.memory().setAtIndex(ValueLayout.JAVA_DOUBLE, k, x + h * move[k]);
                    }
                }
                return tensor;
            }));
            executable.run(state, moved);
            List<double[]> results = new ArrayList<>();
            for (int i = 0; i < built.results.size(); i++) {
                results.add(executable.read("result" + i).toDoubles());
            }
            return results;
        }
    }
}

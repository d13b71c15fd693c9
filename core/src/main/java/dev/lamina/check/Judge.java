package dev.lamina.check;

import dev.lamina.backend.Backend;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.CompileOptions.Precision;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.backend.Tolerance;
import dev.lamina.graph.Convolution;
import dev.lamina.graph.Graph;
import dev.lamina.graph.MatMul;
import dev.lamina.graph.Node;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Philox;
import dev.lamina.tensor.Tensor;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Says of each value that a side holds whether it is right for the operands that the side had.
 *
 * <p>A result may be off by {@code r max(s, c)}: r the share of {@link Tolerance} for the terms that the value's nodes sum, plus 3 ε' where
 * operands or results are rounded to a narrower type ε' (six deviations of the {@code 0.41 ε'} that a product's operands bring, and half
 * an ε' for storing); s the largest magnitude of the result; c its condition: the largest change, over ε, that operands bring which are off
 * by ε each. A backward stable algorithm (Higham, Accuracy and Stability of Numerical Algorithms, 2002, section 1.5) is off by no more than
 * such operands explain, and no algorithm that is given rounded numbers can be asked for more. The condition is measured, by replaying with
 * operands moved at random, where s alone does not explain a difference. What is not floating must be equal.
 */
final class Judge implements AutoCloseable {
    /** Operands are moved by so many ε, that the change is not lost in the rounding of what is measured. */
    private static final double MOVED = 64;
    /**
     * One draw for each number, in which so many neighbours are off alike. Independent ones show what the roundings of terms do. Where
     * neighbours have one sign, as gradients of a picture's areas have, a sum's intermediate values are as large as the sums of such runs,
     * even if the whole cancels, and are rounded as that: longer runs show how large.
     */
    private static final int[] RUNS = {1, 1, 1, 16, 64, 256, 1024, 4096, 16_384, 65_536};
    private static final double NARROW = 3;
    private static final long SEED = 0x6a75646765L;

    private final Backend backend;
    private final Graph graph;
    private final Set<Value> known;
    private final Replay replay;
    private final Executable executable;
    private final State state;
    private final Map<Value, Boolean> jumps = new HashMap<>();

    /**
     * A judge of values of a graph.
     *
     * @param known values that sides will give
     * @param wanted values to judge
     */
    Judge(Backend backend, Graph graph, Set<Value> known, Collection<Value> wanted) {
        this.backend = backend;
        this.graph = graph;
        this.known = Set.copyOf(known);
        replay = Replay.of(graph, known, wanted);
        executable = backend.compile(replay.graph(), CompileOptions.defaults());
        state = backend.createState(replay.graph().variables());
        replay.groups().forEach((value, group) -> jumps.put(value, Rounding.jumps(group)));
    }

    /**
     * A value's finding.
     *
     * @param relative the difference as a share of the scale
     * @param tolerance the share allowed
     */
    record Finding(Value value, List<Node> group, Verdict verdict, Difference difference, double relative, double tolerance,
            boolean nonFiniteOrigin) {
    }

    /**
     * Judges all wanted values of the replay.
     *
     * @param operands values that the side had, of everything that the replay is fed with and of variables that are updated, before the run
     * @param results values that the side computed
     * @param precision the side's arithmetic
     */
    Map<Value, Finding> judge(Map<Value, Tensor> operands, Map<Value, Tensor> results, Precision precision) {
        run(executable, state, replay, operands);
        Map<Value, Finding> findings = new LinkedHashMap<>();
        Set<Value> spoilt = new HashSet<>();
        operands.forEach((value, tensor) -> {
            if (Difference.hasNonFinite(tensor)) {
                spoilt.add(value);
            }
        });
        replay.outputs().forEach((value, output) -> findings.put(value,
                judge(value, executable.read(output), results.get(value), operands, spoilt, precision)));
        return findings;
    }

    private static void run(Executable executable, State state, Replay replay, Map<Value, Tensor> operands) {
        Map<String, Tensor> inputs = new HashMap<>();
        replay.fed().forEach((name, value) -> inputs.put(name, operands.get(value)));
        state.variables().keySet().forEach(name -> state.set(name, operands.get(replay.targets().get(name))));
        executable.run(state, inputs);
    }

    private Finding judge(Value value, Tensor expected, Tensor actual, Map<Value, Tensor> operands, Set<Value> spoilt,
            Precision precision) {
        List<Node> group = replay.groups().get(value);
        Difference difference = Difference.of(expected, actual);
        double share = share(group, value.dtype(), precision);
        boolean origin = spoilt.contains(value) && operands(group).stream().noneMatch(spoilt::contains);
        double scale = difference.scale();
        if (difference.oneSided()) {
            return new Finding(value, group, jumps.get(value) ? Verdict.NOT_JUDGED : Verdict.NOT_FINITE, difference,
                    Double.POSITIVE_INFINITY, share, origin);
        }
        if (difference.worst() > share * scale && share > 0 && !jumps.get(value)) {
            scale = Math.max(scale, condition(value, expected, operands));
        }
        boolean agrees = difference.worst() <= share * scale;
        double relative = difference.worst() == 0 ? 0 : difference.worst() / scale;
        Verdict verdict = agrees ? Verdict.AGREES : jumps.get(value) ? Verdict.NOT_JUDGED : Verdict.DIVERGES;
        return new Finding(value, group, verdict, difference, relative, share, origin);
    }

    private static Set<Value> operands(List<Node> group) {
        Set<Value> operands = new HashSet<>();
        group.forEach(node -> operands.addAll(node.inputs()));
        return operands;
    }

    private static double share(List<Node> group, DType dtype, Precision precision) {
        if (!dtype.isFloating()) {
            return 0;
        }
        double share = group.stream().allMatch(Rounding::exact) ? 0
                : Tolerance.of(dtype, group.stream().mapToLong(Rounding::terms).sum()).relative();
        return dtype == DType.FLOAT32 ? share + NARROW * narrow(group, precision) : share;
    }

    private static double narrow(List<Node> group, Precision precision) {
        return switch (precision) {
            case FLOAT32 -> 0;
            case TF32 -> group.stream().anyMatch(n -> n.op() instanceof Convolution || n.op() instanceof MatMul)
                    ? Tolerance.TF32_EPSILON : 0;
            case BFLOAT16 -> DType.BFLOAT16.epsilon();
        };
    }

    /** Largest change of the value, over ε, when its operands are off by ε each. */
    private double condition(Value value, Tensor expected, Map<Value, Tensor> operands) {
        Replay alone = Replay.of(graph, known, List.of(value));
        double moved = MOVED * value.dtype().epsilon();
        double largest = 0;
        try (Executable one = backend.compile(alone.graph(), CompileOptions.defaults());
                State own = backend.createState(alone.graph().variables())) {
            for (int draw = 0; draw < RUNS.length; draw++) {
                run(one, own, alone, move(operands, alone, moved, draw));
                Difference change = Difference.of(expected, one.read("v0"));
                largest = Math.max(largest, change.oneSided() ? 0 : change.worst());
            }
        }
        return largest / moved;
    }

    /** What a replay needs of the operands, each floating element moved by up to this share of it. */
    private static Map<Value, Tensor> move(Map<Value, Tensor> operands, Replay replay, double share, int draw) {
        Map<Value, Tensor> moved = new HashMap<>();
        Philox.Stream random = new Philox.Stream(SEED, draw, 0);
        Set<Value> needed = new LinkedHashSet<>(replay.fed().values());
        needed.addAll(replay.targets().values());
        for (Value value : needed) {
            moved.put(value, Nudge.by(share, operands.get(value), random, RUNS[draw]));
        }
        return moved;
    }

    @Override
    public void close() {
        executable.close();
        state.close();
    }
}

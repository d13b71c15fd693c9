package dev.lamina.parity;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.lamina.backend.Backend;
import dev.lamina.backend.State;
import dev.lamina.backend.Tolerance;
import dev.lamina.graph.Convolution;
import dev.lamina.graph.Graph;
import dev.lamina.graph.MatMul;
import dev.lamina.graph.Node;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.graph.Window;
import dev.lamina.io.Safetensors;
import dev.lamina.io.SafetensorsFile;
import dev.lamina.models.Models;
import dev.lamina.nn.Layers;
import dev.lamina.nn.Model;
import dev.lamina.nn.Sequential;
import dev.lamina.optim.Adam;
import dev.lamina.optim.Optimizer;
import dev.lamina.optim.Sgd;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * Whole models at small size, trained in float32 on the tested backend and in float64 on the reference.
 *
 * <p>Logits, loss and gradients of the first step: a step's relative error r is the {@link Tolerance} of a sum as long as all sums of the
 * model's convolutions and matrix products together, since their errors are independent.
 *
 * <p>After T steps: r of each step adds up, so a variable's distance from where it started differs by at most {@code T r} of that distance,
 * in the Euclidean norm; besides, each step rounds each weight once to float32, by half an ulp at most, which T times at random adds
 * {@code √T ε/2} of the variable's norm. The norm is what can be bounded: where an activation lies within r of a kink, or two of a pooling
 * window within r of each other, the sides take different branches, and single elements differ by more, by one of the many contributions
 * they sum. Adam divides by a gradient's own size, which makes noise of gradients near zero as large as any step; its ε is 1e-4 here, above
 * that noise, so that the step stays a smooth function of the gradient.
 */
public final class ModelParity {
    private static final int STEPS = 10;
    private static final int SAVED = 5;
    private static final int CURVE = 50;

    /**
     * A model to compare.
     *
     * @param hidden widths for an mlp
     */
    private record Setup(String model, Shape input, long batch, int steps, List<Optimizer> optimizers, long... hidden) {
        Setup(String model, Shape input, long batch, long... hidden) {
            this(model, input, batch, STEPS, List.of(MOMENTUM, ADAM_W), hidden);
        }

        /** The model; skips the test if there is none of this name. */
        Model create() {
            if (model.equals(MIXED)) {
                return mixed(input);
            }
            assumeTrue(Models.names().contains(model), () -> "model \"" + model + "\" is not among " + Models.names());
            return Models.create(model, input, 10, hidden);
        }

        boolean small() {
            return steps == STEPS;
        }
    }

    private static final String MIXED = "mixed";
    private static final Optimizer MOMENTUM = Sgd.momentum(0.9).withWeightDecay(1e-3);
    private static final Optimizer ADAM_W = new Adam(0.9, 0.999, 1e-4, 0.01, true, false);

    /** One line a model; large ones take fewer steps. */
    private static final List<Setup> SETUPS = List.of(
            new Setup("mlp", Shape.of(1, 9, 7), 6, 33, 17),
            new Setup("lenet", Shape.of(1, 28, 28), 6),
            new Setup(MIXED, Shape.of(3, 13, 11), 6),
            new Setup("resnet20", Shape.of(3, 16, 16), 4),
            new Setup("alexnet", Shape.of(3, 67, 67), 2, 2, List.of(MOMENTUM)),
            new Setup("vgg16", Shape.of(3, 32, 32), 1, 2, List.of(MOMENTUM)));

    private final Backend reference;
    private final Backend tested;
    private final Map<String, Exact> exact = new HashMap<>();

    /**
     * What the reference gives in float64: the outputs of the first step, and the variables after the last one. Several tests compare with
     * the same ten steps of a small model, so these are taken once.
     */
    private record Exact(Map<String, Tensor> first, Map<String, Tensor> last) {
    }

    /** Compares a backend with the reference. */
    public ModelParity(Backend reference, Backend tested) {
        this.reference = reference;
        this.tested = tested;
    }

    /** Batch normalisation of maps and rows, local response normalisation and dropout of both; no bias that normalisation cancels. */
    private static Model mixed(Shape input) {
        Window same = Window.of(3).padding(1);
        return new Model(MIXED, input, 10, Sequential.of(
                Layers.conv2d("conv1", 17, same, 1, false), Layers.batchNorm2d("bn1"), Layers.relu(), Layers.maxPool(2),
                Layers.conv2d("conv2", 16, same, 1, false), Layers.batchNorm2d("bn2"), Layers.relu(),
                Layers.lrn(5, 1e-2, 0.75, 1), Layers.dropout(0.5), Layers.flatten(),
                Layers.linear("fc1", 33, false), Layers.batchNorm1d("bn3"), Layers.relu(), Layers.dropout(0.25),
                Layers.linear("fc2", 10)));
    }

    private static double rate(Optimizer optimizer) {
        return switch (optimizer) {
            case Sgd _ -> 0.02;
            case Adam _ -> 1e-3;
        };
    }

    private static ModelSteps steps(Backend backend, Setup setup, DType floating, Optimizer optimizer) {
        return new ModelSteps(backend, setup.create(), floating, setup.batch, optimizer, rate(optimizer));
    }

    private static Tolerance stepTolerance(ModelSteps steps) {
        return stepTolerance(steps.graph());
    }

    /** The tolerance of one step, of float32: all terms that the convolutions and products of the graph sum. */
    public static Tolerance stepTolerance(Graph graph) {
        long terms = 1;
        for (Node node : graph.nodes()) {
            if (node.op() instanceof Convolution || node.op() instanceof MatMul) {
                List<TensorType> in = node.inputs().stream().map(Value::type).toList();
                List<TensorType> out = node.outputs().stream().map(Value::type).toList();
                terms += node.op().macs(in, out) / out.getFirst().elements();
            }
        }
        return Tolerance.of(DType.FLOAT32, terms);
    }

    /** Trains each model on both sides. */
    public Stream<DynamicTest> trainsLikeTheReference() {
        return SETUPS.stream().flatMap(setup -> setup.optimizers.stream().map(optimizer -> dynamicTest(
                setup.model + " by " + optimizer.name() + ", " + setup.steps + " steps", () -> trains(setup, optimizer))));
    }

    private void trains(Setup setup, Optimizer optimizer) {
        List<String> failures = new ArrayList<>();
        Exact expected = exact(setup, optimizer);
        try (ModelSteps actual = steps(tested, setup, DType.FLOAT32, optimizer)) {
            Tolerance step = stepTolerance(actual);
            Parity.compare(expected.first, actual.run(0, 1), _ -> step, "first step", failures);
            actual.run(1, setup.steps);
            near(expected, actual, setup.steps, step, failures);
        }
        assertTrue(failures.isEmpty(), () -> String.join("\n", failures));
    }

    /** Trains on the reference, or gives what that gave before; large models are in one test each and are not kept. */
    private Exact exact(Setup setup, Optimizer optimizer) {
        String key = setup.model + " by " + optimizer.name();
        Exact known = exact.get(key);
        if (known != null) {
            return known;
        }
        try (ModelSteps steps = steps(reference, setup, DType.FLOAT64, optimizer)) {
            Map<String, Tensor> first = steps.run(0, 1);
            steps.run(1, setup.steps);
            Exact made = new Exact(first, variables(steps.state()));
            if (setup.small()) {
                exact.put(key, made);
            }
            return made;
        }
    }

    private static Map<String, Tensor> variables(State state) {
        Map<String, Tensor> variables = new LinkedHashMap<>();
        state.variables().keySet().forEach(name -> variables.put(name, state.get(name)));
        return variables;
    }

    /** Compares how far each variable moved. */
    private static void near(Exact expected, ModelSteps actual, int steps, Tolerance step, List<String> failures) {
        assertEquals(expected.last.keySet(), actual.state().variables().keySet());
        for (String name : expected.last.keySet()) {
            if (!expected.last.get(name).dtype().isFloating()) {
                assertArrayEquals(expected.last.get(name).toLongs(), actual.state().get(name).toLongs(), name);
                continue;
            }
            double[] e = expected.last.get(name).toDoubles();
            double moved = distance(e, actual.start(name).toDoubles());
            double apart = distance(e, actual.state().get(name).toDoubles());
            double allowed = steps * step.relative() * moved
                    + Math.sqrt(steps) * DType.FLOAT32.epsilon() / 2 * distance(e, new double[e.length]);
            if (!(apart <= allowed)) {
                failures.add("%s moved %.4g, the sides are %.3g apart, allowed %.3g".formatted(name, moved, apart, allowed));
            }
        }
    }

    private static double distance(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (a[i] - b[i]) * (a[i] - b[i]);
        }
        return Math.sqrt(sum);
    }

    /**
     * Fifty steps, the loss of each, of the models whose training from drawn labels is no chaos: resnet20's loss grows tenfold on them, and
     * what the sides are apart with it. Errors of steps add up (see the class): after t steps they may be t times one step's share r of the
     * loss that training began with, or of the present one if that is larger.
     */
    public Stream<DynamicTest> lossCurvesAgree() {
        return SETUPS.stream().filter(setup -> List.of("mlp", "lenet", MIXED).contains(setup.model))
                .map(setup -> dynamicTest(setup.model + ", " + CURVE + " steps", () -> curve(setup)));
    }

    private void curve(Setup setup) {
        List<String> failures = new ArrayList<>();
        try (ModelSteps expected = steps(reference, setup, DType.FLOAT64, MOMENTUM);
                ModelSteps actual = steps(tested, setup, DType.FLOAT32, MOMENTUM)) {
            double step = stepTolerance(actual).relative();
            double first = 0;
            for (int i = 0; i < CURVE; i++) {
                double e = expected.run(i, i + 1).get("loss").toDoubles()[0];
                double a = actual.run(i, i + 1).get("loss").toDoubles()[0];
                first = i == 0 ? e : first;
                double allowed = (i + 1) * step * Math.max(first, e);
                if (!(Math.abs(e - a) <= allowed)) {
                    failures.add("step %d: loss %.9g, reference %.9g, apart %.3g, allowed %.3g".formatted(i, a, e, Math.abs(e - a),
                            allowed));
                }
            }
        }
        assertTrue(failures.isEmpty(), () -> String.join("\n", failures));
    }

    /** Trains five steps on one side and five on the other, both ways. */
    public Stream<DynamicTest> stateMovesBetweenBackends(Path folder) {
        return SETUPS.stream().filter(Setup::small).flatMap(setup -> setup.optimizers.stream().flatMap(optimizer -> Stream.of(
                dynamicTest(setup.model + " by " + optimizer.name() + " from reference",
                        () -> moves(setup, optimizer, reference, tested, folder)),
                dynamicTest(setup.model + " by " + optimizer.name() + " to reference",
                        () -> moves(setup, optimizer, tested, reference, folder)))));
    }

    /** Five steps on one backend, saved to a file, five on another; against ten in float64. */
    private void moves(Setup setup, Optimizer optimizer, Backend first, Backend second, Path folder) throws IOException {
        Path file = folder.resolve("state.safetensors");
        List<String> failures = new ArrayList<>();
        try (ModelSteps before = steps(first, setup, DType.FLOAT32, optimizer)) {
            before.run(0, SAVED);
            Safetensors.write(file, variables(before.state()), Map.of());
        }
        try (ModelSteps after = steps(second, setup, DType.FLOAT32, optimizer); SafetensorsFile saved = Safetensors.read(file)) {
            saved.tensors().forEach(after.state()::set);
            after.run(SAVED, STEPS);
            near(exact(setup, optimizer), after, STEPS, stepTolerance(after), failures);
        }
        assertTrue(failures.isEmpty(), () -> String.join("\n", failures));
    }
}

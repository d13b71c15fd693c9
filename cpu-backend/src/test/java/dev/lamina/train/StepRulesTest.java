package dev.lamina.train;

import static org.junit.jupiter.api.Assertions.*;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.data.Batch;
import dev.lamina.data.Dataset;
import dev.lamina.data.FloatDataset;
import dev.lamina.data.InMemoryDataset;
import dev.lamina.data.Split;
import dev.lamina.graph.Gradients;
import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.Loss;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Update.MomentumForm;
import dev.lamina.graph.Value;
import dev.lamina.nn.Layer;
import dev.lamina.nn.Layers;
import dev.lamina.nn.Model;
import dev.lamina.nn.Sequential;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import dev.lamina.train.StepRules.NonFinite;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What lies between gradients and weights: several batches a step, limits, skipped steps, rates by parameter. */
class StepRulesTest {
    /** 90 samples: three batches of 32, the last of 26; micro-batches of 8, the last of 2. */
    private static final Split DATA = TinyData.split(90, 20);
    private static final Layer PLAIN = Sequential.of(Layers.flatten(), Layers.linear("fc1", 12), Layers.relu(), Layers.linear("fc2", 3));
    private static Backend backend;

    @BeforeAll
    static void open() {
        backend = Backends.open("reference");
    }

    @AfterAll
    static void close() {
        backend.close();
    }

    private static TrainConfig.Builder config() {
        return TrainConfig.builder("tiny", "tiny").batchSize(32).epochs(2).seed(4).optimizer("momentum").rate(0.1).weightDecay(0.01);
    }

    private static Map<String, Tensor> trained(Model model, Split data, TrainConfig config, BatchSource source, Listener... listeners) {
        return trained(backend, model, data, config, source, listeners);
    }

    private static Map<String, Tensor> trained(Backend on, Model model, Split data, TrainConfig config, BatchSource source,
            Listener... listeners) {
        try (Trainer trainer = new Trainer(on, model, data, config, config.makeOptimizer(), config.makeSchedule(3),
                List.of(listeners))) {
            if (source != null) {
                trainer.batchSource(source);
            }
            trainer.fit();
            Map<String, Tensor> weights = new TreeMap<>();
            model.parameters().names().forEach(name -> weights.put(name, trainer.state().get(name)));
            return weights;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static Map<String, Tensor> trained(TrainConfig config, Listener... listeners) {
        return trained(TinyData.model(PLAIN), DATA, config, null, listeners);
    }

    /** Collects events. */
    private static final class Steps implements Listener {
        private final List<Step> steps = new ArrayList<>();

        @Override
        public void onStep(Step step) {
            steps.add(step);
        }
    }

    @ParameterizedTest
    @CsvSource({"reference, momentum", "reference, adam", "cpu, momentum"})
    void smallBatchesGatheredAreOneLargeBatch(String name, String optimizer) {
        try (Backend on = Backends.open(name)) {
            smallBatchesGatheredAreOneLargeBatch(on, optimizer);
        }
    }

    private static void smallBatchesGatheredAreOneLargeBatch(Backend on, String optimizer) {
        TrainConfig large = config().optimizer(optimizer).clipNorm(0.5).build();
        TrainConfig small = large.toBuilder().batchSize(8).rules(StepRules.PLAIN.withAccumulate(4)).build();
        Steps largeSteps = new Steps();
        Steps smallSteps = new Steps();
        Map<String, Tensor> expected = trained(on, TinyData.model(PLAIN), DATA, large, null, largeSteps);
        Map<String, Tensor> got = trained(on, TinyData.model(PLAIN), DATA, small, null, smallSteps);
        expected.forEach((name, tensor) -> assertArrayEquals(tensor.toDoubles(), got.get(name).toDoubles(), 2e-5, name));
        assertEquals(6, smallSteps.steps.size());
        for (int s = 0; s < 6; s++) {
            assertEquals(largeSteps.steps.get(s).loss(), smallSteps.steps.get(s).loss(), 1e-5);
            assertEquals(largeSteps.steps.get(s).gradientNorm(), smallSteps.steps.get(s).gradientNorm(), 1e-5);
            assertEquals(largeSteps.steps.get(s).samples(), smallSteps.steps.get(s).samples());
            assertTrue(largeSteps.steps.get(s).gradientNorm() > 0);
        }
    }

    /** Classes come unevenly in small batches, so that a mean over their means would be another number. */
    @ParameterizedTest
    @CsvSource({"reference, false", "reference, true", "cpu, false"})
    void smallBatchesWeighByTheirClassesAsInOneLargeBatch(String name, boolean mixed) {
        List<Double> weights = List.of(0.25, 1.0, 7.5);
        BatchSource all = mixed ? mixed(90) : source(batches(DATA, 0, 90));
        BatchSource parts = mixed ? mixed(40, 48, 2) : source(batches(DATA, 0, 40, 40, 48, 88, 2));
        TrainConfig large = config().optimizer("sgd").batchSize(90).epochs(1).rate(1).weightDecay(0).labelSmoothing(0.1).build();
        TrainConfig small = large.toBuilder().batchSize(48).rules(StepRules.PLAIN.withAccumulate(4)).build();
        try (Backend on = Backends.open(name)) {
            Steps whole = new Steps();
            Steps gathered = new Steps();
            Map<String, Tensor> start = weighted(on, large.toBuilder().epochs(0).build(), all, weights);
            Map<String, Tensor> expected = weighted(on, large, all, weights, whole);
            Map<String, Tensor> got = weighted(on, small, parts, weights, gathered);
            for (String parameter : start.keySet()) {
                double[] from = start.get(parameter).toDoubles();
                double[] gradient = minus(from, expected.get(parameter).toDoubles());
                double largest = Arrays.stream(gradient).map(Math::abs).max().orElseThrow();
                assertTrue(largest > 1e-3, parameter);
                assertArrayEquals(gradient, minus(from, got.get(parameter).toDoubles()), 4e-6 * Math.max(largest, 0.1), parameter);
            }
            assertEquals(1, gathered.steps.size());
            assertEquals(whole.steps.getFirst().loss(), gathered.steps.getFirst().loss(), 1e-6);
            assertEquals(whole.steps.getFirst().meanLoss(), gathered.steps.getFirst().meanLoss(), 1e-6);
            assertEquals(90, gathered.steps.getFirst().samples());
        }
    }

    private static double[] minus(double[] a, double[] b) {
        double[] difference = new double[a.length];
        Arrays.setAll(difference, i -> a[i] - b[i]);
        return difference;
    }

    private static Map<String, Tensor> weighted(Backend on, TrainConfig config, BatchSource source, List<Double> classes,
            Listener... listeners) {
        Model model = TinyData.model(PLAIN);
        try (Trainer trainer = new Trainer(on, model, DATA, config, config.makeOptimizer(), config.makeSchedule(1), List.of(listeners))) {
            trainer.batchSource(source).classWeights(classes).fit();
            Map<String, Tensor> weights = new TreeMap<>();
            model.parameters().names().forEach(name -> weights.put(name, trainer.state().get(name)));
            return weights;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Consecutive batches of these sizes; each sample belongs by a quarter to the class after its own. */
    private static BatchSource mixed(int... sizes) {
        List<Batch> made = new ArrayList<>();
        int from = 0;
        for (int size : sizes) {
            Batch plain = batches(DATA, from, size)[0];
            int[] second = new int[size];
            float[] shares = new float[size];
            for (int i = 0; i < size; i++) {
                second[i] = (DATA.train().label(from + i) + 1) % TinyData.CLASSES;
                shares[i] = 0.75f;
            }
            made.add(new Batch(plain.images(), plain.labels(), Optional.of(new Batch.Mix(Tensor.of(second, size),
                    Tensor.of(shares, size))), size, made.size()));
            from += size;
        }
        return source(true, made.toArray(Batch[]::new));
    }

    /** What is gathered of small batches, against the large one, in float64. */
    @Test
    void sumsAndDivisorsAreThoseOfTheLargeBatchInFloat64() {
        LossTerms terms = new LossTerms(List.of(0.5, 2.0, 8.0), false);
        double[] logits = {1, 2, 3, 0.5, -1, 2, 0.1, 0.7, -0.3, 2, 2, 1, -1, 0, 1};
        int[] labels = {0, 2, 1, 1, 2};
        Gathered large = gathered(terms, logits, labels, 0, 5);
        double[] sum = new double[3];
        double divisor = 0;
        for (int[] part : new int[][] {{0, 2}, {2, 2}, {4, 1}}) {
            Gathered small = gathered(terms, logits, labels, part[0], part[1]);
            Arrays.setAll(sum, k -> sum[k] + small.sums[k]);
            divisor += small.divisor;
        }
        assertEquals(0.5 + 8 + 2 + 2 + 8, large.divisor);
        assertEquals(large.divisor, divisor);
        for (int k = 0; k < 3; k++) {
            assertEquals(large.sums[k] / large.divisor, sum[k] / divisor, 1e-15);
        }
    }

    /** Sums and divisor after one batch. */
    private record Gathered(double[] sums, double divisor) { }

    /** The gradient is that of a shift by class, added to the logits. */
    private static Gathered gathered(LossTerms terms, double[] logits, int[] labels, int from, int count) {
        GraphBuilder graph = new GraphBuilder();
        Value shift = graph.variable("shift", TensorType.of(DType.FLOAT64, 3), true);
        Value z = graph.input("z", TensorType.of(DType.FLOAT64, count, 3)).plus(shift);
        Value classes = graph.input("labels", TensorType.of(DType.INT32, count));
        LossTerms.Mean loss = terms.loss(graph, z, classes, Loss.Options.defaults().smoothing(0.1));
        assertTrue(loss.divisor().isPresent());
        new Updating(config().build(), null, null, null).gather(graph, Gradients.unlessBlocked(loss.mean(), List.of(shift)),
                loss.divisor(), count);
        Graph built = graph.build();
        try (State state = backend.createState(graph.variables());
                Executable executable = backend.compile(built, CompileOptions.defaults())) {
            state.variables().forEach((name, type) -> state.set(name, Tensor.zeros(type.dtype(), type.shape())));
            executable.run(state, Map.of("z", Tensor.of(Arrays.copyOfRange(logits, 3 * from, 3 * (from + count)), count, 3),
                    "labels", Tensor.of(Arrays.copyOfRange(labels, from, from + count), count)));
            return new Gathered(state.get("gathered.shift").toDoubles(), state.get(Updating.DIVISOR).item());
        }
    }

    @Test
    void dropoutDrawsAnewInEveryBatchOfAStep() {
        Model model = TinyData.model(Sequential.of(Layers.flatten(), Layers.dropout(0.5), Layers.linear("fc", 3)));
        Batch[] twice = batches(DATA, 0, 8, 0, 8);
        TrainConfig config = config().batchSize(8).epochs(1).rules(StepRules.PLAIN.withAccumulate(2)).optimizer("sgd").build();
        Map<String, Tensor> both = trained(model, DATA, config, source(twice));
        Map<String, Tensor> once = trained(model, DATA, config, source(twice[0]));
        assertFalse(Arrays.equals(both.get("fc.weight").toFloats(), once.get("fc.weight").toFloats()));
    }

    @Test
    void elementsOfTheGradientAreLimited() {
        TrainConfig config = config().optimizer("sgd").epochs(1).rate(1).weightDecay(0).build();
        Map<String, Tensor> start = trained(config.toBuilder().epochs(0).build());
        Steps steps = new Steps();
        TrainConfig limited = config.toBuilder().rules(StepRules.PLAIN.withClipValue(1e-3)).build();
        Map<String, Tensor> moved = trained(TinyData.model(PLAIN), DATA, limited, source(batches(DATA, 0, 32)), steps);
        double largest = 0;
        for (String name : start.keySet()) {
            for (int i = 0; i < start.get(name).toDoubles().length; i++) {
                largest = Math.max(largest, Math.abs(start.get(name).toDoubles()[i] - moved.get(name).toDoubles()[i]));
            }
        }
        assertEquals(1e-3, largest, 1e-7);
        assertTrue(steps.steps.getFirst().gradientNorm() > 1e-3, "the norm before the limit is told");
    }

    @Test
    void biasesAndHeadHaveTheirOwnRate() {
        TrainConfig config = config().optimizer("sgd").epochs(1).weightDecay(0).build();
        BatchSource one = source(batches(DATA, 0, 32));
        Map<String, Tensor> start = trained(config.toBuilder().epochs(0).build());
        Map<String, Tensor> plain = trained(TinyData.model(PLAIN), DATA, config, one);
        Map<String, Tensor> other = trained(TinyData.model(PLAIN), DATA, config.toBuilder().rules(StepRules.PLAIN.withBiasRate(2))
                .fineTuning(new FineTuning("", List.of(), false, 5)).build(), one);
        Map<String, Integer> factors = Map.of("fc1.weight", 1, "fc1.bias", 2, "fc2.weight", 5, "fc2.bias", 10);
        factors.forEach((name, factor) -> {
            double[] from = start.get(name).toDoubles();
            double[] expected = plain.get(name).toDoubles();
            for (int i = 0; i < from.length; i++) {
                expected[i] = from[i] + factor * (expected[i] - from[i]);
            }
            assertArrayEquals(expected, other.get(name).toDoubles(), 1e-6, name);
        });
    }

    @Test
    void theFormOfMomentumOf2012DiffersWhenTheRateChanges() {
        TrainConfig outside = config().epochs(1).weightDecay(0).schedule("constant").build();
        TrainConfig inside = outside.toBuilder().rules(StepRules.PLAIN.withMomentumForm(MomentumForm.RATE_INSIDE)).build();
        Map<String, Tensor> a = trained(outside);
        Map<String, Tensor> b = trained(inside);
        a.forEach((name, tensor) -> assertArrayEquals(tensor.toDoubles(), b.get(name).toDoubles(), 1e-6, name));
        Map<String, Tensor> c = trained(outside.toBuilder().schedule("multistep:50%").build());
        Map<String, Tensor> d = trained(inside.toBuilder().schedule("multistep:50%").build());
        assertFalse(Arrays.equals(c.get("fc1.weight").toFloats(), d.get("fc1.weight").toFloats()));
    }

    /** A sample of zeros has a finite loss and, by the square root, a gradient that is not a number. */
    private static final Model ROOT = new Model("root", Shape.of(1, 1, 4), 2, (context, x) ->
            Pointwise.sqrt(Pointwise.square(Sequential.of(Layers.flatten(), Layers.linear("fc", 2, false)).apply(context, x))));

    private static Split roots() {
        float[] values = {1, 2, 3, 4, 4, 3, 2, 1, 0, 0, 0, 0, 1, 3, 2, 4};
        InMemoryDataset labels = new InMemoryDataset("root", Tensor.ofBytes(new byte[16], 4, 1, 1, 4), Tensor.of(new int[] {0, 1, 0, 1}, 4),
                List.of("a", "b"));
        Dataset data = FloatDataset.of(labels, Tensor.of(values, 4, 4), Shape.of(1, 1, 4));
        return new Split(data, data);
    }

    @ParameterizedTest
    @ValueSource(strings = {"momentum", "adam"})
    void aStepWhoseGradientIsNotFiniteIsSkippedAndCounted(String optimizer) {
        TrainConfig config = config().optimizer(optimizer).batchSize(1).epochs(2).averaging(new Averaging(0.5, true, false))
                .rules(StepRules.PLAIN.withNonFinite(NonFinite.SKIP)).build();
        Split data = roots();
        Steps steps = new Steps();
        Map<String, Tensor> skipping = trained(ROOT, data, config, source(batches(data, 0, 1, 1, 1, 2, 1, 3, 1)), steps);
        Map<String, Tensor> without = trained(ROOT, data, config, source(batches(data, 0, 1, 1, 1, 3, 1)));
        assertArrayEquals(without.get("fc.weight").toFloats(), skipping.get("fc.weight").toFloats());
        assertEquals(List.of(0L, 0L, 1L, 1L, 1L, 1L, 2L, 2L), steps.steps.stream().map(Listener.Step::skipped).toList());
        assertTrue(Double.isNaN(steps.steps.get(2).gradientNorm()));
        assertTrue(Double.isFinite(steps.steps.get(3).gradientNorm()));
    }

    @Test
    void aNormThatIsNotFiniteEndsTraining() {
        TrainConfig config = config().optimizer("sgd").batchSize(1).epochs(1).clipNorm(1).rate(0.5).build();
        Split data = roots();
        String message = assertThrows(TrainingException.class, () -> trained(ROOT, data, config, source(batches(data, 0, 1, 2, 1))))
                .getMessage();
        assertTrue(message.matches("trainer: the gradient's norm is NaN at step 2; (NaN|-?Infinity) first appears in .*, float32 \\[.*\\]"
                + "\\. Learning rate is 0\\.5\\. Try a smaller one, or clip gradients\\."), message);
    }

    @Test
    void refusesRulesThatDoNotFitTheOptimizer() {
        TrainConfig.Builder inside = config().rules(StepRules.PLAIN.withMomentumForm(MomentumForm.RATE_INSIDE));
        assertEquals("trainConfig: momentumForm = RATE_INSIDE with optimizer \"adam\", which has none. Use momentum.",
                assertThrows(IllegalArgumentException.class, () -> inside.optimizer("adam").build().makeOptimizer()).getMessage());
        assertEquals("trainConfig: momentumForm = RATE_INSIDE with optimizer \"sgd\", which has no momentum. Use momentum.",
                assertThrows(IllegalArgumentException.class, () -> inside.optimizer("sgd").build().makeOptimizer()).getMessage());
        assertTrue(config().rules(StepRules.PLAIN.withNoDecay(true)).build().makeOptimizer().noDecay());
    }

    /** Batches from pairs of first sample and number of samples. */
    private static Batch[] batches(Split data, int... pairs) {
        Batch[] made = new Batch[pairs.length / 2];
        for (int b = 0; b < made.length; b++) {
            int size = pairs[2 * b + 1];
            Shape shape = data.train().sampleShape();
            Tensor images = Tensor.zeros(data.train().sampleType(), Shape.of(size, shape.dim(0), shape.dim(1), shape.dim(2)));
            int[] labels = new int[size];
            for (int i = 0; i < size; i++) {
                data.train().read(pairs[2 * b] + i, images.select(0, i));
                labels[i] = data.train().label(pairs[2 * b] + i);
            }
            made[b] = new Batch(images, Tensor.of(labels, size), size, b);
        }
        return made;
    }

    private static BatchSource source(Batch... batches) {
        return source(false, batches);
    }

    private static BatchSource source(boolean mixes, Batch... batches) {
        return new BatchSource() {
            @Override
            public boolean mixes() {
                return mixes;
            }

            @Override
            public int batches() {
                return batches.length;
            }

            @Override
            public int samples() {
                return Arrays.stream(batches).mapToInt(Batch::size).sum();
            }

            @Override
            public Stream open(int epoch, int firstBatch) {
                return new Stream() {
                    private int next = firstBatch;

                    @Override
                    public boolean hasNext() {
                        return next < batches.length;
                    }

                    @Override
                    public Batch next() {
                        return batches[next++];
                    }

                    @Override
                    public void close() { }
                };
            }
        };
    }
}

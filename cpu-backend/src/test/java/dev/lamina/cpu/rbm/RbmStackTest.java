package dev.lamina.cpu.rbm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.Backend;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.data.ChannelStatistics;
import dev.lamina.data.Dataset;
import dev.lamina.data.Digits;
import dev.lamina.data.Split;
import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.nn.Context;
import dev.lamina.nn.Initializer;
import dev.lamina.nn.Model;
import dev.lamina.optim.Schedule;
import dev.lamina.optim.Sgd;
import dev.lamina.rbm.GibbsSampler;
import dev.lamina.rbm.HiddenUnit;
import dev.lamina.rbm.Rbm;
import dev.lamina.rbm.RbmConfig;
import dev.lamina.rbm.RbmInference;
import dev.lamina.rbm.RbmParameters;
import dev.lamina.rbm.RbmStack;
import dev.lamina.rbm.RbmTrainer;
import dev.lamina.rbm.Standardization;
import dev.lamina.rbm.VisibleUnit;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import dev.lamina.train.TrainConfig;
import dev.lamina.train.TrainResult;
import dev.lamina.train.Trainer;
import dev.lamina.train.TrainingGraph;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Machines on machines, networks made of them, fine-tuning, sampling. */
class RbmStackTest {
    private static final Split DIGITS = Digits.split(9, 600, 200);
    private static final Shape IMAGE = Shape.of(1, 28, 28);
    private static Backend backend;
    private static RbmStack stack;

    @BeforeAll
    static void train() throws IOException {
        backend = OneThread.open();
        RbmParameters first = train(Rbm.binary(784, 50), DIGITS);
        RbmStack one = RbmStack.of(IMAGE, first);
        Split features = new Split(one.features(backend, DIGITS.train()), one.features(backend, DIGITS.test()));
        stack = one.with(train(Rbm.binary(50, 30), features));
    }

    @AfterAll
    static void close() {
        if (backend != null) {
            backend.close();
        }
    }

    private static RbmParameters train(Rbm rbm, Split data) throws IOException {
        RbmConfig config = RbmConfig.defaults(rbm).withEpochs(5).withBatchSize(20);
        try (RbmTrainer trainer = new RbmTrainer(backend, rbm, data.train(), data.test(), config, List.of())) {
            return trainer.fit().parameters();
        }
    }

    /** Values of a layer-by-layer computation by hand of one image. */
    private static double[] byHand(RbmStack machines, double[] visible) {
        double[] v = visible;
        for (RbmParameters machine : machines.layers()) {
            double[] h = new double[machine.rbm().hidden()];
            for (int j = 0; j < h.length; j++) {
                double x = machine.hiddenBias().get(j);
                for (int i = 0; i < v.length; i++) {
                    x += v[i] * machine.weight().get(i, j);
                }
                h[j] = machine.rbm().hiddenUnit() == HiddenUnit.BINARY ? 1 / (1 + Math.exp(-x)) : Math.max(0, x);
            }
            v = h;
        }
        return v;
    }

    private static double[] pixels(Dataset data, int index) {
        Tensor image = Tensor.zeros(DType.UINT8, data.sampleShape());
        data.read(index, image);
        double[] values = image.reshape(784).toDoubles();
        for (int i = 0; i < values.length; i++) {
            values[i] /= 255;
        }
        return values;
    }

    @Test
    void featuresAreTheMeansLayerByLayer() {
        Dataset features = stack.features(backend, DIGITS.test());
        assertEquals(Shape.of(1, 1, 30), features.sampleShape());
        assertEquals(DIGITS.test().label(3), features.label(3));
        Tensor sample = Tensor.zeros(DType.FLOAT32, Shape.of(1, 1, 30));
        features.read(3, sample);
        assertArrayEquals(byHand(stack, pixels(DIGITS.test(), 3)), sample.reshape(30).toDoubles(), 1e-5);
    }

    /** Logits of the network when its last layer is set to show the hidden values. */
    private static double[] hiddenOf(Model model, int index, int last, String lastWeight) {
        ChannelStatistics statistics = ChannelStatistics.of(DIGITS.train());
        GraphBuilder graph = new GraphBuilder();
        Context context = new Context(graph, false);
        Value images = graph.input(TrainingGraph.IMAGES, TensorType.of(DType.FLOAT32, 1, 1, 28, 28));
        Graph built = graph.output("logits", model.logits(context, images)).build();
        double[] normalised = pixels(DIGITS.test(), index);
        for (int i = 0; i < 784; i++) {
            normalised[i] = (normalised[i] - statistics.mean().getFirst()) / statistics.std().getFirst();
        }
        try (State state = backend.createState(graph.variables());
                Executable executable = backend.compile(built, CompileOptions.defaults())) {
            context.parameters().initialize(state, 1);
            Tensor identity = Tensor.zeros(DType.FLOAT32, Shape.of(last, last));
            for (int i = 0; i < last; i++) {
                identity.set(1, i, i);
            }
            state.set(lastWeight, identity);
            return executable.call(state, Map.of(TrainingGraph.IMAGES, Tensor.of(DType.FLOAT32, normalised, 1, 1, 28, 28)))
                    .get("logits").reshape(last).toDoubles();
        }
    }

    @Test
    void theUnrolledNetworkComputesTheMeans() {
        ChannelStatistics statistics = ChannelStatistics.of(DIGITS.train());
        Model mlp = stack.toMlp("mlp", 30, statistics);
        assertEquals(List.of("fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias", "fc3.weight", "fc3.bias"), mlp.parameters().names());
        assertArrayEquals(byHand(stack, pixels(DIGITS.test(), 8)), hiddenOf(mlp, 8, 30, "fc3.weight"), 1e-5);
    }

    @Test
    void aStandardisedInputIsUnrolledWithItsStatistics() {
        Standardization input = Standardization.of(DIGITS.train());
        Rbm rbm = Rbm.of(784, 12, VisibleUnit.GAUSSIAN, HiddenUnit.NRELU);
        RbmParameters machine = RbmParameters.initial(rbm, input.apply(DIGITS.train()), 0.1, 3);
        RbmStack gaussian = new RbmStack(IMAGE, Optional.of(input), List.of(machine));
        double[] v = pixels(DIGITS.test(), 2);
        for (int i = 0; i < v.length; i++) {
            v[i] = (v[i] - input.mean().get(i)) / input.deviation().get(i);
        }
        double[] expected = byHand(gaussian, v);
        assertArrayEquals(expected, hiddenOf(gaussian.toMlp("mlp", 12, ChannelStatistics.of(DIGITS.train())), 2, 12, "fc2.weight"), 1e-4);
        Tensor sample = Tensor.zeros(DType.FLOAT32, Shape.of(1, 1, 12));
        gaussian.features(backend, DIGITS.test()).read(2, sample);
        assertArrayEquals(expected, sample.reshape(12).toDoubles(), 1e-4);
    }

    @Test
    void fineTuningTrainsAllLayersAndAFeatureModelOnlyTheLast() throws IOException {
        ChannelStatistics statistics = ChannelStatistics.of(DIGITS.train());
        for (boolean all : new boolean[] {true, false}) {
            Model model = all ? stack.toMlp("mlp", 10, statistics) : stack.toFeatureModel("features", 10, statistics);
            TrainConfig config = TrainConfig.builder(model.name(), "digits").epochs(6).batchSize(20).rate(0.1)
                    .optimizer("momentum").build();
            try (Trainer trainer = new Trainer(backend, model, DIGITS, config, Sgd.momentum(0.9), Schedule.constant(0.1), List.of())) {
                TrainResult result = trainer.fit();
                assertTrue(result.last().trainLoss() < result.history().getFirst().trainLoss(), result.toString());
                assertTrue(result.last().testTop1() > 0.3, "accuracy " + result.last().testTop1() + ", chance is 0.1");
                float[] before = stack.layers().getFirst().weight().transpose(1, 0).contiguous().toFloats();
                float[] after = trainer.state().get("fc1.weight").toFloats();
                assertEquals(all, !java.util.Arrays.equals(before, after));
            }
        }
    }

    @Test
    void theUntrainedNetworkHasTheSameShapes() {
        Model random = stack.untrained("mlp", 10, ChannelStatistics.of(DIGITS.train()), Initializer.xavierUniform());
        Model pretrained = stack.toMlp("mlp", 10, ChannelStatistics.of(DIGITS.train()));
        assertEquals(pretrained.parameters().trainableElements(), random.parameters().trainableElements());
        for (String name : pretrained.parameters().names()) {
            assertEquals(pretrained.parameters().type(name), random.parameters().type(name));
        }
    }

    @Test
    void wayDownIsTheMeansOfTheMeans() {
        Tensor hidden = Tensor.full(DType.FLOAT32, Shape.of(2, 30), 0.5);
        try (RbmInference top = RbmInference.of(backend, stack.layers().getLast());
                RbmInference bottom = RbmInference.of(backend, stack.layers().getFirst())) {
            assertArrayEquals(bottom.visible(top.visible(hidden)).toFloats(), stack.down(backend, hidden).toFloats());
        }
    }

    /** Chains of the specification's machine visit its visible states as often as their probabilities say. */
    @Test
    void gibbsChainsDrawFromTheMachine() {
        Exact exact = Exact.ofSpecification();
        int chains = 20_000;
        try (GibbsSampler sampler = new GibbsSampler(backend, exact.parameters(Rbm.binary(3, 2), DType.FLOAT32), chains, 4)) {
            Tensor means = sampler.sample(60);
            double[] expected = new double[3];
            for (int v = 0; v < 8; v++) {
                double[] bits = Exact.bits(v, 3);
                for (int i = 0; i < 3; i++) {
                    expected[i] += bits[i] * exact.probability(bits);
                }
            }
            double[] seen = new double[3];
            for (int chain = 0; chain < chains; chain++) {
                for (int i = 0; i < 3; i++) {
                    seen[i] += means.get(chain, i) / chains;
                }
            }
            assertArrayEquals(expected, seen, 0.01);
            float[] before = sampler.hidden().toFloats();
            sampler.sample(1);
            assertFalse(java.util.Arrays.equals(before, sampler.hidden().toFloats()));
            assertEquals("rbm: sampler: turns = 0, needs >= 1.",
                    assertThrows(IllegalArgumentException.class, () -> sampler.sample(0)).getMessage());
        }
    }

    @Test
    void chainsCanStartAtSamples() {
        RbmParameters machine = stack.layers().getFirst();
        Tensor images = Tensor.zeros(DType.UINT8, Shape.of(5, 1, 28, 28));
        for (int i = 0; i < 5; i++) {
            DIGITS.test().read(i, images.select(0, i));
        }
        try (GibbsSampler sampler = new GibbsSampler(backend, machine, 5, 1); RbmInference inference = RbmInference.of(backend, machine)) {
            sampler.startAt(backend, images);
            assertArrayEquals(inference.hidden(images).toFloats(), sampler.hidden().toFloats());
            assertEquals(Shape.of(5, 784), sampler.sample(1).shape());
        }
    }
}

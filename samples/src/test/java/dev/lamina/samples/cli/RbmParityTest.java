package dev.lamina.samples.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lamina.backend.Availability;
import dev.lamina.backend.Backend;
import dev.lamina.backend.BackendProvider;
import dev.lamina.backend.Backends;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.DeviceOptions;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.cuda.Emulator;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.TensorType;
import dev.lamina.nn.Initializer;
import dev.lamina.rbm.CdStep;
import dev.lamina.rbm.HiddenUnit;
import dev.lamina.rbm.Machine;
import dev.lamina.rbm.Rbm;
import dev.lamina.rbm.RbmOptions;
import dev.lamina.rbm.RbmParameters;
import dev.lamina.rbm.Sparsity;
import dev.lamina.rbm.VisibleUnit;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Philox;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One seed gives the same draws and statistics on every backend. */
class RbmParityTest {
    private static final long SEED = 77;
    private static final int BATCH = 16;
    private static final int VISIBLE = 24;
    private static final int HIDDEN = 20;
    private static final int STEPS = 3;

    private static Rbm machine(VisibleUnit visible, HiddenUnit hidden, boolean persistent) {
        RbmOptions options = RbmOptions.defaults(hidden).withPersistent(persistent).withSampledVisible(persistent).withSteps(2)
                .withSparsity(Sparsity.of(0.2, 0.1));
        return new Rbm(VISIBLE, HIDDEN, visible, hidden, options);
    }

    private static Tensor normal(double deviation, int stream, long... dims) {
        return Initializer.normal(0, deviation).create(TensorType.of(DType.FLOAT32, dims), SEED, stream);
    }

    private static Backend open(String name) {
        if (name.equals("cuda") && !Emulator.isGpuRequired()) {
            Emulator.require();
        }
        Availability availability = Backends.providers().stream().filter(p -> p.name().equals(name)).findFirst()
                .map(BackendProvider::probe).orElseThrow();
        assumeTrue(availability.byName(), () -> "backend \"" + name + "\" is not available: " + availability.detail());
        return Backends.choose(name, new DeviceOptions(0, 1)).backend();
    }

    /** Outputs of the first step, and the machine after the last one. */
    private static Map<String, Tensor> run(String name, Rbm rbm) {
        RbmParameters start = new RbmParameters(rbm, normal(0.3, 1, VISIBLE, HIDDEN), normal(0.3, 2, VISIBLE), normal(0.3, 3, HIDDEN));
        Tensor data = rbm.visibleUnit() == VisibleUnit.GAUSSIAN ? normal(1, 4, BATCH, VISIBLE)
                : Initializer.uniform(0, 1).create(TensorType.of(DType.FLOAT32, BATCH, VISIBLE), SEED, 4);
        CdStep step = CdStep.withStatistics(rbm, DType.FLOAT32, TensorType.of(DType.FLOAT32, BATCH, VISIBLE), BATCH);
        try (Backend backend = open(name); State state = backend.createState(step.variables());
                Executable executable = backend.compile(step.graph(), CompileOptions.defaults().requiringDeterminism())) {
            start.writeTo(state);
            state.set(GraphBuilder.SEED, Tensor.of(new long[] {SEED}, 1).reshape());
            state.set(CdStep.RATE, Tensor.scalar(DType.FLOAT32, 0.05));
            state.set(CdStep.MOMENTUM, Tensor.scalar(DType.FLOAT32, 0.5));
            Map<String, Tensor> seen = new TreeMap<>(executable.call(state, Map.of(CdStep.DATA, data)));
            for (int i = 1; i < STEPS; i++) {
                executable.run(state, Map.of(CdStep.DATA, data));
            }
            for (String variable : new String[] {Machine.WEIGHT, Machine.VISIBLE_BIAS, Machine.HIDDEN_BIAS, CdStep.ACTIVITY}) {
                seen.put(variable, state.get(variable));
            }
            assertEquals(STEPS, state.get(GraphBuilder.STEP).getLong());
            return seen;
        }
    }

    @ParameterizedTest
    @CsvSource({"cpu, BINARY, BINARY, false", "cpu, BINARY, BINARY, true", "cpu, BINARY, NRELU, false", "cpu, GAUSSIAN, NRELU, true",
        "cuda, BINARY, BINARY, false", "cuda, BINARY, BINARY, true", "cuda, BINARY, NRELU, false", "cuda, GAUSSIAN, NRELU, true"})
    void statisticsAreThoseOfTheReference(String backend, VisibleUnit visible, HiddenUnit hidden, boolean persistent) {
        Rbm rbm = machine(visible, hidden, persistent);
        Map<String, Tensor> expected = run("reference", rbm);
        Map<String, Tensor> actual = run(backend, rbm);
        assertEquals(expected.keySet(), actual.keySet());
        expected.forEach((name, values) -> assertArrayEquals(values.reshape(values.elements()).toDoubles(),
                actual.get(name).reshape(values.elements()).toDoubles(), 2e-5 * Math.max(1, largest(values)), name));
        if (hidden == HiddenUnit.BINARY) {
            assertArrayEquals(expected.get(CdStep.HIDDEN_SAMPLES).toFloats(), actual.get(CdStep.HIDDEN_SAMPLES).toFloats());
        }
    }

    /** The bits are {@code u < p} with Philox's u, so that they are equal wherever u and p are more than rounding apart. */
    @ParameterizedTest
    @CsvSource({"reference", "cpu", "cuda"})
    void hiddenBitsAreThoseOfTheSeed(String backend) {
        Map<String, Tensor> seen = run(backend, machine(VisibleUnit.BINARY, HiddenUnit.BINARY, false));
        double[] p = seen.get(CdStep.HIDDEN_MEANS).reshape(BATCH * HIDDEN).toDoubles();
        double[] h = seen.get(CdStep.HIDDEN_SAMPLES).reshape(BATCH * HIDDEN).toDoubles();
        Philox.Stream words = new Philox.Stream(SEED, 0, 0);
        int ones = 0;
        for (int i = 0; i < p.length; i++) {
            double u = words.nextUniform();
            assertTrue(Math.abs(u - p[i]) > 1e-6, "this seed decides nothing at element " + i);
            assertEquals(u < p[i] ? 1 : 0, h[i], "element " + i);
            ones += (int) h[i];
        }
        assertTrue(ones > p.length / 5 && ones < 4 * p.length / 5, ones + " of " + p.length);
    }

    private static double largest(Tensor tensor) {
        double largest = 0;
        for (double value : tensor.reshape(tensor.elements()).toDoubles()) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    /** The shape of the batch does not matter to what a graph's variables are. */
    @ParameterizedTest
    @CsvSource({"reference", "cpu"})
    void pixelsAreDividedBy255(String backend) {
        Rbm rbm = Rbm.binary(4, 3);
        CdStep pixels = CdStep.withStatistics(rbm, DType.FLOAT32, TensorType.of(DType.UINT8, 2, 1, 2, 2), 1);
        CdStep numbers = CdStep.withStatistics(rbm, DType.FLOAT32, TensorType.of(DType.FLOAT32, 2, 4), 1);
        Tensor bytes = Tensor.ofBytes(new byte[] {0, 51, (byte) 255, 102, 1, 2, 3, 4}, 2, 1, 2, 2);
        Tensor floats = Tensor.zeros(DType.FLOAT32, Shape.of(2, 4));
        for (int i = 0; i < 8; i++) {
            floats.set(bytes.reshape(8).get(i) / 255, i / 4, i % 4);
        }
        try (Backend opened = open(backend); State state = opened.createState(pixels.variables());
                Executable first = opened.compile(pixels.graph(), CompileOptions.defaults());
                Executable second = opened.compile(numbers.graph(), CompileOptions.defaults())) {
            double error = first.call(state, Map.of(CdStep.DATA, bytes)).get(CdStep.ERROR).item();
            assertEquals(error, second.call(state, Map.of(CdStep.DATA, floats)).get(CdStep.ERROR).item(), 1e-6);
        }
    }
}

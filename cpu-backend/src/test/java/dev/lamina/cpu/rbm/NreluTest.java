package dev.lamina.cpu.rbm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.Source;
import dev.lamina.rbm.HiddenUnit;
import dev.lamina.rbm.Machine;
import dev.lamina.rbm.Rbm;
import dev.lamina.rbm.RbmInference;
import dev.lamina.rbm.RbmParameters;
import dev.lamina.rbm.SteppedSigmoid;
import dev.lamina.rbm.VisibleUnit;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Philox;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Noisy rectified linear units: samples, free energy, scale equivariance; Gaussian visible units. */
class NreluTest {
    private static final int DRAWS = 1_000_000;

    private static RbmParameters random(Rbm rbm, double bias, int salt) {
        Philox.Stream numbers = new Philox.Stream(salt, 0, 9);
        double[] w = new double[rbm.visible() * rbm.hidden()];
        for (int i = 0; i < w.length; i++) {
            w[i] = numbers.nextNormal();
        }
        return new RbmParameters(rbm, Tensor.of(DType.FLOAT64, w, rbm.visible(), rbm.hidden()),
                Tensor.full(DType.FLOAT64, Shape.of(rbm.visible()), bias), Tensor.full(DType.FLOAT64, Shape.of(rbm.hidden()), bias));
    }

    /** Mean and share of zeros by the density of {@code N(x, σ(x))}: {@code x Φ(x/s) + s φ(x/s)} and {@code Φ(-x/s)}. */
    @ParameterizedTest
    @CsvSource({"-2, 2.0e-10, 1", "0, 0.282095, 0.5", "2, 2.005570, 0.016543"})
    void samplesHaveTheKnownMeanAndShareOfZeros(double x, double mean, double zero) {
        GraphBuilder graph = new GraphBuilder();
        Machine machine = new Machine(graph, Rbm.nrelu(1, 1), DType.FLOAT32);
        Graph built = graph.output("h", machine.hiddenSample(Source.constant(graph, Tensor.full(DType.FLOAT32, Shape.of(DRAWS, 1), x))))
                .build();
        double sum = 0;
        long zeros = 0;
        try (Backend backend = OneThread.open(); State state = backend.createState(graph.variables());
                Executable executable = backend.compile(built, CompileOptions.defaults())) {
            state.set(GraphBuilder.SEED, Tensor.of(new long[] {17}, 1).reshape());
            for (float h : executable.call(state, Map.of()).get("h").toFloats()) {
                sum += h;
                zeros += h == 0 ? 1 : 0;
            }
        }
        double deviation = Math.sqrt(SteppedSigmoid.sigmoid(x) / DRAWS);
        assertEquals(mean, sum / DRAWS, 4 * deviation);
        assertEquals(zero, (double) zeros / DRAWS, 4 * Math.sqrt(zero * (1 - zero) / DRAWS) + 1e-9);
    }

    @Test
    void freeEnergyOfAUnitIsKnown() {
        Tensor one = Tensor.of(DType.FLOAT64, new double[] {1}, 1, 1);
        RbmParameters unit = new RbmParameters(Rbm.nrelu(1, 1), one, Tensor.of(DType.FLOAT64, new double[] {0}, 1),
                Tensor.of(DType.FLOAT64, new double[] {0}, 1));
        try (Backend backend = Backends.open("reference"); RbmInference inference = RbmInference.of(backend, unit)) {
            double[] f = inference.freeEnergies(Tensor.of(DType.FLOAT64, new double[] {-1, 0, 2, 5}, 4, 1)).toDoubles();
            assertArrayEquals(new double[] {-0.327557, -0.801634, -3.477124, -14.096812}, f, 1e-6);
        }
    }

    @Property(tries = 60)
    void closedFormOfTheFreeEnergyIsTheSum(@ForAll @DoubleRange(min = -60, max = 60) double x) {
        Tensor one = Tensor.of(DType.FLOAT64, new double[] {1}, 1, 1);
        RbmParameters unit = new RbmParameters(Rbm.nrelu(1, 1), one, Tensor.of(DType.FLOAT64, new double[] {0}, 1),
                Tensor.of(DType.FLOAT64, new double[] {0}, 1));
        try (Backend backend = Backends.open("reference"); RbmInference inference = RbmInference.of(backend, unit)) {
            double f = inference.freeEnergies(Tensor.of(DType.FLOAT64, new double[] {x}, 1, 1)).item();
            assertEquals(SteppedSigmoid.freeEnergy(x), -f, 1e-6);
        }
    }

    @Property(tries = 30)
    void withoutBiasesFeaturesScaleWithTheirInput(@ForAll @DoubleRange(min = 0.01, max = 1000) double scale, @ForAll int salt) {
        Rbm rbm = Rbm.nrelu(5, 7);
        double[] v = new double[5];
        double[] scaled = new double[5];
        Philox.Stream numbers = new Philox.Stream(salt, 0, 3);
        for (int i = 0; i < 5; i++) {
            v[i] = numbers.nextUniform();
            scaled[i] = scale * v[i];
        }
        try (Backend backend = Backends.open("reference"); RbmInference inference = RbmInference.of(backend, random(rbm, 0, salt))) {
            double[] h = inference.hidden(Tensor.of(DType.FLOAT64, v, 1, 5)).reshape(7).toDoubles();
            double[] hScaled = inference.hidden(Tensor.of(DType.FLOAT64, scaled, 1, 5)).reshape(7).toDoubles();
            for (int j = 0; j < 7; j++) {
                assertEquals(scale * h[j], hScaled[j], 1e-12 * scale * Math.max(1, h[j]));
            }
        }
    }

    @Test
    void gaussianVisibleUnitsHaveAQuadraticEnergy() {
        Rbm rbm = Rbm.of(2, 3, VisibleUnit.GAUSSIAN, HiddenUnit.BINARY);
        RbmParameters parameters = random(rbm, 0.4, 8);
        double[] v = {1.5, -2};
        double expected = 0;
        for (double value : v) {
            expected += (value - 0.4) * (value - 0.4) / 2;
        }
        for (int j = 0; j < 3; j++) {
            expected -= SteppedSigmoid.softplus(0.4 + v[0] * parameters.weight().get(0, j) + v[1] * parameters.weight().get(1, j));
        }
        try (Backend backend = Backends.open("reference"); RbmInference inference = RbmInference.of(backend, parameters)) {
            assertEquals(expected, inference.freeEnergies(Tensor.of(DType.FLOAT64, v, 1, 2)).item(), 1e-12);
            Tensor hidden = Tensor.of(DType.FLOAT64, new double[] {1, 0, 1}, 1, 3);
            double first = 0.4 + parameters.weight().get(0, 0) + parameters.weight().get(0, 2);
            assertEquals(first, inference.visible(hidden).get(0, 0), 1e-12);
        }
    }
}

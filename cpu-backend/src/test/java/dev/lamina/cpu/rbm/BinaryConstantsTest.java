package dev.lamina.cpu.rbm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.graph.TensorType;
import dev.lamina.rbm.CdStep;
import dev.lamina.rbm.Rbm;
import dev.lamina.rbm.RbmInference;
import dev.lamina.rbm.RbmOptions;
import dev.lamina.rbm.HiddenUnit;
import dev.lamina.rbm.Machine;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Philox;
import dev.lamina.tensor.Tensor;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** The table of the specification's section 5 for its machine of 3 visible and 2 hidden units; free energy of any small machine. */
class BinaryConstantsTest {
    private static final Exact EXACT = Exact.ofSpecification();
    private static final Rbm RBM = Rbm.binary(3, 2);
    private static final double[] DATA = {1, 0, 1};
    private static final double[] CD1 = {0.19673785, 0.01686006, -0.45219535, -0.57243387, 0.31437394, 0.00042157};

    @Test
    void partitionFunctionAndProbabilitiesAreTheKnownOnes() {
        try (Backend backend = Backends.open("reference");
                RbmInference inference = RbmInference.of(backend, EXACT.parameters(RBM, DType.FLOAT64))) {
            double[] all = new double[24];
            for (int v = 0; v < 8; v++) {
                System.arraycopy(Exact.bits(v, 3), 0, all, 3 * v, 3);
            }
            double z = 0;
            for (double f : inference.freeEnergies(Tensor.of(DType.FLOAT64, all, 8, 3)).toDoubles()) {
                z += Math.exp(-f);
            }
            assertEquals(4.841534130951182, Math.log(z), 1e-12);
            double f = inference.freeEnergies(Tensor.of(DType.FLOAT64, DATA, 1, 3)).item();
            assertEquals(-1.8673259301775618, f, 1e-12);
            assertEquals(0.05108786932912453, Math.exp(-f) / z, 1e-13);
            assertArrayEquals(new double[] {0.62245933, 0.38936077},
                    inference.hidden(Tensor.of(DType.FLOAT64, DATA, 1, 3)).reshape(2).toDoubles(), 5e-9);
            assertArrayEquals(new double[] {0.52497919, 0.90887704, 0.51249740},
                    inference.visible(Tensor.of(DType.FLOAT64, new double[] {1, 1}, 1, 2)).reshape(3).toDoubles(), 5e-9);
        }
    }

    @Test
    void enumerationGivesTheKnownExpectationsOfContrastiveDivergenceAndLikelihood() {
        assertArrayEquals(CD1, EXACT.minusFromData(DATA, EXACT.expectedNegative(DATA)), 5e-9);
        assertArrayEquals(new double[] {0.25596402, 0.04074215, -0.53662243, -0.70687336, 0.30281188, -0.05262575},
                EXACT.minusFromData(DATA, EXACT.modelCorrelation()), 5e-9);
    }

    @Test
    void theMeanOfAMillionRunsOfTheGraphIsTheExpectationOfContrastiveDivergence() {
        Rbm sampled = RBM.with(RbmOptions.defaults(HiddenUnit.BINARY).withSampledVisible(true));
        assertArrayEquals(CD1, meanDelta(sampled, 100_000, 10), 0.003);
    }

    @Test
    void manyReconstructionsComeNearTheLikelihoodGradient() {
        Rbm sampled = RBM.with(RbmOptions.defaults(HiddenUnit.BINARY).withSampledVisible(true).withSteps(40));
        assertArrayEquals(EXACT.minusFromData(DATA, EXACT.modelCorrelation()), meanDelta(sampled, 50_000, 4), 0.004);
    }

    @Test
    void aPersistentChainForgetsWhereItBegan() {
        Rbm chained = RBM.with(RbmOptions.defaults(HiddenUnit.BINARY).withSampledVisible(true).withPersistent(true));
        int chains = 20_000;
        try (Backend backend = OneThread.open();
                Steps steps = new Steps(backend, EXACT.parameters(chained, DType.FLOAT32), TensorType.of(DType.FLOAT32, 10, 3), chains)) {
            Tensor data = Steps.copies(DType.FLOAT32, DATA, 10);
            for (int turn = 0; turn < 40; turn++) {
                steps.seed(5).run(data);
            }
            Tensor before = steps.state.get(CdStep.CHAIN);
            double[] mean = new double[6];
            for (int turn = 0; turn < 20; turn++) {
                double[] delta = steps.run(data).get(CdStep.DELTA_WEIGHT).reshape(6).toDoubles();
                for (int k = 0; k < 6; k++) {
                    mean[k] += delta[k] / 20;
                }
            }
            assertArrayEquals(EXACT.minusFromData(DATA, EXACT.modelCorrelation()), mean, 0.004);
            Tensor after = steps.state.get(CdStep.CHAIN);
            assertEquals(chains, after.shape().dim(0));
            assertEquals(false, java.util.Arrays.equals(before.toFloats(), after.toFloats()), "the chain moves");
        }
    }

    private static double[] meanDelta(Rbm rbm, int batch, int runs) {
        double[] mean = new double[6];
        try (Backend backend = OneThread.open();
                Steps steps = new Steps(backend, EXACT.parameters(rbm, DType.FLOAT32), TensorType.of(DType.FLOAT32, batch, 3), 1)) {
            Tensor data = Steps.copies(DType.FLOAT32, DATA, batch);
            steps.seed(11);
            for (int run = 0; run < runs; run++) {
                double[] delta = steps.run(data).get(CdStep.DELTA_WEIGHT).reshape(6).toDoubles();
                for (int k = 0; k < 6; k++) {
                    mean[k] += delta[k] / runs;
                }
            }
        }
        return mean;
    }

    @Test
    void theUpdateFollowsItsFormula() {
        Rbm rbm = RBM.with(RbmOptions.defaults(HiddenUnit.BINARY).withWeightDecay(0.1));
        try (Backend backend = Backends.open("reference");
                Steps steps = new Steps(backend, EXACT.parameters(rbm, DType.FLOAT64), TensorType.of(DType.FLOAT64, 50, 3), 1)) {
            Tensor data = Steps.copies(DType.FLOAT64, DATA, 50);
            steps.seed(3).rates(0.2, 0.5);
            double w = EXACT.w()[1][1];
            double a = EXACT.a()[2];
            double b = EXACT.b()[0];
            double[] m = new double[3];
            for (int step = 0; step < 3; step++) {
                var out = steps.run(data);
                m[0] = 0.5 * m[0] + 0.2 * (out.get(CdStep.DELTA_WEIGHT).get(1, 1) - 0.1 * w);
                m[1] = 0.5 * m[1] + 0.2 * out.get(CdStep.DELTA_VISIBLE).get(2);
                m[2] = 0.5 * m[2] + 0.2 * out.get(CdStep.DELTA_HIDDEN).get(0);
                w += m[0];
                a += m[1];
                b += m[2];
                assertEquals(w, steps.state.get(Machine.WEIGHT).get(1, 1), 1e-14);
                assertEquals(a, steps.state.get(Machine.VISIBLE_BIAS).get(2), 1e-14);
                assertEquals(b, steps.state.get(Machine.HIDDEN_BIAS).get(0), 1e-14);
            }
        }
    }

    @Property(tries = 40)
    void freeEnergyEqualsTheSumOverHiddenStates(@ForAll @IntRange(min = 1, max = 6) int visible,
            @ForAll @IntRange(min = 1, max = 10) int hidden, @ForAll int salt) {
        Philox.Stream random = new Philox.Stream(salt, 0, 1);
        Exact machine = new Exact(new double[visible][hidden], new double[visible], new double[hidden]);
        double[] v = new double[visible];
        for (int i = 0; i < visible; i++) {
            machine.a()[i] = random.nextNormal();
            v[i] = random.nextUniform();
            for (int j = 0; j < hidden; j++) {
                machine.w()[i][j] = 2 * random.nextNormal();
                machine.b()[j] = random.nextNormal();
            }
        }
        try (Backend backend = Backends.open("reference");
                RbmInference inference = RbmInference.of(backend, machine.parameters(Rbm.binary(visible, hidden), DType.FLOAT64))) {
            double formula = inference.freeEnergies(Tensor.of(DType.FLOAT64, v, 1, visible)).item();
            double sum = machine.freeEnergy(v);
            assertEquals(sum, formula, 1e-12 * Math.max(1, Math.abs(sum)));
        }
    }
}

package dev.lamina.cpu.rbm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.Backend;
import dev.lamina.data.Digits;
import dev.lamina.data.Split;
import dev.lamina.rbm.HiddenUnit;
import dev.lamina.rbm.Rbm;
import dev.lamina.rbm.RbmConfig;
import dev.lamina.rbm.RbmCsv;
import dev.lamina.rbm.RbmEpoch;
import dev.lamina.rbm.RbmListener;
import dev.lamina.rbm.RbmOptions;
import dev.lamina.rbm.RbmParameters;
import dev.lamina.rbm.RbmResult;
import dev.lamina.rbm.RbmTrainer;
import dev.lamina.rbm.Sparsity;
import dev.lamina.rbm.Standardization;
import dev.lamina.rbm.VisibleUnit;
import dev.lamina.train.TrainingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Training on generated digits: falling errors, resuming, sparsity, divergence, the files it leaves. */
class RbmTrainerTest {
    private static final Split DIGITS = Digits.split(5, 630, 200);
    private static Backend backend;

    @TempDir
    private Path dir;

    @BeforeAll
    static void open() {
        backend = OneThread.open();
    }

    @AfterAll
    static void close() {
        if (backend != null) {
            backend.close();
        }
    }

    private static RbmTrainer trainer(Rbm rbm, RbmConfig config, RbmListener... listeners) {
        return new RbmTrainer(backend, rbm, DIGITS.train(), DIGITS.test(), config, List.of(listeners));
    }

    private static RbmResult train(Rbm rbm, RbmConfig config) throws IOException {
        try (RbmTrainer trainer = trainer(rbm, config)) {
            return trainer.fit();
        }
    }

    private static RbmConfig config(Rbm rbm, int epochs) {
        return RbmConfig.defaults(rbm).withEpochs(epochs).withBatchSize(20);
    }

    private static void assertSame(RbmParameters expected, RbmParameters actual) {
        assertArrayEquals(expected.weight().toFloats(), actual.weight().toFloats());
        assertArrayEquals(expected.visibleBias().toFloats(), actual.visibleBias().toFloats());
        assertArrayEquals(expected.hiddenBias().toFloats(), actual.hiddenBias().toFloats());
    }

    @ParameterizedTest
    @CsvSource({"BINARY, false, 1", "BINARY, true, 1", "BINARY, false, 3", "NRELU, false, 1"})
    void theReconstructionErrorFallsAndTheGapStaysSmall(HiddenUnit unit, boolean persistent, int k) throws IOException {
        Rbm rbm = Rbm.of(784, 60, VisibleUnit.BINARY, unit).with(RbmOptions.defaults(unit).withPersistent(persistent).withSteps(k));
        List<RbmEpoch> history = train(rbm, config(rbm, 4)).history();
        assertEquals(4, history.size());
        for (int i = 1; i < 4; i++) {
            assertTrue(history.get(i).error() < history.get(i - 1).error(), history.toString());
            assertTrue(history.get(i).heldOutError() < history.get(i - 1).heldOutError(), history.toString());
        }
        assertTrue(Math.abs(history.getLast().gap()) < 5, history.toString());
        assertTrue(history.getLast().updateRatio() > 0 && history.getLast().updateRatio() < 0.5, history.toString());
    }

    @Test
    void gaussianVisibleUnitsLearnStandardisedPixels() throws IOException {
        Rbm rbm = Rbm.of(784, 40, VisibleUnit.GAUSSIAN, HiddenUnit.NRELU);
        Standardization input = Standardization.of(DIGITS.train());
        try (RbmTrainer trainer = new RbmTrainer(backend, rbm, input.apply(DIGITS.train()), input.apply(DIGITS.test()),
                config(rbm, 4), List.of())) {
            List<RbmEpoch> history = trainer.fit().history();
            assertTrue(history.getLast().heldOutError() < 0.9 * history.getFirst().heldOutError(), history.toString());
        }
    }

    @ParameterizedTest
    @CsvSource({"false", "true"})
    void aStoppedRunGoesOnBitForBit(boolean persistent) throws IOException {
        Rbm rbm = Rbm.binary(784, 30).with(RbmOptions.defaults(HiddenUnit.BINARY).withPersistent(persistent).withSampledVisible(true)
                .withSparsity(Sparsity.of(0.1, 0.05)));
        RbmConfig config = config(rbm, 3).withMomentum(0.5, 0.9, 1);
        RbmResult whole = train(rbm, config);

        RbmTrainer[] stopped = new RbmTrainer[1];
        RbmListener stopper = new RbmListener() {
            @Override
            public void onStep(int epoch, int batch, int batches, double error) {
                if (epoch == 2 && batch == 7) {
                    stopped[0].requestStop();
                }
            }
        };
        try (RbmTrainer trainer = trainer(rbm, config, stopper).folder(dir)) {
            stopped[0] = trainer;
            RbmResult part = trainer.fit();
            assertFalse(part.finished());
            assertEquals(32 + 7, part.steps());
        }
        assertTrue(RbmTrainer.isRun(dir));
        assertEquals(config, RbmTrainer.config(dir));
        assertEquals(rbm, RbmTrainer.machine(dir));
        try (RbmTrainer trainer = trainer(rbm, config).resume(dir)) {
            RbmResult rest = trainer.fit();
            assertTrue(rest.finished());
            assertEquals(whole.steps(), rest.steps());
            assertSame(whole.parameters(), rest.parameters());
            for (int i = 0; i < 3; i++) {
                assertEquals(whole.history().get(i).error(), rest.history().get(i).error());
                assertEquals(whole.history().get(i).freeEnergyHeldOut(), rest.history().get(i).freeEnergyHeldOut());
            }
        }
    }

    @Test
    void anotherSeedGivesAnotherMachine() throws IOException {
        Rbm rbm = Rbm.binary(784, 10);
        RbmParameters one = train(rbm, config(rbm, 1)).parameters();
        assertSame(one, train(rbm, config(rbm, 1)).parameters());
        float[] other = train(rbm, config(rbm, 1).withSeed(2)).parameters().weight().toFloats();
        assertFalse(java.util.Arrays.equals(one.weight().toFloats(), other));
    }

    @Test
    void otherSettingsCannotResume() throws IOException {
        Rbm rbm = Rbm.binary(784, 10);
        try (RbmTrainer trainer = trainer(rbm, config(rbm, 1)).folder(dir)) {
            trainer.fit();
        }
        try (RbmTrainer trainer = trainer(rbm, config(rbm, 1)).folder(dir)) {
            assertEquals("rbm: \"" + dir + "\" holds a run already. Resume it, or give another folder.",
                    assertThrows(TrainingException.class, trainer::fit).getMessage());
        }
        try (RbmTrainer trainer = trainer(rbm, config(rbm, 1).withRate(0.2)).resume(dir)) {
            String message = assertThrows(TrainingException.class, trainer::fit).getMessage();
            assertTrue(message.startsWith("rbm: cannot resume \"" + dir + "\": settings were RbmConfig[epochs=1, batchSize=20, rate=0.1, "),
                    message);
        }
        try (RbmTrainer trainer = trainer(rbm, config(rbm, 2)).resume(dir)) {
            assertEquals(2, trainer.fit().history().size());
        }
        Path none = dir.resolve("none");
        try (RbmTrainer trainer = trainer(rbm, config(rbm, 1)).resume(none)) {
            assertEquals("rbm: \"" + none.resolve("checkpoint.safetensors") + "\" does not exist. Give the folder of a run that has "
                    + "started training.", assertThrows(TrainingException.class, trainer::fit).getMessage());
        }
    }

    @Test
    void sparsityMovesTheMeanActivityToItsTarget() throws IOException {
        Rbm plain = Rbm.binary(784, 40);
        Rbm sparse = plain.with(plain.options().withSparsity(Sparsity.of(0.05, 2)));
        double without = train(plain, config(plain, 4)).history().getLast().activity();
        double with = train(sparse, config(sparse, 4)).history().getLast().activity();
        assertTrue(without > 0.15, "without: " + without);
        assertEquals(0.05, with, 0.02);
    }

    @Test
    void divergenceStopsWithTheLearningRateNamed() throws IOException {
        Rbm rbm = Rbm.of(784, 40, VisibleUnit.GAUSSIAN, HiddenUnit.NRELU);
        Standardization input = Standardization.of(DIGITS.train());
        RbmConfig config = config(rbm, 4).withRate(5);
        try (RbmTrainer trainer = new RbmTrainer(backend, rbm, input.apply(DIGITS.train()), input.apply(DIGITS.test()), config,
                List.of())) {
            String message = assertThrows(TrainingException.class, trainer::fit).getMessage();
            assertTrue(message.matches("rbm: reconstruction error is \\S+ at step \\d+, its first value was \\d+\\.\\d\\d "
                    + "\\(training stops above 10 times that\\)\\. Learning rate is 5\\.0\\. Try a smaller one\\."), message);
        }
    }

    @Test
    void metricsAreOneRowAnEpoch() throws IOException {
        Rbm rbm = Rbm.binary(784, 10);
        Path csv = dir.resolve("metrics.csv");
        List<Integer> batches = new ArrayList<>();
        RbmListener counter = new RbmListener() {
            @Override
            public void onStep(int epoch, int batch, int all, double error) {
                batches.add(all);
            }
        };
        try (RbmTrainer trainer = trainer(rbm, config(rbm, 2), new RbmCsv(csv), counter)) {
            RbmResult result = trainer.fit();
            List<String> rows = Files.readAllLines(csv);
            assertEquals(RbmCsv.HEADER, rows.getFirst());
            assertEquals(3, rows.size());
            assertEquals(RbmCsv.HEADER.split(",").length, rows.get(2).split(",").length);
            assertTrue(rows.get(2).startsWith("2,64," + result.history().getLast().error() + ","), rows.get(2));
            assertEquals(784L * 10, trainer.lastUpdate().elements());
        }
        assertEquals(64, batches.size());
        assertEquals(32, batches.getFirst());
    }

    @Test
    void fitRunsOnce() throws IOException {
        Rbm rbm = Rbm.binary(784, 4);
        try (RbmTrainer trainer = trainer(rbm, config(rbm, 0))) {
            assertThrows(IllegalStateException.class, trainer::lastUpdate);
            assertTrue(trainer.fit().finished());
            assertThrows(IllegalStateException.class, trainer::fit);
        }
    }
}

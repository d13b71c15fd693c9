package dev.lamina.rbm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.data.Dataset;
import dev.lamina.data.FloatDataset;
import dev.lamina.data.Digits;
import dev.lamina.data.Split;
import dev.lamina.io.CorruptFileException;
import dev.lamina.io.Safetensors;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Errors, initial values, files, pictures: everything that needs no backend. */
class RbmRulesTest {
    private static final Split DIGITS = Digits.split(3, 40, 10);

    @TempDir
    private Path dir;

    private static String message(Executable action) {
        return assertThrows(IllegalArgumentException.class, action).getMessage();
    }

    private static RbmParameters machine(int visible, int hidden) {
        Tensor weight = Tensor.zeros(DType.FLOAT32, Shape.of(visible, hidden));
        for (int i = 0; i < visible; i++) {
            for (int j = 0; j < hidden; j++) {
                weight.set(i - 10.0 * j, i, j);
            }
        }
        return new RbmParameters(Rbm.nrelu(visible, hidden), weight, Tensor.full(DType.FLOAT32, Shape.of(visible), 2),
                Tensor.full(DType.FLOAT32, Shape.of(hidden), -1));
    }

    private static Dataset real(Dataset labels, double low, double high) {
        Tensor values = Tensor.full(DType.FLOAT32, Shape.of(labels.size(), 4), low);
        values.set(high, labels.size() - 1, 3);
        return FloatDataset.of(labels, values, Shape.of(1, 2, 2));
    }

    @Test
    void dataThatDoesNotSuitTheVisibleUnitsIsAnError() {
        Dataset outside = real(DIGITS.train(), -1.2, 3.4);
        assertEquals("rbm: visible units are BINARY, data ranges -1.2..3.4. Scale to [0, 1] or use GAUSSIAN.",
                message(() -> VisibleData.check(Rbm.binary(4, 2), outside)));
        VisibleData.check(Rbm.of(4, 2, VisibleUnit.GAUSSIAN, HiddenUnit.BINARY), outside);
        VisibleData.check(Rbm.binary(4, 2), real(DIGITS.train(), 0, 1));
        assertEquals("rbm: samples of \"digits\" are [1, 28, 28] with 784 numbers, the machine has 100 visible units (must be equal).",
                message(() -> VisibleData.check(Rbm.binary(100, 2), DIGITS.train())));
        assertEquals("rbm: visible units are GAUSSIAN, data \"digits\" is uint8 pixels. Standardise it "
                + "(Standardization.of(train).apply(data)) or use BINARY.",
                message(() -> VisibleData.check(Rbm.of(784, 2, VisibleUnit.GAUSSIAN, HiddenUnit.BINARY), DIGITS.train())));
    }

    @Test
    void numbersOutOfRangeAreErrors() {
        assertEquals("rbm: hidden = 0 units, needs >= 1.", message(() -> Rbm.binary(3, 0)));
        assertEquals("rbm: cdSteps = 0, needs >= 1.", message(() -> RbmOptions.defaults(HiddenUnit.BINARY).withSteps(0)));
        assertEquals("rbm: sparsity target = 1.5, hidden units are BINARY; needs a target below 1.", message(
                () -> Rbm.binary(3, 2).with(RbmOptions.defaults(HiddenUnit.BINARY).withSparsity(Sparsity.of(1.5, 0.1)))));
        assertEquals("rbm: sparsity decay = 1.0, needs 0 <= decay < 1.", message(() -> new Sparsity(0.1, 1, 1)));
        assertEquals("rbm: learning rate = 0.0, needs a finite number > 0.",
                message(() -> RbmConfig.defaults(Rbm.binary(3, 2)).withRate(0)));
        assertEquals("rbm: weight is float32 [3, 2], needs float32 [3, 4].", message(() -> new RbmParameters(Rbm.binary(3, 4),
                Tensor.zeros(DType.FLOAT32, Shape.of(3, 2)), Tensor.zeros(DType.FLOAT32, Shape.of(3)),
                Tensor.zeros(DType.FLOAT32, Shape.of(4)))));
    }

    @Test
    void aStackWhoseSizesDoNotFitNamesBothLayers() {
        RbmStack one = RbmStack.of(Shape.of(1, 2, 3), machine(6, 5));
        assertEquals("rbm: stack: layer 1 has 5 hidden units, layer 2 has 4 visible units (must be equal).",
                message(() -> one.with(machine(4, 3))));
        assertEquals("rbm: stack: layer 2 has 4 hidden units, layer 3 has 3 visible units (must be equal).",
                message(() -> one.with(machine(5, 4)).with(machine(3, 3))));
        assertEquals("rbm: stack: images are [1, 2, 2], layer 1 has 6 visible units (must be as many as pixels).",
                message(() -> RbmStack.of(Shape.of(1, 2, 2), machine(6, 5))));
    }

    @Test
    void usualRatesFollowTheUnits() {
        assertEquals(0.1, Rbm.binary(3, 2).defaultRate());
        assertEquals(0.01, Rbm.nrelu(3, 2).defaultRate());
        assertEquals(0.001, Rbm.of(3, 2, VisibleUnit.GAUSSIAN, HiddenUnit.NRELU).defaultRate());
        RbmConfig config = RbmConfig.defaults(Rbm.binary(3, 2));
        assertEquals(0.5, config.momentumOf(4));
        assertEquals(0.9, config.momentumOf(5));
    }

    @Test
    void initialValuesFollowHintonsGuide() {
        Tensor values = Tensor.zeros(DType.FLOAT32, Shape.of(DIGITS.train().size(), 4));
        for (int n = 0; n < DIGITS.train().size(); n++) {
            values.set(n % 4 == 0 ? 1 : 0, n, 0);
            values.set(1, n, 1);
            values.set(0.5, n, 2);
        }
        Dataset data = FloatDataset.of(DIGITS.train(), values, Shape.of(1, 2, 2));
        RbmParameters start = RbmParameters.initial(Rbm.binary(4, 1000), data, -4, 7);
        double[] expected = {Math.log(0.25 / 0.75), Math.log(0.99 / 0.01), 0, Math.log(0.01 / 0.99)};
        assertArrayEquals(expected, start.visibleBias().toDoubles(), 1e-6);
        assertEquals(-4, start.hiddenBias().get(999));
        double squares = 0;
        for (double w : start.weight().toDoubles()) {
            squares += w * w / 4000;
        }
        assertEquals(0.01, Math.sqrt(squares), 0.0005);
        RbmParameters gaussian = RbmParameters.initial(Rbm.of(4, 3, VisibleUnit.GAUSSIAN, HiddenUnit.BINARY), data, 0, 7);
        assertArrayEquals(new double[] {0.25, 1, 0.5, 0}, gaussian.visibleBias().toDoubles(), 1e-6);
    }

    @Test
    void standardisedPixelsHaveMeanZeroAndDeviationOne() {
        Standardization statistics = Standardization.of(DIGITS.train());
        Standardization again = Standardization.of(statistics.apply(DIGITS.train()));
        for (int i = 0; i < 784; i++) {
            assertEquals(0, again.mean().get(i), 1e-5);
            assertEquals(1, again.deviation().get(i), 1e-4);
        }
    }

    @Test
    void aFileGivesTheStackBack() throws IOException {
        Path file = dir.resolve("rbm.safetensors");
        Standardization input = new Standardization(Tensor.full(DType.FLOAT32, Shape.of(6), 0.3),
                Tensor.full(DType.FLOAT32, Shape.of(6), 2));
        RbmStack stack = new RbmStack(Shape.of(1, 2, 3), Optional.of(input), List.of(machine(6, 5), machine(5, 4)));
        RbmFile.save(file, stack);
        RbmStack read = RbmFile.load(file);
        assertEquals(stack.image(), read.image());
        assertEquals(2, read.layers().size());
        for (int i = 0; i < 2; i++) {
            assertEquals(stack.layers().get(i).rbm(), read.layers().get(i).rbm());
            assertArrayEquals(stack.layers().get(i).weight().toFloats(), read.layers().get(i).weight().toFloats());
            assertArrayEquals(stack.layers().get(i).visibleBias().toFloats(), read.layers().get(i).visibleBias().toFloats());
            assertArrayEquals(stack.layers().get(i).hiddenBias().toFloats(), read.layers().get(i).hiddenBias().toFloats());
        }
        assertEquals(2, read.input().orElseThrow().deviation().get(5));
    }

    @Test
    void aFileWithoutMachinesIsAnError() throws IOException {
        Path file = dir.resolve("other.safetensors");
        Safetensors.write(file, Map.of("x", Tensor.scalar(DType.FLOAT32, 1)), Map.of());
        String message = assertThrows(CorruptFileException.class, () -> RbmFile.load(file)).getMessage();
        assertTrue(message.contains("has no lamina.rbm in its header"), message);
    }

    @Test
    void filtersHaveScalesOfTheirOwnAndZeroIsGrey() {
        Tensor weight = Tensor.of(new float[] {1, -4, 0, 2}, 2, 2);
        RbmParameters machine = new RbmParameters(Rbm.binary(2, 2), weight, Tensor.zeros(DType.FLOAT32, Shape.of(2)),
                Tensor.zeros(DType.FLOAT32, Shape.of(2)));
        Tensor grid = RbmPictures.filters(machine, Shape.of(1, 1, 2), 5, 5);
        assertEquals(Shape.of(1, 3, 7), grid.shape());
        assertArrayEquals(new double[] {255, 128, 128, 1, 192},
                new double[] {grid.get(0, 1, 1), grid.get(0, 1, 2), grid.get(0, 1, 3), grid.get(0, 1, 4), grid.get(0, 1, 5)}, 0.6);
    }

    @Test
    void samplesAndProbabilitiesAreBright() {
        Tensor samples = RbmPictures.samples(Tensor.of(new float[] {0, 1, 2, -3}, 1, 4), Shape.of(1, 2, 2), null, 1);
        assertArrayEquals(new double[] {0, 255, 255, 0},
                new double[] {samples.get(0, 1, 1), samples.get(0, 1, 2), samples.get(0, 2, 1), samples.get(0, 2, 2)});
        Tensor picture = RbmPictures.probabilities(Tensor.of(new float[] {0, 1, 4, 2}, 2, 2));
        assertArrayEquals(new double[] {0, 64, 255, 128}, picture.reshape(4).toDoubles());
    }
}

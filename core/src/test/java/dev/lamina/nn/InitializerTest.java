package dev.lamina.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.TensorType;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Philox;
import dev.lamina.tensor.Shape;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InitializerTest {
    private static double[] sample(Initializer init, long... dims) {
        return init.create(TensorType.of(DType.FLOAT32, dims), 42, -1).toDoubles();
    }

    private static double variance(double[] x) {
        double mean = Arrays.stream(x).average().orElseThrow();
        return Arrays.stream(x).map(v -> (v - mean) * (v - mean)).sum() / (x.length - 1);
    }

    /** Variance within 3 standard errors; kurtosis is 1.8 for uniform, 3 for normal numbers. */
    private static void checkVariance(double[] x, double variance, double kurtosis) {
        double standardError = variance * Math.sqrt((kurtosis - 1) / x.length);
        assertEquals(variance, variance(x), 3 * standardError);
        assertEquals(0, Arrays.stream(x).average().orElseThrow(), 4 * Math.sqrt(variance / x.length));
    }

    private static void checkUniform(double[] x, double bound) {
        double largest = Arrays.stream(x).map(Math::abs).max().orElseThrow();
        assertTrue(largest <= bound * (1 + 1e-7) && largest > 0.99 * bound, "largest " + largest + ", bound " + bound);
        checkVariance(x, bound * bound / 3, 1.8);
    }

    @Test
    void xavierUniformOf784By500() {
        assertEquals(0.0683586, Math.sqrt(6.0 / 1284), 5e-8);
        checkUniform(sample(Initializer.xavierUniform(), 500, 784), 0.0683586);
    }

    @Test
    void heNormalOf576() {
        assertEquals(576, Initializer.fanIn(Shape.of(128, 64, 3, 3)));
        checkVariance(sample(Initializer.heNormal(), 128, 64, 3, 3), 0.0589256 * 0.0589256, 3);
    }

    @Test
    void layerDefaultOf784() {
        checkUniform(sample(Initializer.layerDefault(), 500, 784), 0.0357143);
        checkUniform(sample(Initializer.layerDefault(784), 10_000), 0.0357143);
    }

    @Test
    void othersHaveTheirVariance() {
        checkUniform(sample(Initializer.heUniform(), 100, 600), 0.1);
        checkVariance(sample(Initializer.xavierNormal(2), 300, 500), 4 * 2.0 / 800, 3);
        checkVariance(sample(Initializer.normal(0, 0.01), 300, 500), 1e-4, 3);
        assertArrayEquals(new double[] {2, 2}, sample(Initializer.constant(2), 2));
        assertEquals(5 * 25, Initializer.fanOut(Shape.of(5, 3, 5, 5)));
    }

    @Test
    void numbersAreThoseOfThePhiloxStream() {
        double[] uniform = sample(Initializer.uniform(0, 1), 7);
        Philox.Stream stream = new Philox.Stream(42, 0, -1);
        for (double u : uniform) {
            assertEquals((float) stream.nextUniform(), u);
        }
        int[] words = new int[4];
        Philox.block(42, 0, -1, 1, words);
        assertEquals((float) Philox.normal(words[0], words[1], true), sample(Initializer.normal(0, 1), 7)[5]);
    }

    @Test
    void largeTensorsEqualTheirBeginning() {
        double[] small = sample(Initializer.normal(0, 1), 1000);
        double[] large = sample(Initializer.normal(0, 1), 300_000);
        assertArrayEquals(small, Arrays.copyOf(large, 1000));
    }

    @Test
    void parametersDifferByOrdinalAndSeedOnly() {
        Context context = new Context(new GraphBuilder(), true);
        Networks.apply(context, Sequential.mlp(new long[] {16}, 16, "relu", Initializer.layerDefault(),
                Initializer.layerDefault()), 1, 16);
        Parameters parameters = context.parameters();
        assertArrayEquals(parameters.initial("fc1.weight", 1).toDoubles(), parameters.initial("fc1.weight", 1).toDoubles());
        assertNotEquals(parameters.initial("fc1.weight", 1).get(0, 0), parameters.initial("fc2.weight", 1).get(0, 0));
        assertNotEquals(parameters.initial("fc1.weight", 1).get(0, 0), parameters.initial("fc1.weight", 2).get(0, 0));
        assertEquals(new Initializer.LayerDefault(16), parameters.get("fc1.bias").init());
        assertTrue(Arrays.stream(parameters.initial("fc1.bias", 1).toDoubles()).allMatch(b -> Math.abs(b) <= 0.25));
        assertThrows(IllegalArgumentException.class, () -> parameters.initial("fc3.weight", 1));
    }

    @ParameterizedTest
    @CsvSource({"zeros, Constant[value=0.0]", "ones, Constant[value=1.0]", "constant:0.5, Constant[value=0.5]",
        "'uniform:-1:1', 'Uniform[low=-1.0, high=1.0]'", "'normal:0:0.01', 'Normal[mean=0.0, deviation=0.01]'", "he-normal, HeNormal[]",
        "heUniform, HeUniform[]", "xavier_uniform, XavierUniform[gain=1.0]", "xavierNormal:2, XavierNormal[gain=2.0]",
        "default, LayerDefault[fanIn=0]"})
    void parsed(String text, String expected) {
        assertEquals(expected, Initializer.parse(text).toString());
    }

    @ParameterizedTest
    @CsvSource({"xavier", "normal:1", "normal:a:b", "uniform:1:0", "normal:0:-1", "zeros:1"})
    void refused(String text) {
        assertThrows(IllegalArgumentException.class, () -> Initializer.parse(text));
    }
}

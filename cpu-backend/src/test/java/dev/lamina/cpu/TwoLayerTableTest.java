package dev.lamina.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.lamina.graph.Gradients;
import dev.lamina.graph.Loss;
import dev.lamina.graph.MatMul;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** The two-layer exercise of the specification's section 2. */
class TwoLayerTableTest {
    private static final double[][] SIGMOID = {
        {0.37754067, 0.62245933, 0.73105858}, {0.89140075, -0.15693004}, {0.3004914471820036}, {-0.25954576, 0.25954576},
        {-0.09798908, -0.16155668, -0.18974316, 0.09798908, 0.16155668, 0.18974316}, {-0.06099422, -0.18298265, 0.07654469},
        {-0.06099422, -2 * 0.06099422, -0.18298265, -2 * 0.18298265, 0.07654469, 2 * 0.07654469}, {-0.22903024, 0.09179325}};
    private static final double[][] RELU = {
        {0, 0.5, 1}, {0, 0.1}, {0.7443966600735709}, {-0.52497919, 0.52497919},
        {0, -0.26248959, -0.52497919, 0, 0.26248959, 0.52497919}, {0, -1.57493756, 0.78746878},
        {0, 0, -1.57493756, -2 * 1.57493756, 0.78746878, 2 * 0.78746878}, {-1.57493756, 0.39373439}};

    private static void check(DType dtype, UnaryOperator<Value> activation, double[][] expected, double tolerance) {
        Eval eval = new Eval(dtype);
        Value x = eval.constant(new double[] {1, 2}, 1, 2);
        Value w1 = eval.constant(new double[] {1, -1, 0.5, 0.25, -1, 1}, 3, 2);
        Value b1 = eval.constant(new double[] {0.5, -0.5, 0}, 3);
        Value w2 = eval.constant(new double[] {1, 2, -1, 0, -1, 0.5}, 2, 3);
        Value b2 = eval.constant(new double[] {0, 0.1}, 2);
        Value h = activation.apply(MatMul.linear(x, w1, b1));
        Value s = MatMul.linear(h, w2, b2);
        Value loss = Loss.crossEntropy(s, eval.labels(0), Loss.Options.defaults());
        List<Value> all = new ArrayList<>(List.of(h, s, loss));
        all.addAll(Gradients.of(loss, List.of(b2, w2, b1, w1, x)));
        List<double[]> actual = eval.doubles(all.toArray(Value[]::new));
        for (int i = 0; i < expected.length; i++) {
            // The table has eight decimals; doubled entries have twice their rounding.
            assertArrayEquals(expected[i], actual.get(i), i == 6 ? 2 * tolerance : tolerance, "row " + i + " of the table");
        }
    }

    @Test
    void sigmoid() {
        check(DType.FLOAT64, Pointwise::sigmoid, SIGMOID, 1e-8);
        check(DType.FLOAT32, Pointwise::sigmoid, SIGMOID, 1e-6);
    }

    @Test
    void relu() {
        check(DType.FLOAT64, Pointwise::relu, RELU, 1e-8);
        check(DType.FLOAT32, Pointwise::relu, RELU, 1e-6);
    }

    @Test
    void valueUsedTwiceGetsTheSummedGradient() {
        Eval eval = new Eval(DType.FLOAT64);
        Value x = eval.constant(new double[] {-3}, 1);
        assertArrayEquals(new double[] {-6}, eval.doubles(Gradients.of(x.times(x), List.of(x)).getFirst()).getFirst());
    }
}

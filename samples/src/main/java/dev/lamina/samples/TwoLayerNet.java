package dev.lamina.samples;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.graph.Gradients;
import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.Loss;
import dev.lamina.graph.MatMul;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Philox;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Backpropagation through two layers written by hand, next to the gradients that the graph derives by itself. Both are float64 and must
 * agree to 1e-10. The formulas: {@code U = X W1ᵀ + b1}, {@code H = relu(U)}, {@code S = H W2ᵀ + b2}, {@code L = mean cross-entropy};
 * {@code ΔS = (P - Y) / N}, {@code ∂W2 = ΔSᵀ H}, {@code ∂b2 = Σ ΔS}, {@code ΔU = (ΔS W2) ⊙ 1[U > 0]}, {@code ∂W1 = ΔUᵀ X}.
 */
public final class TwoLayerNet {
    private static final int N = 7;
    private static final int IN = 5;
    private static final int HIDDEN = 8;
    private static final int OUT = 3;

    private TwoLayerNet() { }

    /** Prints the worst difference of each gradient; exits with 1 if one exceeds 1e-10. */
    public static void main(String[] args) {
        System.exit(run(System.out) <= 1e-10 ? 0 : 1);
    }

    /** Compares both ways; the result is the worst absolute difference. */
    public static double run(PrintStream out) {
        Philox.Stream random = new Philox.Stream(1, 0, 0);
        double[][] x = draw(random, N, IN);
        double[][] w1 = draw(random, HIDDEN, IN);
        double[][] b1 = draw(random, 1, HIDDEN);
        double[][] w2 = draw(random, OUT, HIDDEN);
        double[][] b2 = draw(random, 1, OUT);
        int[] labels = new int[N];
        for (int n = 0; n < N; n++) {
            labels[n] = random.nextInt(OUT);
        }
        Map<String, double[][]> byHand = byHand(x, labels, w1, b1[0], w2, b2[0]);

        GraphBuilder graph = new GraphBuilder();
        Value images = graph.input("x", TensorType.of(DType.FLOAT64, N, IN));
        Value target = graph.input("y", TensorType.of(DType.INT32, N));
        Value first = graph.variable("w1", TensorType.of(DType.FLOAT64, HIDDEN, IN), true);
        Value firstBias = graph.variable("b1", TensorType.of(DType.FLOAT64, HIDDEN), true);
        Value second = graph.variable("w2", TensorType.of(DType.FLOAT64, OUT, HIDDEN), true);
        Value secondBias = graph.variable("b2", TensorType.of(DType.FLOAT64, OUT), true);
        Value hidden = Pointwise.relu(MatMul.linear(images, first, firstBias));
        Value loss = Loss.crossEntropy(MatMul.linear(hidden, second, secondBias), target, Loss.Options.defaults());
        List<Value> gradients = Gradients.of(loss, graph.trainable());
        for (int i = 0; i < gradients.size(); i++) {
            graph.output(graph.trainable().get(i).name(), gradients.get(i));
        }
        double worst = 0;
        Graph built = graph.build();
        try (Backend backend = Backends.open("reference");
                State state = backend.createState(built.variables());
                Executable executable = backend.compile(built, CompileOptions.defaults())) {
            state.set("w1", matrix(w1));
            state.set("b1", Tensor.of(b1[0]));
            state.set("w2", matrix(w2));
            state.set("b2", Tensor.of(b2[0]));
            Map<String, Tensor> derived = executable.call(state, Map.of("x", matrix(x), "y", Tensor.of(labels)));
            for (Map.Entry<String, double[][]> hand : byHand.entrySet()) {
                double difference = difference(hand.getValue(), derived.get(hand.getKey()).toDoubles());
                out.printf("gradient of %s: worst difference between hand and graph %.1e%n", hand.getKey(), difference);
                worst = Math.max(worst, difference);
            }
        }
        return worst;
    }

    private static Map<String, double[][]> byHand(double[][] x, int[] labels, double[][] w1, double[] b1, double[][] w2, double[] b2) {
        double[][] u = affine(x, w1, b1);
        double[][] h = new double[N][HIDDEN];
        for (int n = 0; n < N; n++) {
            for (int j = 0; j < HIDDEN; j++) {
                h[n][j] = Math.max(0, u[n][j]);
            }
        }
        double[][] s = affine(h, w2, b2);
        double[][] ds = new double[N][OUT];
        for (int n = 0; n < N; n++) {
            double sum = 0;
            for (int k = 0; k < OUT; k++) {
                sum += Math.exp(s[n][k]);
            }
            for (int k = 0; k < OUT; k++) {
                ds[n][k] = (Math.exp(s[n][k]) / sum - (k == labels[n] ? 1 : 0)) / N;
            }
        }
        double[][] du = new double[N][HIDDEN];
        for (int n = 0; n < N; n++) {
            for (int j = 0; j < HIDDEN; j++) {
                for (int k = 0; k < OUT && u[n][j] > 0; k++) {
                    du[n][j] += ds[n][k] * w2[k][j];
                }
            }
        }
        Map<String, double[][]> gradients = new LinkedHashMap<>();
        gradients.put("w1", outer(du, x));
        gradients.put("b1", outer(du, ones()));
        gradients.put("w2", outer(ds, h));
        gradients.put("b2", outer(ds, ones()));
        return gradients;
    }

    private static double[][] ones() {
        double[][] ones = new double[N][1];
        for (double[] row : ones) {
            row[0] = 1;
        }
        return ones;
    }

    /** {@code X Wᵀ + b}. */
    private static double[][] affine(double[][] x, double[][] w, double[] b) {
        double[][] y = new double[x.length][w.length];
        for (int n = 0; n < x.length; n++) {
            for (int k = 0; k < w.length; k++) {
                y[n][k] = b[k];
                for (int d = 0; d < x[n].length; d++) {
                    y[n][k] += w[k][d] * x[n][d];
                }
            }
        }
        return y;
    }

    /** {@code Aᵀ B}. */
    private static double[][] outer(double[][] a, double[][] b) {
        double[][] product = new double[a[0].length][b[0].length];
        for (int i = 0; i < product.length; i++) {
            for (int j = 0; j < product[i].length; j++) {
                for (int n = 0; n < a.length; n++) {
                    product[i][j] += a[n][i] * b[n][j];
                }
            }
        }
        return product;
    }

    private static double[][] draw(Philox.Stream random, int rows, int columns) {
        double[][] values = new double[rows][columns];
        for (double[] row : values) {
            for (int j = 0; j < columns; j++) {
                row[j] = random.nextNormal();
            }
        }
        return values;
    }

    private static Tensor matrix(double[][] rows) {
        Tensor tensor = Tensor.zeros(DType.FLOAT64, Shape.of(rows.length, rows[0].length));
        for (int i = 0; i < rows.length; i++) {
            for (int j = 0; j < rows[i].length; j++) {
                tensor.set(rows[i][j], i, j);
            }
        }
        return tensor;
    }

    private static double difference(double[][] rows, double[] flat) {
        double worst = 0;
        int i = 0;
        for (double[] row : rows) {
            for (double value : row) {
                worst = Math.max(worst, Math.abs(value - flat[i++]));
            }
        }
        return worst;
    }
}

package dev.lamina.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.graph.Convolution;
import dev.lamina.graph.Gradients;
import dev.lamina.graph.Graph;
import dev.lamina.graph.Reduction;
import dev.lamina.graph.Value;
import dev.lamina.graph.Window;
import dev.lamina.tensor.DType;
import java.util.List;
import java.util.Map;

/** A convolution against the matrix that it is, built here from the definition: forward, both gradients, and the adjoint identity. */
record ToeplitzCheck(int n, long c, int h, int w, long k, Window window, long groups, int salt) {
    private static final Backend BACKEND = Backends.open("reference");
    private static final double TOLERANCE = 1e-12;

    private int outH() {
        return (int) ((h + window.h().padBegin() + window.h().padEnd() - window.h().span()) / window.h().stride() + 1);
    }

    private int outW() {
        return (int) ((w + window.w().padBegin() + window.w().padEnd() - window.w().span()) / window.w().stride() + 1);
    }

    private interface Tap {
        void at(int row, int column, int weight);
    }

    /** Visits every product of one image: output element, input element, weight. */
    private void taps(Tap tap) {
        int cg = (int) (c / groups);
        int kg = (int) (k / groups);
        int kh = (int) window.h().kernel();
        int kw = (int) window.w().kernel();
        for (int f = 0; f < k; f++) {
            for (int p = 0; p < outH(); p++) {
                for (int q = 0; q < outW(); q++) {
                    for (int d = 0; d < cg; d++) {
                        for (int r = 0; r < kh; r++) {
                            for (int s = 0; s < kw; s++) {
                                int y = (int) (p * window.h().stride() - window.h().padBegin() + r * window.h().dilation());
                                int x = (int) (q * window.w().stride() - window.w().padBegin() + s * window.w().dilation());
                                if (y >= 0 && y < h && x >= 0 && x < w) {
                                    tap.at((f * outH() + p) * outW() + q, ((f / kg * cg + d) * h + y) * w + x,
                                            ((f * cg + d) * kh + r) * kw + s);
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /** The matrix, output elements by input elements of one image. */
    double[][] matrix(double[] weights) {
        double[][] matrix = new double[(int) k * outH() * outW()][(int) c * h * w];
        taps((row, column, weight) -> matrix[row][column] += weights[weight]);
        return matrix;
    }

    void run() {
        Eval eval = new Eval(DType.FLOAT64);
        int rows = (int) k * outH() * outW();
        int columns = (int) c * h * w;
        long kh = window.h().kernel();
        long kw = window.w().kernel();
        double[] xs = Eval.noise(n * columns, salt);
        double[] ws = Eval.noise((int) (k * (c / groups) * kh * kw), salt + 10_000);
        double[] gs = Eval.noise(n * rows, salt + 20_000);
        Value x = eval.constant(xs, n, c, h, w);
        Value filter = eval.constant(ws, k, c / groups, kh, kw);
        Value bias = eval.constant(new double[(int) k], k);
        Value g = eval.constant(gs, n, k, outH(), outW());
        Value y = Convolution.conv2d(x, filter, bias, window, groups);
        List<Value> gradients = Gradients.of(Reduction.sum(y.times(g)), List.of(x, filter, bias));
        eval.graph.output("y", y).output("x", gradients.get(0)).output("w", gradients.get(1)).output("b", gradients.get(2))
                .output("t", Convolution.dataGradient(g, filter, window, groups, x.shape()));
        Graph graph = eval.graph.build();
        try (State state = BACKEND.createState(List.of()); Executable executable = BACKEND.compile(graph, CompileOptions.defaults())) {
            executable.run(state, Map.of());
            compare(rows, columns, xs, ws, gs, name -> executable.read(name).toDoubles());
        }
    }

    private void compare(int rows, int columns, double[] xs, double[] ws, double[] gs, java.util.function.Function<String, double[]> read) {
        double[][] matrix = matrix(ws);
        double[] y = new double[n * rows];
        double[] byX = new double[n * columns];
        double[] byW = new double[ws.length];
        double[] byB = new double[(int) k];
        for (int i = 0; i < n; i++) {
            int image = i;
            for (int row = 0; row < rows; row++) {
                for (int column = 0; column < columns; column++) {
                    y[i * rows + row] += matrix[row][column] * xs[i * columns + column];
                    byX[i * columns + column] += matrix[row][column] * gs[i * rows + row];
                }
                byB[row / (outH() * outW())] += gs[i * rows + row];
            }
            taps((row, column, weight) -> byW[weight] += gs[image * rows + row] * xs[image * columns + column]);
        }
        assertArrayEquals(y, read.apply("y"), TOLERANCE, this::toString);
        assertArrayEquals(byX, read.apply("x"), TOLERANCE, this::toString);
        assertArrayEquals(byW, read.apply("w"), TOLERANCE, this::toString);
        assertArrayEquals(byB, read.apply("b"), TOLERANCE, this::toString);
        assertEquals(dot(read.apply("y"), gs), dot(xs, read.apply("t")), TOLERANCE * Math.max(1, Math.sqrt(gs.length)), this::toString);
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}

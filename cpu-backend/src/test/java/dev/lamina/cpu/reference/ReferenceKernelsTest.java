package dev.lamina.cpu.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.Backend;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.DeviceOptions;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.graph.Convolution;
import dev.lamina.graph.Gradients;
import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.Loss;
import dev.lamina.graph.MatMul;
import dev.lamina.graph.Node;
import dev.lamina.graph.Normalization;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Pooling;
import dev.lamina.graph.Random;
import dev.lamina.graph.Reduction;
import dev.lamina.graph.Rounding;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.Softmax;
import dev.lamina.graph.Source;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Update;
import dev.lamina.graph.Value;
import dev.lamina.graph.Window;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Philox;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Numbers worked by hand and those of the specification. */
class ReferenceKernelsTest {
    private final GraphBuilder g = new GraphBuilder();

    private Value constant(double[] values, long... dims) {
        return Source.constant(g, Tensor.of(values, dims));
    }

    private static double[] ramp(int n) {
        return IntStream.rangeClosed(1, n).asDoubleStream().toArray();
    }

    private List<Tensor> evaluate(Value... values) {
        return evaluate(2, values);
    }

    private List<Tensor> evaluate(int threads, Value... values) {
        for (int i = 0; i < values.length; i++) {
            g.output("o" + i + "/" + threads, values[i]);
        }
        Graph graph = g.build();
        try (Backend backend = new ReferenceBackend(new DeviceOptions(0, threads));
                State state = backend.createState(graph.variables());
                Executable executable = backend.compile(graph, CompileOptions.defaults())) {
            executable.run(state, Map.of());
            List<Tensor> results = new ArrayList<>();
            for (int i = 0; i < values.length; i++) {
                results.add(executable.read("o" + i + "/" + threads));
            }
            return results;
        }
    }

    private void expect(double tolerance, Value value, double... expected) {
        assertArrayEquals(expected, evaluate(value).getFirst().toDoubles(), tolerance);
    }

    @Test
    void convolutionOfSection7() {
        Value x = constant(ramp(16), 1, 1, 4, 4);
        Value w = constant(ramp(4), 1, 1, 2, 2);
        List<Tensor> y = evaluate(Convolution.conv2d(x, w, Window.of(2), 1), Convolution.trueConv2d(x, w, Window.of(2), 1));
        assertArrayEquals(new double[] {44, 54, 64, 84, 94, 104, 124, 134, 144}, y.get(0).toDoubles());
        assertArrayEquals(new double[] {26, 36, 46, 66, 76, 86, 106, 116, 126}, y.get(1).toDoubles());
    }

    @Test
    void convolutionsAgreeWithTheDefinition() {
        Window window = Window.of(3, 2).stride(2, 1).padding(1, 0, 2, 1).dilation(1, 2);
        Value x = Random.normal(g, TensorType.of(DType.FLOAT64, 3, 4, 7, 6), 0, 1);
        Value w = Random.normal(g, TensorType.of(DType.FLOAT64, 6, 2, 3, 2), 0, 1);
        Value b = Random.normal(g, TensorType.of(DType.FLOAT64, 6), 0, 1);
        Value y = Convolution.conv2d(x, w, b, window, 2);
        Value up = Random.normal(g, y.type(), 0, 1);
        Value dx = Convolution.dataGradient(up, w, window, 2, x.shape());
        Value dw = Convolution.filterGradient(x, up, window, 2, w.shape());
        List<Tensor> t = evaluate(x, w, b, y, up, dx, dw);
        Tensor expectedY = Tensor.zeros(DType.FLOAT64, y.shape());
        Tensor expectedDx = Tensor.zeros(DType.FLOAT64, x.shape());
        Tensor expectedDw = Tensor.zeros(DType.FLOAT64, w.shape());
        for (int n = 0; n < 3; n++) {
            for (int k = 0; k < 6; k++) {
                for (int p = 0; p < y.shape().dim(2); p++) {
                    for (int q = 0; q < y.shape().dim(3); q++) {
                        double sum = t.get(2).get(k);
                        double u = t.get(4).get(n, k, p, q);
                        for (int c = 0; c < 2; c++) {
                            for (int r = 0; r < 3; r++) {
                                for (int s = 0; s < 2; s++) {
                                    int h = 2 * p - 1 + r;
                                    int v = q + 2 * s;
                                    int channel = k / 3 * 2 + c;
                                    if (h >= 0 && h < 7 && v < 6) {
                                        double xv = t.get(0).get(n, channel, h, v);
                                        double wv = t.get(1).get(k, c, r, s);
                                        sum += xv * wv;
                                        expectedDx.set(expectedDx.get(n, channel, h, v) + u * wv, n, channel, h, v);
                                        expectedDw.set(expectedDw.get(k, c, r, s) + u * xv, k, c, r, s);
                                    }
                                }
                            }
                        }
                        expectedY.set(sum, n, k, p, q);
                    }
                }
            }
        }
        assertArrayEquals(expectedY.toDoubles(), t.get(3).toDoubles(), 1e-12);
        assertArrayEquals(expectedDx.toDoubles(), t.get(5).toDoubles(), 1e-12);
        assertArrayEquals(expectedDw.toDoubles(), t.get(6).toDoubles(), 1e-12);
        List<Tensor> one = evaluate(1, y, dx, dw);
        assertArrayEquals(t.get(3).toDoubles(), one.get(0).toDoubles());
        assertArrayEquals(t.get(5).toDoubles(), one.get(1).toDoubles());
        assertArrayEquals(t.get(6).toDoubles(), one.get(2).toDoubles());
    }

    @Test
    void matmulInAllLayouts() {
        Value a = constant(ramp(6), 2, 3);
        Value b = constant(ramp(12), 3, 4);
        double[] expected = {38, 44, 50, 56, 83, 98, 113, 128};
        Value ta = Shaping.transpose(a, 1, 0);
        Value tb = Shaping.transpose(b, 1, 0);
        for (Tensor y : evaluate(MatMul.matmul(a, b), MatMul.matmul(ta, b, true, false), MatMul.matmul(a, tb, false, true),
                MatMul.matmul(ta, tb, true, true))) {
            assertArrayEquals(expected, y.toDoubles());
        }
    }

    @Test
    void poolingOfSection8() {
        Value x = constant(new double[] {1, 1, 2, 4, 5, 6, 7, 8, 3, 2, 1, 0, 1, 2, 3, 4}, 1, 1, 4, 4);
        Window window = Window.of(2).stride(2);
        Node max = Pooling.maxPoolWithIndices(x, window);
        Value up = constant(new double[] {.1, .2, .3, .4}, 1, 1, 2, 2);
        Value back = g.add(new Pooling.MaxPoolGradient(4, 4), up, max.output(1));
        List<Tensor> t = evaluate(max.output(0), max.output(1), Pooling.maxUnpool(max.output(0), max.output(1), 4, 4), back,
                Pooling.avgPool(x, window), Pooling.adaptiveAvgPool(x, 1, 3));
        assertArrayEquals(new double[] {6, 8, 3, 4}, t.get(0).toDoubles());
        assertArrayEquals(new long[] {5, 7, 8, 15}, t.get(1).toLongs());
        assertArrayEquals(new double[] {0, 0, 0, 0, 0, 6, 0, 8, 3, 0, 0, 0, 0, 0, 0, 4}, t.get(2).toDoubles());
        assertArrayEquals(new double[] {0, 0, 0, 0, 0, .1, 0, .2, .3, 0, 0, 0, 0, 0, 0, .4}, t.get(3).toDoubles());
        assertArrayEquals(new double[] {3.25, 5.25, 2, 2}, t.get(4).toDoubles());
        assertArrayEquals(new double[] {21 / 8.0, 24 / 8.0, 29 / 8.0}, t.get(5).toDoubles(), 1e-15);
    }

    @Test
    void poolingAtPaddingTiesAndNaN() {
        Value x = constant(new double[] {-1, -1, Double.NaN, 9}, 1, 1, 1, 4);
        Node max = Pooling.maxPoolWithIndices(x, Window.of(1, 2).stride(1, 2).padding(0, 1));
        Window ceil = Window.of(1, 3).stride(1, 2).padding(0, 1).rounding(Rounding.CEIL);
        Value ones = constant(new double[] {1, 1, 1, 1}, 1, 1, 1, 4);
        List<Tensor> t = evaluate(max.output(0), max.output(1), Pooling.avgPool(ones, ceil), Pooling.avgPoolExcludingPad(ones, ceil));
        assertArrayEquals(new double[] {-1, Double.NaN, 9}, t.get(0).toDoubles());
        assertArrayEquals(new long[] {0, 2, 3}, t.get(1).toLongs());
        assertArrayEquals(new double[] {2 / 3.0, 1, 0.5}, t.get(2).toDoubles(), 1e-15);
        assertArrayEquals(new double[] {1, 1, 1}, t.get(3).toDoubles());
    }

    @Test
    void lrnOfSection9() {
        Value x = constant(ramp(6), 1, 6, 1, 1);
        List<Tensor> t = evaluate(Normalization.lrn(x, new Normalization.Lrn(5, 1e-4, 0.75, 2, false)),
                Normalization.lrn(x, new Normalization.Lrn(5, 0.1, 0.75, 2, false)),
                Normalization.lrn(x, new Normalization.Lrn(5, 0.5, 0.75, 2, true)));
        assertArrayEquals(new double[] {0.594292, 1.187871, 1.780140, 2.370419, 2.963466, 3.557354}, t.get(0).toDoubles(), 5e-7);
        double[] strong = {0.399384, 0.598140, 0.661950, 0.662240, 0.851120, 1.091622};
        assertArrayEquals(strong, t.get(1).toDoubles(), 5e-7);
        assertArrayEquals(strong, t.get(2).toDoubles(), 5e-7);
    }

    @Test
    void gradientsOfNormalisationsByDifferences() {
        for (int size : new int[] {1, 3, 4, 5}) {
            Normalization.Lrn lrn = new Normalization.Lrn(size, 0.3, 0.75, 1, false);
            checkGradient(x -> Normalization.lrn(x, lrn), Shape.of(1, 6, 1, 2));
        }
        checkGradient(x -> Normalization.batchNormTraining(x, Source.fill(x.graph(), TensorType.of(DType.FLOAT64, 2), 1.5),
                Source.fill(x.graph(), TensorType.of(DType.FLOAT64, 2), 0.5), 1e-5).output(0), Shape.of(4, 2, 1, 3));
        checkGradient(x -> Pooling.avgPool(x, Window.of(3).stride(2).padding(1)), Shape.of(1, 1, 5, 5));
        checkGradient(x -> Pooling.adaptiveAvgPool(x, 2, 3), Shape.of(1, 1, 5, 5));
    }

    private static void checkGradient(java.util.function.UnaryOperator<Value> f, Shape shape) {
        GraphBuilder b = new GraphBuilder();
        Value x = b.input("x", new TensorType(DType.FLOAT64, shape));
        Value y = f.apply(x);
        double[] weights = new double[(int) y.shape().elements()];
        Arrays.setAll(weights, i -> Math.sin(1 + 3 * i));
        Value loss = Reduction.sum(y.times(Source.constant(b, Tensor.of(weights, y.shape().toArray()))));
        b.output("loss", loss).output("g", Gradients.of(loss, List.of(x)).getFirst());
        double[] at = new double[(int) shape.elements()];
        Arrays.setAll(at, i -> Math.cos(2.0 * i));
        try (Backend backend = new ReferenceBackend(new DeviceOptions(0, 1)); State state = backend.createState(List.of());
                Executable executable = backend.compile(b.build(), CompileOptions.defaults())) {
            double[] g = executable.call(state, Map.of("x", Tensor.of(at, shape.toArray()))).get("g").toDoubles();
            for (int i = 0; i < at.length; i++) {
                double[] up = at.clone();
                up[i] += 1e-5;
                double[] down = at.clone();
                down[i] -= 1e-5;
                double high = executable.call(state, Map.of("x", Tensor.of(up, shape.toArray()))).get("loss").item();
                double low = executable.call(state, Map.of("x", Tensor.of(down, shape.toArray()))).get("loss").item();
                assertEquals((high - low) / 2e-5, g[i], 1e-8);
            }
        }
    }

    @Test
    void batchNormOfSection13() {
        Node node = Normalization.batchNormTraining(constant(ramp(4), 4, 1), constant(new double[] {1}), constant(new double[] {0}), 1e-5);
        List<Tensor> t = evaluate(node.output(0), node.output(1), node.output(2));
        assertArrayEquals(new double[] {-1.341635, -0.447212, 0.447212, 1.341635}, t.get(0).toDoubles(), 5e-7);
        assertEquals(2.5, t.get(1).item());
        assertEquals(1.25, t.get(2).item());
    }

    private static double[] train(double[] gradients, boolean adam, boolean nesterov) {
        GraphBuilder b = new GraphBuilder();
        TensorType scalar = TensorType.of(DType.FLOAT64);
        Value w = b.variable("w", scalar, true);
        Value gradient = b.input("g", scalar);
        Value rate = Source.scalar(b, DType.FLOAT64, 0.1);
        Value m = b.variable("m", scalar, false);
        Node node = adam
                ? Update.node(new Update.Adam(0.9, 0.999, 1e-8, 0, false), w, gradient, rate, m, b.variable("v", scalar, false),
                        b.input("t", TensorType.of(DType.INT64)))
                : Update.node(new Update.Sgd(0.9, nesterov, 0.1, Update.MomentumForm.RATE_OUTSIDE), w, gradient, rate, m);
        b.output("w", node.output(0));
        Graph graph = b.build();
        double[] path = new double[gradients.length];
        try (Backend backend = new ReferenceBackend(new DeviceOptions(0, 1)); State state = backend.createState(graph.variables());
                Executable executable = backend.compile(graph, CompileOptions.defaults())) {
            state.set("w", Tensor.scalar(DType.FLOAT64, 1));
            for (int i = 0; i < path.length; i++) {
                Tensor now = Tensor.scalar(DType.FLOAT64, gradients[i]);
                path[i] = executable.call(state, adam ? Map.of("g", now, "t", Tensor.scalar(DType.INT64, i + 1)) : Map.of("g", now))
                        .get("w").item();
                assertEquals(path[i], state.get("w").item());
            }
        }
        return path;
    }

    @Test
    void optimizersOfSection13() {
        double[] gradients = {1, .5};
        assertArrayEquals(new double[] {0.89, 0.7321}, train(gradients, false, false), 1e-12);
        assertArrayEquals(new double[] {0.791, 0.591871}, train(gradients, false, true), 1e-12);
        assertArrayEquals(new double[] {0.9000000010, 0.8067820383}, train(gradients, true, false), 1e-10);
    }

    @Test
    void crossEntropyOfSections1And13() {
        Value z = constant(new double[] {3, 1, -2}, 1, 3);
        Value y0 = Source.constant(g, Tensor.of(new int[] {0}));
        Value y1 = Source.constant(g, Tensor.of(new int[] {1}));
        Value loud = constant(new double[] {1000, 0, -1000}, 1, 3);
        Value one = Source.scalarLike(z, 1);
        Loss.Options plain = Loss.Options.defaults();
        Loss.Options smooth = plain.smoothing(0.1);
        List<Tensor> t = evaluate(Loss.crossEntropy(z, y0, plain), Softmax.softmax(z, 1), Loss.crossEntropy(loud, y1, plain),
                g.add(new Loss.CrossEntropyGradient(plain), one, loud, y1),
                Loss.crossEntropy(Source.fill(g, TensorType.of(DType.FLOAT64, 1, 10), 7), y0, plain),
                Loss.crossEntropy(z, y0, smooth), g.add(new Loss.CrossEntropyGradient(smooth), one, z, y0));
        assertEquals(0.13284523372757562, t.get(0).item(), 1e-15);
        assertArrayEquals(new double[] {0.87560060, 0.11849965, 0.00589975}, t.get(1).toDoubles(), 5e-9);
        assertEquals(1000, t.get(2).item());
        assertArrayEquals(new double[] {1, -1, 0}, t.get(3).toDoubles());
        assertEquals(2.302585092994046, t.get(4).item(), 1e-15);
        assertEquals(0.3661785671, t.get(5).item(), 1e-10);
        assertArrayEquals(new double[] {-0.0577327, 0.0851663, -0.0274336}, t.get(6).toDoubles(), 5e-8);
    }

    @Test
    void crossEntropyWeightsIgnoresAndRefusesLabels() {
        Value z = constant(new double[] {3, 1, -2, 0, 0, 0, 9, 9, 9}, 3, 3);
        Value weights = constant(new double[] {1, 2, 3});
        Value labels = Source.constant(g, Tensor.of(new int[] {0, 2, -100}));
        Value none = Source.constant(g, Tensor.of(new int[] {-100, -100, -100}));
        Loss.Options plain = Loss.Options.defaults();
        Value one = Source.scalarLike(z, 1);
        List<Tensor> t = evaluate(Loss.crossEntropy(z, labels, weights, plain), Loss.crossEntropy(z, none, plain),
                g.add(new Loss.CrossEntropyGradient(plain), one, z, none));
        assertEquals((0.13284523372757562 + 3 * Math.log(3)) / 4, t.get(0).item(), 1e-14);
        assertTrue(Double.isNaN(t.get(1).item()));
        assertArrayEquals(new double[9], t.get(2).toDoubles());

        int[] bad = new int[18];
        bad[17] = 10;
        Value logits = Source.fill(g, TensorType.of(DType.FLOAT32, 18, 10), 0);
        Value wrong = Source.constant(g, Tensor.of(bad));
        g.name("loss");
        Value loss = Loss.crossEntropy(logits, wrong, plain);
        assertEquals("crossEntropy \"loss\": label 10 at index 17, classes are 0..9. Are labels 1-based?",
                assertThrows(IllegalArgumentException.class, () -> evaluate(3, loss)).getMessage());
    }

    @Test
    void pointwiseEdges() {
        double nan = Double.NaN;
        Value x = constant(new double[] {-1000, -1, -0.5, 0.5, 1.5, 2.5, nan});
        expect(0, Pointwise.unary(Pointwise.UnaryFunction.ROUND, x), -1000, -1, -0.0, 0, 2, 2, nan);
        List<Tensor> t = evaluate(4, Pointwise.relu(x), Pointwise.binarize(x, Pointwise.StepGradient.BLOCK), Pointwise.sigmoid(x),
                Pointwise.softplus(x), Pointwise.unary(Pointwise.UnaryFunction.ERF, x), Pointwise.gelu(constant(new double[] {-6, 2})));
        assertArrayEquals(new double[] {0, 0, 0, 0.5, 1.5, 2.5, nan}, t.get(0).toDoubles());
        assertArrayEquals(new double[] {0, 0, 0, 1, 1, 1, 0}, t.get(1).toDoubles());
        assertArrayEquals(new double[] {0, 0.2689414213699951, 0.3775406687981454}, Arrays.copyOf(t.get(2).toDoubles(), 3), 1e-16);
        assertArrayEquals(new double[] {0, 0.31326168751822286}, Arrays.copyOf(t.get(3).toDoubles(), 2), 1e-16);
        assertArrayEquals(new double[] {-1, -0.8427007929497149, -0.5204998778130465, 0.5204998778130465, 0.9661051464753108,
            0.999593047982555, nan}, t.get(4).toDoubles(), 2e-16);
        assertArrayEquals(new double[] {-5.919525870492e-09, 1.9544997361036416}, t.get(5).toDoubles(), 1e-15);
    }

    @Test
    void broadcastingAndExactIntegers() {
        Value a = Source.constant(g, Tensor.of(new long[] {Long.MAX_VALUE, 1L << 60, 7}, 3, 1));
        Value b = Source.constant(g, Tensor.of(new long[] {1, -1}));
        Value sum = a.plus(b);
        Value max = Reduction.max(sum);
        List<Tensor> t = evaluate(sum, max, Reduction.sum(sum, 0));
        assertArrayEquals(new long[] {Long.MIN_VALUE, Long.MAX_VALUE - 1, (1L << 60) + 1, (1L << 60) - 1, 8, 6}, t.get(0).toLongs());
        assertEquals(Long.MAX_VALUE - 1, t.get(1).getLong());
        assertArrayEquals(new long[] {Long.MIN_VALUE + (1L << 60) + 9, Long.MAX_VALUE - 1 + (1L << 60) - 1 + 6}, t.get(2).toLongs());
    }

    @Test
    void reductionsAndArgMax() {
        Value x = constant(new double[] {1, 5, 5, Double.NaN, 9, 2}, 2, 3);
        List<Tensor> t = evaluate(Reduction.argMax(x, 1), Reduction.max(x, 0), Reduction.mean(x, 1), Reduction.min(x, 1));
        assertArrayEquals(new long[] {1, 0}, t.get(0).toLongs());
        assertArrayEquals(new double[] {Double.NaN, 9, 5}, t.get(1).toDoubles());
        assertArrayEquals(new double[] {11 / 3.0, Double.NaN}, t.get(2).toDoubles());
        assertArrayEquals(new double[] {1, Double.NaN}, t.get(3).toDoubles());
    }

    @Test
    void shaping() {
        Value x = constant(ramp(6), 2, 3);
        Value indices = Source.constant(g, Tensor.of(new int[] {2, -3, 2}));
        List<Tensor> t = evaluate(Shaping.transpose(x, 1, 0), Shaping.reverse(x, 1), Shaping.pad(x, List.of(0L, 1L), List.of(1L, 0L), 9),
                Shaping.concat(1, x, x), Shaping.slice(x, List.of(0L, 0L), List.of(2L, 3L), List.of(1L, 2L)), Shaping.gather(x, indices, 1),
                g.add(new Shaping.GatherGradient(1, Shape.of(2, 3)), x, indices),
                g.add(new Shaping.Pad(List.of(0L, 0L), List.of(0L, 0L), List.of(0L, 1L), 0), x),
                Shaping.concat(0, x, constant(new double[0], 0, 3)));
        assertArrayEquals(new double[] {1, 4, 2, 5, 3, 6}, t.get(0).toDoubles());
        assertArrayEquals(new double[] {3, 2, 1, 6, 5, 4}, t.get(1).toDoubles());
        assertArrayEquals(new double[] {9, 1, 2, 3, 9, 4, 5, 6, 9, 9, 9, 9}, t.get(2).toDoubles());
        assertArrayEquals(new double[] {1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6}, t.get(3).toDoubles());
        assertArrayEquals(new double[] {1, 3, 4, 6}, t.get(4).toDoubles());
        assertArrayEquals(new double[] {3, 1, 3, 6, 4, 6}, t.get(5).toDoubles());
        assertArrayEquals(new double[] {2, 0, 4, 5, 0, 10}, t.get(6).toDoubles());
        assertArrayEquals(new double[] {1, 0, 2, 0, 3, 4, 0, 5, 0, 6}, t.get(7).toDoubles());
        assertArrayEquals(ramp(6), t.get(8).toDoubles());
        Value outside = Shaping.gather(x, Source.constant(g, Tensor.of(new int[] {3})), 1);
        assertEquals(outside.node() + ": index 3 at position 0 is outside an axis of extent 3.",
                assertThrows(IllegalArgumentException.class, () -> evaluate(5, outside)).getMessage());
    }

    @Test
    void emptyTensors() {
        TensorType type = TensorType.of(DType.FLOAT32, 0, 2, 4, 4);
        Value x = Source.fill(g, type, 0);
        Value w = Source.fill(g, TensorType.of(DType.FLOAT32, 3, 2, 3, 3), 1);
        Value y = Convolution.conv2d(x, w, Window.of(3), 1);
        List<Tensor> t = evaluate(y, Convolution.filterGradient(x, y, Window.of(3), 1, w.shape()), Pooling.maxPool(x, Window.of(2)),
                Reduction.sum(x), Reduction.mean(x), Softmax.softmax(x, 1), Pointwise.relu(x),
                MatMul.matmul(Source.fill(g, TensorType.of(DType.FLOAT32, 2, 0), 1),
                        Source.fill(g, TensorType.of(DType.FLOAT32, 0, 2), 1)));
        assertArrayEquals(new double[54], t.get(1).toDoubles());
        assertEquals(0, t.get(3).item());
        assertTrue(Double.isNaN(t.get(4).item()));
        assertArrayEquals(new double[4], t.get(7).toDoubles());
    }

    @Test
    void randomNumbersFollowPhilox() {
        Value u = Random.uniform(g, TensorType.of(DType.FLOAT32, 7), -1, 1);
        Value n = Random.normal(g, TensorType.of(DType.FLOAT64, 6), 1, 2);
        Value d = Random.dropout(Source.fill(g, TensorType.of(DType.FLOAT64, 9), 3), 0.25);
        List<Tensor> t = evaluate(u, n, d);
        Philox.Stream words = new Philox.Stream(0, 0, 0);
        for (int i = 0; i < 7; i++) {
            assertEquals((float) (-1 + 2 * words.nextUniform()), t.get(0).get(i));
        }
        int[] w = new int[4];
        Philox.block(0, 0, 1, 0, w);
        assertEquals(1 + 2 * Philox.normal(w[2], w[3], true), t.get(1).get(3));
        Philox.block(0, 0, 1, 1, w);
        assertEquals(1 + 2 * Philox.normal(w[0], w[1], false), t.get(1).get(4));
        words = new Philox.Stream(0, 0, 2);
        for (int i = 0; i < 9; i++) {
            assertEquals(words.nextUniform() >= 0.25 ? 4 : 0, t.get(2).get(i));
        }
    }
}

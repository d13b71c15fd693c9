package dev.lamina.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.CompileOptions.Precision;
import dev.lamina.backend.CompileReport.Lowered;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.backend.Tolerance;
import dev.lamina.graph.Convolution;
import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.MatMul;
import dev.lamina.graph.Normalization;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Pooling;
import dev.lamina.graph.Rounding;
import dev.lamina.graph.Softmax;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.graph.Window;
import dev.lamina.parity.Parity;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Elements;
import dev.lamina.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Which of cuDNN's, cuBLAS's and our implementations computes what, and that each gives what the reference does. */
class DnnLoweringTest {
    private static final CompileOptions STRICT = CompileOptions.defaults();
    private static final CompileOptions TF32 = STRICT.withPrecision(Precision.TF32);
    private static final CompileOptions BFLOAT16 = STRICT.withPrecision(Precision.BFLOAT16);

    private static CudaBackend guessing;
    private static CudaBackend measuring;
    private static Backend reference;

    @BeforeAll
    static void open() {
        guessing = Tested.open();
        measuring = Tested.open(Settings.defaults());
        reference = Backends.open("reference");
    }

    @AfterAll
    static void close() {
        for (Backend backend : new Backend[] {guessing, measuring, reference}) {
            if (backend != null) {
                backend.close();
            }
        }
    }

    /** A graph of one image input, [2, 4, 9, 8], and a filter of so many taps. */
    private static Graph graph(int taps, BiFunction<Value, Value, Value> body) {
        return graph(DType.FLOAT32, taps, body);
    }

    private static Graph graph(DType type, int taps, BiFunction<Value, Value, Value> body) {
        GraphBuilder g = new GraphBuilder();
        Value x = g.input("x", TensorType.of(type, 2, 4, 9, 8));
        Value w = g.input("w", TensorType.of(type, 4, 4, taps, taps));
        g.output("y", body.apply(x, w));
        return g.build();
    }

    private static Map<String, Tensor> inputs(Graph graph) {
        Map<String, Tensor> inputs = new HashMap<>();
        Random random = new Random(5);
        graph.inputs().forEach(value -> {
            Tensor tensor = Tensor.zeros(value.dtype(), value.shape());
            for (long i = 0; i < value.shape().elements(); i++) {
                Elements.set(tensor.memory(), value.dtype(), i, random.nextInt(-3, 4));
            }
            inputs.put(value.name(), tensor);
        });
        return inputs;
    }

    /** Compiles, compares with the reference, and gives what computed the nodes; numbers are small and whole, so that little is rounded. */
    private static List<Lowered> checked(Backend backend, Graph graph, CompileOptions options) {
        try (State state = backend.createState(List.of()); Executable executable = backend.compile(graph, options);
                State plain = reference.createState(List.of()); Executable exact = reference.compile(graph, CompileOptions.defaults())) {
            Map<String, Tensor> inputs = inputs(graph);
            List<String> failures = new ArrayList<>();
            double epsilon = options.precision() == Precision.BFLOAT16 ? DType.BFLOAT16.epsilon() : 0;
            Parity.compare(exact.call(plain, inputs), executable.call(state, inputs),
                    type -> Tolerance.of(type, 100).withOperands(epsilon), options.precision().toString(), failures);
            assertTrue(failures.isEmpty(), () -> String.join("\n", failures));
            return executable.report().lowered();
        }
    }

    private static List<String> implementations(List<Lowered> lowered) {
        return lowered.stream().map(Lowered::implementation).toList();
    }

    private static Lowered only(List<Lowered> lowered, String part) {
        List<Lowered> found = lowered.stream().filter(l -> l.implementation().contains(part)).toList();
        assertEquals(1, found.size(), () -> part + " in " + lowered);
        return found.getFirst();
    }

    private static UnaryOperator<Value> conv(Value filter, Window window) {
        return x -> Convolution.conv2d(x, filter, window, 1);
    }

    @Test
    void strictConvolutionsStayRowMajor() {
        Lowered conv = only(checked(guessing, graph(3, (x, w) -> conv(w, Window.of(3).padding(1)).apply(x)), STRICT), "cuDNN forward");
        assertTrue(conv.implementation().contains("NCHW FLOAT32"), conv.toString());
        assertEquals("", conv.note());
    }

    @Test
    void tensorCoresGetChannelsLast() {
        Graph graph = graph(3, (x, w) -> conv(w, Window.of(3).padding(1)).apply(x));
        assertTrue(only(checked(guessing, graph, TF32), "cuDNN forward").implementation().contains("NHWC TF32"));
        assertTrue(only(checked(guessing, graph, BFLOAT16), "cuDNN forward").implementation().contains("NHWC BFLOAT16"));
    }

    @Test
    void float64IsRowMajorAlsoBesideTensorCores() {
        Graph graph = graph(DType.FLOAT64, 3, (x, w) -> conv(w, Window.of(3).padding(1)).apply(x));
        assertTrue(only(checked(guessing, graph, TF32), "cuDNN forward").implementation().contains("NCHW FLOAT64"));
    }

    @Test
    void biasAndRectifierAreOneCall() {
        GraphBuilder g = new GraphBuilder();
        Value x = g.input("x", TensorType.of(DType.FLOAT32, 2, 4, 9, 8));
        Value w = g.input("w", TensorType.of(DType.FLOAT32, 4, 4, 3, 3));
        Value b = g.input("b", TensorType.of(DType.FLOAT32, 4));
        Value z = g.input("z", TensorType.of(DType.FLOAT32, 2, 4, 9, 8));
        Window window = Window.of(3).padding(1);
        g.output("relu", Pointwise.relu(Convolution.conv2d(x, w, b, window, 1)));
        g.output("sum", Pointwise.relu(Convolution.conv2d(z, w, b, window, 1).plus(x)));
        g.output("bare", Pointwise.relu(Convolution.conv2d(x, w, window, 1).plus(z)));
        Graph graph = g.build();
        for (CompileOptions options : List.of(STRICT, TF32, BFLOAT16)) {
            for (Backend backend : List.of(guessing, measuring)) {
                List<Lowered> lowered = checked(backend, graph, options);
                assertEquals(2, only(lowered, "forward bias relu").nodes().size());
                assertEquals(3, only(lowered, "forward bias sum relu").nodes().size());
                assertEquals(3, only(lowered, "kernel epilogue").nodes().size(), "without a bias cuDNN adds nothing");
            }
        }
    }

    @Test
    void oneSidedPaddingIsMadeBeforehand() {
        Window window = Window.of(3).stride(2).same(9, 8);
        for (CompileOptions options : List.of(STRICT, TF32, BFLOAT16)) {
            List<String> made = implementations(checked(guessing, graph(3, (x, w) -> conv(w, window).apply(x)), options));
            int pad = made.indexOf("kernel shift_images");
            assertTrue(pad >= 0 && made.get(pad + 1).startsWith("cuDNN forward"), made.toString());
        }
    }

    @Test
    void gradientsGoThroughTheSamePadding() {
        Window window = Window.of(3).stride(2).padding(0, 1, 1, 0).rounding(Rounding.CEIL);
        for (Backend backend : List.of(guessing, measuring)) {
            for (CompileOptions options : List.of(STRICT, TF32, BFLOAT16)) {
                List<String> data = implementations(checked(backend, graph(3, (x, w) ->
                        Convolution.dataGradient(conv(w, window).apply(x), w, window, 1, x.shape())), options));
                assertEquals(2, data.stream().filter("kernel shift_images"::equals).count(), data.toString());
                List<String> filter = implementations(checked(backend, graph(3, (x, w) ->
                        Convolution.filterGradient(x, conv(w, window).apply(x), window, 1, w.shape())), options));
                assertEquals(2, filter.stream().filter("kernel shift_images"::equals).count(), filter.toString());
            }
        }
    }

    @Test
    void emptyChannelsAreForOurKernels() {
        GraphBuilder g = new GraphBuilder();
        Value x = g.input("x", TensorType.of(DType.FLOAT32, 2, 0, 5, 5));
        Value w = g.input("w", TensorType.of(DType.FLOAT32, 3, 0, 3, 3));
        Value b = g.input("b", TensorType.of(DType.FLOAT32, 3));
        g.output("y", Convolution.conv2d(x, w, b, Window.of(3), 1));
        Lowered direct = only(checked(guessing, g.build(), STRICT), "kernel convolution_forward");
        assertTrue(direct.note().contains("empty"), direct.note());
    }

    @Test
    void ourConvolutionsAgreeInEveryPass() {
        // So small a limit that cuDNN's algorithms are passed over where they need a workspace; dilation leaves few others.
        try (CudaBackend poor = Tested.open(new Settings(true, true, 0, true))) {
            Window window = Window.of(3).padding(2).dilation(2).stride(2);
            for (CompileOptions options : List.of(STRICT, TF32, BFLOAT16, STRICT.requiringDeterminism())) {
                checked(poor, graph(3, (x, w) -> conv(w, window).apply(x)), options);
                checked(poor, graph(3, (x, w) -> Convolution.dataGradient(conv(w, window).apply(x), w, window, 1, x.shape())), options);
                checked(poor, graph(3, (x, w) -> Convolution.filterGradient(x, conv(w, window).apply(x), window, 1, w.shape())), options);
            }
            List<Lowered> lowered = checked(poor, graph(3, (x, w) ->
                    Convolution.dataGradient(conv(w, window).apply(x), w, window, 1, x.shape())), STRICT.requiringDeterminism());
            assertTrue(only(lowered, "kernel convolution_data").note().contains("no deterministic algorithm"), lowered.toString());
        }
    }

    @Test
    void batchNormIsCudnnsInRowMajorOrderAndOursWithChannelsLast() {
        GraphBuilder g = new GraphBuilder();
        Value x = g.input("x", TensorType.of(DType.FLOAT32, 2, 4, 9, 8));
        Value w = g.input("w", TensorType.of(DType.FLOAT32, 4, 4, 1, 1));
        Value gamma = g.input("gamma", TensorType.of(DType.FLOAT32, 4));
        Value beta = g.input("beta", TensorType.of(DType.FLOAT32, 4));
        Value conv = Convolution.conv2d(x, w, Window.of(1), 1);
        Normalization.batchNormTraining(conv, gamma, beta, 1e-3).outputs().forEach(v -> g.output("y" + v.output(), v));
        Graph graph = g.build();
        only(checked(guessing, graph, STRICT), "cuDNN batch norm");
        List<Lowered> last = checked(guessing, graph, TF32);
        assertTrue(only(last, "kernel statistics_rows").note().contains("channels last"), last.toString());
        checked(guessing, graph, BFLOAT16);
    }

    @Test
    void sumAndRectifierGoAlongWithBatchNorm() {
        GraphBuilder g = new GraphBuilder();
        Value x = g.input("x", TensorType.of(DType.FLOAT32, 2, 4, 9, 8));
        Value gamma = g.input("gamma", TensorType.of(DType.FLOAT32, 4));
        Value beta = g.input("beta", TensorType.of(DType.FLOAT32, 4));
        g.output("y", Pointwise.relu(Normalization.batchNormTraining(x, gamma, beta, 1e-3).output(0).plus(x)));
        assertEquals(3, only(checked(guessing, g.build(), STRICT), "kernel normalise").nodes().size());
    }

    @Test
    void lrnIsCudnnsWhereItTakesTheParameters() {
        assertEquals("", lrn(new Normalization.Lrn(5, 1e-2, 0.75, 1, true), "cuDNN lrn").note());
        assertTrue(lrn(new Normalization.Lrn(17, 1e-2, 0.75, 1, true), "kernel lrn_forward").note().contains("1 to 16"));
        assertTrue(lrn(new Normalization.Lrn(4, 1e-2, 0.75, 1, true), "kernel lrn_forward").note().contains("even"));
        assertTrue(lrn(new Normalization.Lrn(3, 1e-2, 0, 1, false), "kernel lrn_forward").note().contains("beta"));
    }

    private static Lowered lrn(Normalization.Lrn op, String part) {
        return only(checked(guessing, graph(1, (x, w) -> Normalization.lrn(x, op)), STRICT), part);
    }

    @Test
    void averagePoolingIsCudnnsWhereItTakesTheWindow() {
        assertEquals("", pool(Window.of(3).stride(2).padding(1), "cuDNN average pooling").note());
        assertTrue(pool(Window.of(3).stride(2).dilation(2), "kernel average_pool").note().contains("no dilation"));
        assertTrue(pool(Window.of(2).stride(2).padding(0, 0, 1, 0), "kernel average_pool").note().contains("both ends"));
        assertTrue(pool(Window.of(2).stride(2).rounding(Rounding.CEIL), "kernel average_pool").note().contains("rounds down"));
    }

    private static Lowered pool(Window window, String part) {
        return only(checked(guessing, graph(1, (x, w) -> Pooling.avgPool(x, window)), STRICT), part);
    }

    @Test
    void productsGoToCublasWithAnEpilogueOfOurs() {
        GraphBuilder g = new GraphBuilder();
        Value x = g.input("x", TensorType.of(DType.FLOAT32, 3, 5));
        Value w = g.input("w", TensorType.of(DType.FLOAT32, 7, 5));
        Value b = g.input("b", TensorType.of(DType.FLOAT32, 7));
        g.output("y", Pointwise.relu(MatMul.linear(x, w, b)));
        Graph graph = g.build();
        only(checked(guessing, graph, STRICT), "cuBLAS GemmEx FLOAT32");
        only(checked(guessing, graph, TF32), "cuBLAS GemmEx TF32");
        List<Lowered> narrow = checked(guessing, graph, BFLOAT16);
        only(narrow, "cuBLAS GemmEx BFLOAT16");
        assertEquals(2, only(narrow, "kernel epilogue").nodes().size());
    }

    @Test
    void softmaxIsCudnns() {
        assertFalse(only(checked(guessing, graph(1, (x, w) -> Softmax.softmax(x, 1)), STRICT), "cuDNN softmax").nodes().isEmpty());
    }
}

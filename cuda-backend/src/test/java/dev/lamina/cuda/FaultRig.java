package dev.lamina.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.CompileOptions.Precision;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.graph.Convolution;
import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.MatMul;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Update;
import dev.lamina.graph.Value;
import dev.lamina.graph.Window;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/** A backend of its own on the emulator, and graphs with a little of everything: convolution, product, chain, update. */
final class FaultRig implements AutoCloseable {
    static final CompileOptions LAST = CompileOptions.defaults().withPrecision(Precision.TF32);

    final EmulatorControl control;
    final CudaBackend backend;

    FaultRig(Settings settings) {
        control = Emulator.control();
        control.reset();
        backend = Tested.open(settings);
    }

    static FaultRig open() {
        return new FaultRig(Settings.defaults().searching(false));
    }

    /** Two convolutions and a product on input x; with updates every variable grows by itself, {@code w += w}. */
    static Graph net(boolean updates) {
        GraphBuilder g = new GraphBuilder();
        Value x = g.input("x", TensorType.of(DType.FLOAT32, 2, 4, 6, 6));
        Value first = g.variable("first", TensorType.of(DType.FLOAT32, 4, 4, 3, 3), true);
        Value second = g.variable("second", TensorType.of(DType.FLOAT32, 4, 4, 3, 3), true);
        Value head = g.variable("head", TensorType.of(DType.FLOAT32, 16, 3), true);
        Value a = Pointwise.relu(Convolution.conv2d(x, first, Window.of(3), 1));
        Value b = Convolution.conv2d(a, second, Window.of(3), 1);
        g.output("y", MatMul.matmul(Shaping.flatten(b), head));
        g.output("b", b.times(3).plus(-1));
        if (updates) {
            for (Value w : new Value[] {first, second, head}) {
                Update.assign(w, w.plus(w));
            }
        }
        return g.build();
    }

    /** Small whole numbers, so that every way of computing gives the same bits. */
    static Tensor ramp(int seed, long... dims) {
        int n = Math.toIntExact(Shape.of(dims).elements());
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (i * 7 + seed) % 5 - 2;
        }
        return Tensor.of(values, n).reshape(dims);
    }

    static Map<String, Tensor> inputs() {
        return Map.of("x", ramp(1, 2, 4, 6, 6));
    }

    State state(Graph graph) {
        State state = backend.createState(graph.variables());
        state.variables().forEach((name, type) -> state.set(name, ramp(name.length(), type.shape().toArray())));
        return state;
    }

    static String text(Map<String, Tensor> tensors) {
        StringBuilder text = new StringBuilder();
        new LinkedHashMap<>(tensors).forEach((name, t) -> text.append(name).append(java.util.Arrays.toString(t.toDoubles())).append('\n'));
        return text.toString();
    }

    /** All outputs and variables of so many runs. */
    String results(CompileOptions options, int runs) {
        Graph graph = net(true);
        try (State state = state(graph); Executable executable = backend.compile(graph, options)) {
            return results(state, executable, runs);
        }
    }

    static String results(State state, Executable executable, int runs) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < runs; i++) {
            text.append(text(executable.call(state, inputs())));
        }
        Map<String, Tensor> variables = new LinkedHashMap<>();
        state.variables().keySet().forEach(name -> variables.put(name, state.get(name)));
        return text.append(text(variables)).toString();
    }

    /** What is alive but for the kernels, which stay. */
    String alive() {
        return control.alive().replaceAll("\\d+ (module|kernel|function)[^,]*,? ?", "").replaceAll(", $", "");
    }

    @Override
    public void close() {
        control.inject("none", 0, 1, 0);
        backend.close();
        assertEquals("", control.alive(), "after the backend was closed");
        assertEquals("", control.leaks());
        control.reset();
    }
}

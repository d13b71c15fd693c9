package dev.lamina.cpu.onednn;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lamina.backend.Availability;
import dev.lamina.backend.Backend;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.DeviceOptions;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.graph.Graph;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Philox;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.lang.foreign.ValueLayout;
import java.util.LinkedHashMap;
import java.util.Map;

/** The backend itself, drawn numbers and single runs, for tests of this package's own classes. */
final class OneDnn {
    private static final long SEED = 20_150_512;

    private OneDnn() { }

    /** Opens the backend; skips the test with the reason if it is not available here. */
    static OneDnnBackend open(int threads) {
        assumeAvailable();
        return new OneDnnBackend(new DeviceOptions(0, threads));
    }

    static void assumeAvailable() {
        Availability availability = new OneDnnProvider().probe();
        assumeTrue(availability.available(), () -> "backend \"cpu\" is not available: " + availability.detail());
    }

    /** Float32 numbers in (-1, 1) without pattern, others for each salt. */
    static Tensor draw(int salt, long... dims) {
        Philox.Stream random = new Philox.Stream(SEED, 0, salt);
        float[] values = new float[Math.toIntExact(Shape.of(dims).elements())];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (2 * random.nextUniform() - 1);
        }
        return Tensor.of(values, values.length).reshape(dims);
    }

    /** A number for every name, drawn by type; those of other types than float32 are small and positive. */
    static Map<String, Tensor> draw(Iterable<Value> sources) {
        Map<String, Tensor> drawn = new LinkedHashMap<>();
        for (Value value : sources) {
            Tensor tensor = draw(value.name().hashCode(), value.shape().toArray());
            boolean floating = value.dtype() == DType.FLOAT32;
            drawn.put(value.name(), floating ? tensor : Tensor.full(value.dtype(), value.shape(), 3));
        }
        return drawn;
    }

    /** The graph's outputs, and its variables afterwards as {@code state/name}, of the last of some runs on drawn numbers. */
    static Map<String, Tensor> run(Backend backend, Graph graph, CompileOptions options, int runs) {
        return run(backend, graph, options, draw(graph.inputs()), runs);
    }

    /** The same on given inputs. */
    static Map<String, Tensor> run(Backend backend, Graph graph, CompileOptions options, Map<String, Tensor> inputs, int runs) {
        try (State state = backend.createState(graph.variables()); Executable executable = backend.compile(graph, options)) {
            draw(graph.variables()).forEach(state::set);
            for (int i = 1; i < runs; i++) {
                executable.run(state, inputs);
            }
            Map<String, Tensor> results = new LinkedHashMap<>(executable.call(state, inputs));
            state.variables().keySet().forEach(name -> results.put("state/" + name, state.get(name)));
            return results;
        }
    }

    static byte[] bytes(Tensor tensor) {
        return tensor.contiguous().memory().toArray(ValueLayout.JAVA_BYTE);
    }
}

package dev.lamina.cuda;

import dev.lamina.cuda.lowering.Assembly;
import dev.lamina.cuda.lowering.Buffer;
import dev.lamina.cuda.lowering.Faults;
import dev.lamina.cuda.lowering.Place;
import dev.lamina.graph.Graph;
import dev.lamina.graph.Node;
import dev.lamina.graph.Rewritten;
import dev.lamina.graph.Value;
import dev.lamina.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;

/** Where the values lie that may be read after a run, and what kernels have reported meanwhile. One thread. */
final class Results {
    private final CudaBackend backend;
    private final Assembly assembly;
    private final Map<Value, Place> readable = new HashMap<>();

    /** Finds out where everything lies; what needs another layout to be read gets its steps here. */
    Results(CudaBackend backend, Assembly assembly, Graph graph, Rewritten rewritten, boolean all) {
        this.backend = backend;
        this.assembly = assembly;
        graph.outputs().forEach((name, value) -> readable.put(value, place(rewritten.graph().output(name))));
        if (all) {
            for (Node node : graph.nodes()) {
                for (Value value : node.outputs()) {
                    rewritten.of(value).ifPresent(now -> readable.computeIfAbsent(value, _ -> place(now)));
                }
            }
        }
        assembly.faults();
    }

    private Place place(Value value) {
        Place own = assembly.any(value);
        return own.buffer().home() == Buffer.Home.STATE ? own : assembly.plain(value, "output");
    }

    /** Whether a value may be read. */
    boolean has(Value value) {
        return readable.containsKey(value);
    }

    /** Whether a value is a variable's. */
    boolean livesInState(Value value) {
        return readable.get(value).buffer().home() == Buffer.Home.STATE;
    }

    /**
     * Copies a value of the latest run, once that is done.
     *
     * @throws IllegalArgumentException if a kernel has met an index that is out of range since the last reading
     */
    void copy(Value value, Tensor into) {
        checkFaults();
        Place place = readable.get(value);
        if (place.isPlain() && into.isContiguous()) {
            backend.staging().download(place.buffer().address(), into.memory());
        } else {
            into.copyFrom(backend.download(place.layout(), place.buffer().address()));
        }
    }

    /** Forgets what kernels have reported. */
    void clearFaults() {
        Faults faults = assembly.faults();
        backend.compute().fill(faults.buffer().address(), (byte) 0, faults.buffer().bytes());
    }

    /** Throws what kernels have reported since the last reading: indices that are out of range. */
    private void checkFaults() {
        Faults faults = assembly.faults();
        if (faults.bytes() == 0) {
            return;
        }
        try (Arena scope = Arena.ofConfined()) {
            MemorySegment words = scope.allocate(faults.bytes(), Long.BYTES);
            backend.staging().download(faults.buffer().address(), words);
            faults.first(words).ifPresent(text -> {
                clearFaults();
                throw new IllegalArgumentException(text);
            });
        }
    }
}

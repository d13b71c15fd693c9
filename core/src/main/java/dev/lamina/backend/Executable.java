package dev.lamina.backend;

import dev.lamina.graph.Graph;
import dev.lamina.graph.Value;
import dev.lamina.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A graph compiled for one device.
 *
 * <p>A run reads the inputs and the state, and ends when outputs can be read and the state is updated. Inputs may be reused as soon as
 * {@link #run} returns. One thread at a time; executables of one state must not run at once.
 */
public interface Executable extends AutoCloseable {
    /** The graph as it was given. */
    Graph graph();

    /** Where its values live. */
    MemoryPlan memoryPlan();

    /** What compilation decided. */
    default CompileReport report() {
        return CompileReport.empty();
    }

    /** Its times by the device's own clock; empty where the device has none. */
    default Optional<Profiled> profiled() {
        return Optional.empty();
    }

    /**
     * Runs the graph once.
     *
     * @param state holds at least the graph's variables
     * @param inputs a tensor of exactly the declared type for every input, by name
     * @throws IllegalArgumentException if an input is missing, unknown or of another type
     * @throws IllegalStateException if this executable or the state is closed
     */
    void run(State state, Map<String, Tensor> inputs);

    /** Copies an output of the last run into a tensor of its type. */
    void read(String output, Tensor into);

    /**
     * Copies any value of the last run; needs {@link CompileOptions#keepAll}, unless the value is an output.
     *
     * @throws IllegalStateException if the value's memory may have been reused
     */
    Tensor read(Value value);

    /** A copy of an output of the last run. */
    default Tensor read(String output) {
        Value value = graph().output(output);
        Tensor tensor = Tensor.zeros(value.dtype(), value.shape());
        read(output, tensor);
        return tensor;
    }

    /** Runs once and copies all outputs. */
    default Map<String, Tensor> call(State state, Map<String, Tensor> inputs) {
        run(state, inputs);
        Map<String, Tensor> outputs = new LinkedHashMap<>();
        graph().outputs().keySet().forEach(name -> outputs.put(name, read(name)));
        return outputs;
    }

    /** Releases memory and device objects. Idempotent. */
    @Override
    void close();
}

package dev.lamina.cuda;

import dev.lamina.cuda.lowering.Place;
import dev.lamina.graph.Source;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The inputs of a graph: what a run must be given, and where on the device it goes. One thread. */
final class RunInputs implements AutoCloseable {
    private final List<Value> inputs;
    private final List<String> names;
    private final long[] addresses;
    private final InputFeed feed;

    /**
     * Takes the memory that inputs go through.
     *
     * @param places where steps read each input; empty for one that nothing reads
     */
    RunInputs(CudaBackend backend, List<Value> inputs, List<Optional<Place>> places) {
        this.inputs = inputs;
        names = inputs.stream().map(value -> ((Source.Input) value.node().op()).inputName()).toList();
        addresses = places.stream().mapToLong(place -> place.map(p -> p.buffer().address()).orElse(0L)).toArray();
        feed = new InputFeed(backend.context(), backend.compute(), backend.copies(),
                inputs.stream().mapToLong(value -> value.type().bytes()).toArray());
    }

    /** Throws unless there is a tensor of the right type for each input, and no other. */
    void check(Map<String, Tensor> given) {
        for (int i = 0; i < inputs.size(); i++) {
            TensorType type = inputs.get(i).type();
            Tensor tensor = given.get(names.get(i));
            if (tensor == null) {
                throw new IllegalArgumentException("run: input \"" + names.get(i) + "\" is missing, needs " + type + ".");
            }
            if (tensor.dtype() != type.dtype() || !tensor.shape().equals(type.shape())) {
                throw new IllegalArgumentException("run: input \"" + names.get(i) + "\" is "
                        + new TensorType(tensor.dtype(), tensor.shape()) + ", needs " + type + ".");
            }
        }
        if (given.size() != inputs.size()) {
            String unknown = given.keySet().stream().filter(name -> !names.contains(name)).findFirst().orElse("");
            throw new IllegalArgumentException("run: input \"" + unknown + "\" is unknown; the graph has " + names + ".");
        }
    }

    /** Takes what was checked and sends it on its way; it may be changed when this returns. */
    void send(Map<String, Tensor> given) {
        feed.begin();
        for (int i = 0; i < addresses.length; i++) {
            feed.put(i, given.get(names.get(i)));
        }
        feed.send(addresses);
    }

    @Override
    public void close() {
        feed.close();
    }
}

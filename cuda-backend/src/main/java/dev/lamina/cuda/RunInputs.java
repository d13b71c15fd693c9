package dev.lamina.cuda;

import dev.lamina.backend.Contract;
import dev.lamina.cuda.lowering.Place;
import dev.lamina.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The inputs of a graph and where on the device they go. One thread. */
final class RunInputs implements AutoCloseable {
    private final List<String> names;
    private final long[] addresses;
    private final InputFeed feed;

    /**
     * Takes the memory that inputs go through.
     *
     * @param places where steps read each input; empty for one that nothing reads
     */
    RunInputs(CudaBackend backend, Contract contract, List<Optional<Place>> places) {
        names = contract.names();
        addresses = places.stream().mapToLong(place -> place.map(p -> p.buffer().address()).orElse(0L)).toArray();
        feed = new InputFeed(backend.context(), backend.compute(), backend.copies(),
                contract.inputs().stream().mapToLong(value -> value.type().bytes()).toArray());
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

package dev.lamina.samples.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * Lamina itself.
 *
 * @param backend its name
 * @param threads its worker threads
 */
record Ours(String backend, int threads, Timing timing) implements Contender {
    @Override
    public String name() {
        return "lamina";
    }

    @Override
    public boolean takes(Workload workload, Mode mode) {
        return workload.modes().contains(mode);
    }

    @Override
    public JsonNode measure(Workload workload, Mode mode) throws IOException, InterruptedException, Child.FailedException {
        return Child.run(Jvm.likeThis(BenchProcess.class.getName(), List.of(workload.name(), mode.label(), backend,
                Integer.toString(threads), Double.toString(timing.warmUpSeconds()), Double.toString(timing.seconds()),
                Integer.toString(timing.repetitions()))), Map.of());
    }
}

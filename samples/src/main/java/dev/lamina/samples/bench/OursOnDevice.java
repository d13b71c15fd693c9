package dev.lamina.samples.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lamina.backend.CompileOptions.Precision;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * Lamina itself on a device.
 *
 * @param backend its name
 * @param device which of the kind, from 0
 * @param smoke whether sizes are tiny
 */
record OursOnDevice(String backend, int device, Precision precision, boolean smoke, Timing timing) implements Contender {
    @Override
    public String name() {
        return "lamina " + precision.label();
    }

    @Override
    public boolean takes(Workload workload, Mode mode) {
        return workload.modes().contains(mode);
    }

    @Override
    public JsonNode measure(Workload workload, Mode mode) throws IOException, InterruptedException, Child.FailedException {
        return Child.run(Jvm.likeThis(GpuProcess.class.getName(), List.of(workload.name(), mode.label(), precision.label(), backend,
                Integer.toString(device), smoke ? "smoke" : "full", Double.toString(timing.warmUpSeconds()),
                Double.toString(timing.seconds()), Integer.toString(timing.repetitions()))), Map.of());
    }
}

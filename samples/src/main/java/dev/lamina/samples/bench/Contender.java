package dev.lamina.samples.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;

/** Someone who runs workloads: Lamina or a peer. */
interface Contender {
    /** Its name in tables and files. */
    String name();

    /** Whether it runs the workload at all. */
    boolean takes(Workload workload, Mode mode);

    /** Measures in a process of its own; the answer has at least {@code repetitions}, samples per second. */
    JsonNode measure(Workload workload, Mode mode) throws IOException, InterruptedException, Child.FailedException;
}

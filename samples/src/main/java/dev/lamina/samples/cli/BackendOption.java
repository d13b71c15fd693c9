package dev.lamina.samples.cli;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.backend.DeviceOptions;
import java.io.PrintWriter;
import picocli.CommandLine.Option;

/** The options that pick what executes the graph. */
final class BackendOption {
    @Option(names = "--backend", defaultValue = "auto", paramLabel = "NAME",
            description = "auto, cuda, cpu or reference; auto takes the first that works and says why others were passed over")
    private String name;

    @Option(names = "--threads", defaultValue = "0", paramLabel = "N",
            description = "threads of CPU backends; 0 for one a physical core (cpu) or processor (reference)")
    private int threads;

    @Option(names = "--device", defaultValue = "0", paramLabel = "N", description = "which GPU, from 0")
    private int device;

    /** Opens the backend and says which it is. */
    Backend open(PrintWriter out) {
        return open(out, threads);
    }

    /** Opens the backend for steps so small that threads wait longer for each other than they compute: one thread unless told otherwise. */
    Backend openForSmallSteps(PrintWriter out) {
        return open(out, threads == 0 ? 1 : threads);
    }

    private Backend open(PrintWriter out, int count) {
        Backends.Choice choice = Backends.choose(name, new DeviceOptions(device, count));
        try {
            requireDevice(choice.backend().name(), device);
        } catch (IllegalArgumentException e) {
            choice.backend().close();
            throw e;
        }
        out.printf("backend %s: %s%n", choice.backend().name(), choice.backend().device().name());
        out.flush();
        return choice.backend();
    }

    /** Refuses another device than the first of backends that have but one. */
    static void requireDevice(String backend, int device) {
        if (device != 0 && !backend.equals("cuda")) {
            throw new IllegalArgumentException("--device " + device + ": backend \"" + backend
                    + "\" has no devices to choose from. Leave it out, or name another --backend.");
        }
    }
}

package dev.lamina.samples.cli;

import dev.lamina.backend.Availability;
import dev.lamina.backend.BackendProvider;
import dev.lamina.backend.Backends;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code lamina doctor}: what this machine can run, and what is missing. */
@Command(name = "doctor", mixinStandardHelpOptions = true, description = "Shows Java, processor, memory and each backend's state.")
final class DoctorCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        Runtime runtime = Runtime.getRuntime();
        out.printf("java       %s (%s), %s%n", Runtime.version(), System.getProperty("java.vendor"), System.getProperty("java.home"));
        out.printf("system     %s %s, %d processors, heap up to %.1f GiB%n", System.getProperty("os.name"),
                System.getProperty("os.arch"), runtime.availableProcessors(), runtime.maxMemory() / 0x1p30);
        String auto = null;
        for (BackendProvider provider : Backends.providers()) {
            Availability availability = provider.probe();
            if (availability.available() && auto == null) {
                auto = provider.name();
            }
            out.printf("%-10s %s: %s%n", provider.name(), state(availability), availability.detail());
            provider.details().forEach(line -> out.printf("%-10s %s%n", "", line));
        }
        out.printf("auto       takes %s%n", auto == null ? "nothing: no backend is available" : auto);
        return auto == null ? 1 : 0;
    }

    private static String state(Availability availability) {
        return availability.available() ? "available" : availability.byName() ? "only by name" : "not available";
    }
}

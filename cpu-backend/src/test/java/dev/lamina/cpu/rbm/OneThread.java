package dev.lamina.cpu.rbm;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lamina.backend.Availability;
import dev.lamina.backend.Backend;
import dev.lamina.backend.BackendProvider;
import dev.lamina.backend.Backends;
import dev.lamina.backend.DeviceOptions;

/** The {@code cpu} backend on one thread: the products here are small, and threads that wait for each other suffer from a busy machine. */
final class OneThread {
    private OneThread() { }

    /** Opens it; skips the test with the reason if it is not available here. */
    static Backend open() {
        Availability availability = Backends.providers().stream().filter(p -> p.name().equals("cpu")).findFirst()
                .map(BackendProvider::probe).orElseThrow();
        assumeTrue(availability.available(), () -> "backend \"cpu\" is not available: " + availability.detail());
        return Backends.choose("cpu", new DeviceOptions(0, 1)).backend();
    }
}

package dev.lamina.cpu.onednn;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lamina.backend.Availability;
import dev.lamina.backend.Backend;
import dev.lamina.backend.BackendProvider;
import dev.lamina.backend.Backends;
import java.util.List;
import java.util.Optional;

/** The backend that is compared with the reference: {@code cpu}, unless {@code -Dlamina.parity.backend} names another. */
final class Tested {
    static final String NAME = System.getProperty("lamina.parity.backend", "cpu");

    private Tested() { }

    /** Opens it; skips the test with the reason if it is not available here, and fails if there is none of its name. */
    static Backend open() {
        assumeAvailable();
        return Backends.open(NAME);
    }

    /** Skips the test unless the backend is available. */
    static void assumeAvailable() {
        List<BackendProvider> providers = Backends.providers();
        Optional<BackendProvider> provider = providers.stream().filter(p -> p.name().equals(NAME)).findFirst();
        assertTrue(provider.isPresent(), () -> "backend \"" + NAME + "\" has no provider on the class path; there are "
                + providers.stream().map(BackendProvider::name).toList());
        Availability availability = provider.get().probe();
        assumeTrue(availability.available(), () -> "backend \"" + NAME + "\" is not available: " + availability.detail());
    }
}

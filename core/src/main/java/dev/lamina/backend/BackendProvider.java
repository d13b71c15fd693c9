package dev.lamina.backend;

import java.util.List;

/** Announces a backend to {@link Backends} through {@link java.util.ServiceLoader}. Loading one must touch no native library. */
public interface BackendProvider {
    /** Name of the backend. */
    String name();

    /** Order in which {@code auto} asks, highest first: cuda 300, cpu 200, reference 100. */
    int priority();

    /** Whether the backend can be opened here, and if not, exactly why. Never throws. */
    Availability probe();

    /**
     * Further lines for {@code lamina doctor}: where libraries lie and whether they are sound. May take a second, unlike {@link #probe()}.
     * Never throws.
     */
    default List<String> details() {
        return List.of();
    }

    /**
     * Opens the backend.
     *
     * @throws BackendException if it is not available
     */
    Backend open(DeviceOptions options);
}

package dev.lamina.cpu.reference;

import dev.lamina.backend.Availability;
import dev.lamina.backend.Backend;
import dev.lamina.backend.BackendProvider;
import dev.lamina.backend.DeviceOptions;

/** Announces the reference backend, which runs wherever Java does. */
public final class ReferenceProvider implements BackendProvider {
    /** Name of the backend. */
    public static final String NAME = "reference";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public int priority() {
        return 100;
    }

    @Override
    public Availability probe() {
        return Availability.yes(ReferenceBackend.describe(DeviceOptions.defaults().threadsOrDefault()));
    }

    @Override
    public Backend open(DeviceOptions options) {
        return new ReferenceBackend(options);
    }
}

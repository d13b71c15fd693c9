package dev.lamina.cpu.onednn;

import dev.lamina.backend.Availability;
import dev.lamina.backend.Backend;
import dev.lamina.backend.BackendException;
import dev.lamina.backend.BackendProvider;
import dev.lamina.backend.DeviceOptions;
import dev.lamina.cpu.natives.OneDnnFiles;
import dev.lamina.cpu.natives.Processors;
import dev.lamina.cpu.natives.VectorModule;
import java.util.List;
import java.util.Optional;

/** Announces the {@code cpu} backend, where oneDNN's library and the Vector API are there. */
public final class OneDnnProvider implements BackendProvider {
    /** Name of the backend. */
    public static final String NAME = "cpu";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public int priority() {
        return 200;
    }

    @Override
    public Availability probe() {
        Optional<String> missing = VectorModule.missing();
        if (missing.isPresent()) {
            return Availability.no(missing.get());
        }
        try {
            DnnlLibrary.load();
            return Availability.yes(OneDnnBackend.describe(Processors.physical()));
        } catch (BackendException e) {
            return Availability.no(e.getMessage());
        }
    }

    @Override
    public List<String> details() {
        return OneDnnFiles.report();
    }

    @Override
    public Backend open(DeviceOptions options) {
        return new OneDnnBackend(options);
    }
}

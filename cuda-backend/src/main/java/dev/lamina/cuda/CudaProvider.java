package dev.lamina.cuda;

import dev.lamina.backend.Availability;
import dev.lamina.backend.Backend;
import dev.lamina.backend.BackendException;
import dev.lamina.backend.BackendProvider;
import dev.lamina.backend.DeviceOptions;
import dev.lamina.cuda.libraries.CudaLibraries;
import dev.lamina.cuda.libraries.DeviceLine;
import dev.lamina.cuda.libraries.Library;
import java.util.List;

/**
 * Announces the {@code cuda} backend. Asking whether it is there looks for the driver first, a matter of milliseconds where there is none;
 * only with a device are the other libraries loaded, and JCuda only when the backend is opened.
 */
public final class CudaProvider implements BackendProvider {
    /** Name of the backend. */
    public static final String NAME = "cuda";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public int priority() {
        return 300;
    }

    @Override
    public Availability probe() {
        try {
            CudaLibraries.require(Library.DRIVER);
            DeviceLine device = CudaLibraries.devices().getFirst();
            for (Library library : Library.values()) {
                CudaLibraries.require(library);
            }
            return device.emulated() ? Availability.onlyByName(device.describe() + ": test equipment, not a GPU")
                    : Availability.yes(device.describe());
        } catch (BackendException e) {
            return Availability.no(e.getMessage());
        }
    }

    @Override
    public List<String> details() {
        return CudaLibraries.report();
    }

    @Override
    public Backend open(DeviceOptions options) {
        return new CudaBackend(options, Settings.of(System.getenv()));
    }
}

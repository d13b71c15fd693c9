package dev.lamina.cuda;

import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.lamina.backend.DeviceOptions;

/**
 * The device that this module's tests run on: the emulator, or with {@code -Dlamina.gpu=required} a real GPU, without which they fail.
 */
final class Tested {
    private static final boolean REAL = Emulator.isGpuRequired();

    private Tested() { }

    /** Opens the backend with settings for tests: no search, which on a small shape says nothing, and watched guards. */
    static CudaBackend open() {
        return open(Settings.defaults().searching(false).guarding(true));
    }

    /** Opens the backend. */
    static CudaBackend open(Settings settings) {
        if (!REAL) {
            Emulator.require();
        }
        CudaBackend backend = new CudaBackend(DeviceOptions.defaults(), settings);
        assertFalse(REAL && backend.device().emulated(), "a GPU was required, and the emulator found");
        return backend;
    }

    /** True on the emulator. */
    static boolean isEmulated() {
        return !REAL;
    }
}

package dev.lamina.cuda.api;

import dev.lamina.cuda.libraries.CudaLibraries;
import dev.lamina.cuda.libraries.DriverStatus;
import dev.lamina.cuda.libraries.Library;
import jcuda.driver.JCudaDriver;

/** Checks the driver's answers. JCuda's own exceptions stay off: its names and numbers are those of one CUDA version. */
final class Driver {
    private static volatile boolean ready;

    private Driver() { }

    /** Loads the driver on first use and fails where it cannot be, each time anew; does nothing later. */
    static void ensure() {
        if (!ready) {
            Bindings.load(Library.DRIVER);
            JCudaDriver.setExceptionsEnabled(false);
            check(JCudaDriver.cuInit(0), "cuInit", "");
            ready = true;
        }
    }

    /**
     * Throws where the status is not success.
     *
     * @param subject what the call was about; its text is asked only on failure
     */
    static void check(int status, String call, Object subject) {
        if (status != DriverStatus.SUCCESS) {
            throw failure(status, call, subject.toString());
        }
    }

    static CudaException failure(int status, String call, String details) {
        return new CudaException(call, DriverStatus.name(status), explained(details), DriverStatus.hint(status));
    }

    /** With what the emulator of the tests says about the call that it refused. */
    static String explained(String details) {
        String message = CudaLibraries.emulatorsMessage();
        return message.isEmpty() ? details : details.isEmpty() ? message : details + " (" + message + ")";
    }
}

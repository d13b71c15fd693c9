package dev.lamina.cuda.api;

import jcuda.driver.JCudaDriver;

/** Checks the driver's answers. JCuda's own exceptions stay off: its names and numbers are those of one CUDA version. */
final class Driver {
    private static volatile boolean ready;

    private Driver() { }

    /** Loads the driver on first use and fails where it cannot be, each time anew; does nothing later. */
    static void ensure() {
        if (!ready) {
            Bindings.load(Bindings.Binding.DRIVER);
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
        return new CudaException(call, DriverStatus.name(status), details, DriverStatus.hint(status));
    }
}

package dev.lamina.cuda.api;

/** What cuBLAS 12 answers, from its documentation. */
enum BlasStatus {
    SUCCESS(0, ""),
    NOT_INITIALIZED(1, "The library could not start on this device: a failed earlier call, or a driver that is too old for it."),
    ALLOC_FAILED(3, "The device has no memory left for the library's own needs; free some, or plan a smaller batch."),
    INVALID_VALUE(7, "An argument breaks the call's rules; please report this with the message."),
    ARCH_MISMATCH(8, "The device is too old for this type; choose precision float32."),
    MAPPING_ERROR(11, "An earlier kernel has damaged the context; close it and open another."),
    EXECUTION_FAILED(13, "The kernel did not start, or an earlier one has damaged the context; close it and open another."),
    INTERNAL_ERROR(14, "Inside the library; check that the driver is at least as new as the library."),
    NOT_SUPPORTED(15, "The library has no kernel for these types, sizes or alignment; choose precision float32."),
    LICENSE_ERROR(16, "The library refuses its licence; reinstall it."),
    UNKNOWN(-1, "A status that this version does not know.");

    private final int number;
    private final String hint;

    BlasStatus(int number, String hint) {
        this.number = number;
        this.hint = hint;
    }

    static BlasStatus of(int number) {
        for (BlasStatus status : values()) {
            if (status.number == number) {
                return status;
            }
        }
        return UNKNOWN;
    }

    /** The library's own name of a status. */
    static String name(int number) {
        BlasStatus status = of(number);
        return status == UNKNOWN ? "cuBLAS status " + number : "CUBLAS_STATUS_" + status.name();
    }

    String hint() {
        return hint;
    }
}

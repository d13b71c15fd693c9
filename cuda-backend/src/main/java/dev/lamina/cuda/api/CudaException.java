package dev.lamina.cuda.api;

import dev.lamina.backend.BackendException;

/** A CUDA, cuBLAS, cuDNN or NVRTC call that failed: which call, with which status, on what, and the way out. */
public final class CudaException extends BackendException {
    private static final long serialVersionUID = 1;

    private final String call;
    private final String status;

    /**
     * A failed call.
     *
     * @param call name of the function, such as {@code cuMemAlloc}
     * @param status name of its status, such as {@code CUDA_ERROR_OUT_OF_MEMORY}, from our own tables
     * @param details the arguments that matter, may be empty; a log ends with a line feed
     * @param hint what to do about it, may be empty
     */
    public CudaException(String call, String status, String details, String hint) {
        super(call + " failed with " + status + (details.isEmpty() ? "." : ": " + details + (details.endsWith("\n") ? "" : ".")), hint);
        this.call = call;
        this.status = status;
    }

    /** Name of the function that failed. */
    public String call() {
        return call;
    }

    /** Name of its status. */
    public String status() {
        return status;
    }
}

package dev.lamina.cuda.api;

import dev.lamina.cuda.libraries.DriverStatus;
import java.lang.foreign.MemorySegment;
import jcuda.driver.CUgraph;
import jcuda.driver.CUstream;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.driver.JCudaDriver;

/**
 * A queue of work for the device. Nothing waits unless it says so: what a copy or kernel reads must stay unchanged, and what it writes
 * unread, until the stream or a later event is synchronised. Not thread-safe.
 */
public final class Stream extends Owner {
    private final Raw.StreamHandle handle;
    private final Pointers pointers = new Pointers();
    private boolean capturing;

    Stream(Context context, Raw.StreamHandle handle) {
        super(context, "a stream");
        this.handle = handle;
    }

    CUstream raw() {
        ensureOpen();
        return handle;
    }

    /** The driver's handle. */
    public long handle() {
        ensureOpen();
        return handle.address();
    }

    /** The context it belongs to. */
    public Context owner() {
        return context();
    }

    /** Copies from host memory, pinned if the copy is to run beside the host. */
    public void copyToDevice(long target, MemorySegment pinned, long bytes) {
        enter();
        checkHost(pinned, bytes);
        int status = JCudaDriver.cuMemcpyHtoDAsync(pointers.device(target), pointers.host(pinned.address()), bytes, handle);
        if (status != DriverStatus.SUCCESS) {
            throw failed(status, "cuMemcpyHtoDAsync", bytes, "to", target);
        }
    }

    /** Copies to host memory, pinned if the copy is to run beside the host. */
    public void copyToHost(MemorySegment pinned, long source, long bytes) {
        enter();
        checkHost(pinned, bytes);
        int status = JCudaDriver.cuMemcpyDtoHAsync(pointers.host(pinned.address()), pointers.device(source), bytes, handle);
        if (status != DriverStatus.SUCCESS) {
            throw failed(status, "cuMemcpyDtoHAsync", bytes, "from", source);
        }
    }

    /** Copies within the device; the two ranges must not overlap. */
    public void copyOnDevice(long target, long source, long bytes) {
        enter();
        int status = JCudaDriver.cuMemcpyDtoDAsync(pointers.device(target), pointers.device(source), bytes, handle);
        if (status != DriverStatus.SUCCESS) {
            throw failed(status, "cuMemcpyDtoDAsync", bytes, "to", target);
        }
    }

    /** Sets each byte of a range. */
    public void fill(long address, byte value, long bytes) {
        enter();
        int status = JCudaDriver.cuMemsetD8Async(pointers.device(address), value, bytes, handle);
        if (status != DriverStatus.SUCCESS) {
            throw failed(status, "cuMemsetD8Async", bytes, "at", address);
        }
    }

    /** Runs a kernel. */
    public void launch(Launch launch) {
        enter();
        Driver.check(launch.on(handle), "cuLaunchKernel", launch);
    }

    /** Marks what was asked so far. */
    public void record(Event event) {
        enter();
        Driver.check(JCudaDriver.cuEventRecord(event.handle(), handle), "cuEventRecord", event);
    }

    /** Lets all that follows wait, on the device, until the event's last mark is passed. */
    public void waitFor(Event event) {
        enter();
        Driver.check(JCudaDriver.cuStreamWaitEvent(handle, event.handle(), 0), "cuStreamWaitEvent", event);
    }

    /** Waits on the host until everything asked so far is done; errors of earlier work surface here. */
    public void synchronize() {
        enter();
        Driver.check(JCudaDriver.cuStreamSynchronize(handle), "cuStreamSynchronize", this);
    }

    /** Starts to collect work instead of doing it. Other threads may go on using the device meanwhile. */
    public void beginCapture() {
        enter();
        Driver.check(JCudaDriver.cuStreamBeginCapture(handle, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL),
                "cuStreamBeginCapture", this);
        capturing = true;
    }

    /**
     * What was collected.
     *
     * @throws CudaException if a call in between was not allowed; the stream can be used again
     */
    public CapturedGraph endCapture() {
        enter();
        CUgraph graph = new CUgraph();
        int status = JCudaDriver.cuStreamEndCapture(handle, graph);
        if (status != DriverStatus.SUCCESS) {
            CudaException failure = Driver.failure(status, "cuStreamEndCapture", toString());
            abandonCapture();
            throw failure;
        }
        capturing = false;
        return CapturedGraph.instantiate(context(), graph);
    }

    /** Throws away what was collected, for use where a call in between failed; does nothing without a capture. */
    public void abandonCapture() {
        enter();
        if (capturing) {
            capturing = false;
            CUgraph graph = new CUgraph();
            if (JCudaDriver.cuStreamEndCapture(handle, graph) == DriverStatus.SUCCESS) {
                JCudaDriver.cuGraphDestroy(graph);
            }
        }
    }

    private static void checkHost(MemorySegment memory, long bytes) {
        if (!memory.isNative()) {
            throw new IllegalArgumentException("a copy needs memory outside the Java heap, best pinned");
        }
        if (bytes < 0 || bytes > memory.byteSize()) {
            throw new IllegalArgumentException("a copy of %,d bytes does not fit into host memory of %,d".formatted(bytes,
                    memory.byteSize()));
        }
    }

    private static CudaException failed(int status, String call, long bytes, String direction, long address) {
        return Driver.failure(status, call, "%,d bytes %s device address 0x%x".formatted(bytes, direction, address));
    }

    @Override
    void release() {
        Driver.check(JCudaDriver.cuStreamDestroy(handle), "cuStreamDestroy", this);
    }
}

package dev.lamina.cuda.api;

import dev.lamina.cuda.libraries.DriverStatus;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import jcuda.driver.CUdevice;
import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.CUmodule;
import jcuda.driver.CUstream_flags;
import jcuda.driver.JCudaDriver;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A device's primary context, the one that cuBLAS and cuDNN use too, and the maker of all that lives in it. Several contexts, of one device
 * or of several, may be open at once. Making things is thread-safe, what it makes is not.
 */
public final class Context implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Context.class);

    private final CUdevice device;
    private final Raw.ContextHandle handle;
    private final DeviceFacts facts;
    private final Set<Owner> alive = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    private Context(CUdevice device, Raw.ContextHandle handle, DeviceFacts facts) {
        this.device = device;
        this.handle = handle;
        this.facts = facts;
    }

    /**
     * Opens a device. Loads the driver on first use.
     *
     * @param index among the devices that the driver shows, from 0
     * @throws dev.lamina.backend.BackendException if there is no driver, no such device, or it cannot be used
     */
    public static Context open(int index) {
        CUdevice device = Devices.device(index);
        DeviceFacts facts = Devices.facts(device, index);
        Raw.ContextHandle handle = new Raw.ContextHandle();
        Driver.check(JCudaDriver.cuDevicePrimaryCtxRetain(handle, device), "cuDevicePrimaryCtxRetain", facts);
        return new Context(device, handle, facts);
    }

    /** How many devices the driver shows. */
    public static int devices() {
        return Devices.count();
    }

    /** What the device is. */
    public DeviceFacts facts() {
        return facts;
    }

    /** Bytes of the device's memory that nobody holds. */
    public long freeBytes() {
        enter();
        return memory()[0];
    }

    /**
     * Takes memory on the device; its contents are undefined.
     *
     * @param bytes at least 1
     * @param what whom it is for, for error messages
     * @throws CudaException if there is not enough; says what, requested, free and total
     */
    public DeviceMemory allocate(long bytes, String what) {
        enter();
        requirePositive(bytes, what);
        Raw.Device pointer = new Raw.Device();
        int status = JCudaDriver.cuMemAlloc(pointer, bytes);
        if (status == DriverStatus.OUT_OF_MEMORY) {
            throw outOfMemory(bytes, what);
        }
        Driver.check(status, "cuMemAlloc", what);
        return new DeviceMemory(this, pointer, bytes, what);
    }

    /**
     * Takes pinned host memory; its contents are undefined.
     *
     * @param bytes from 1 to 2^31 - 1
     * @param what whom it is for, for error messages
     */
    public PinnedMemory pinned(long bytes, String what) {
        enter();
        requirePositive(bytes, what);
        if (bytes > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("%,d bytes of pinned memory for %s: at most %,d in one piece".formatted(bytes, what,
                    Integer.MAX_VALUE));
        }
        Raw.Host pointer = new Raw.Host();
        Driver.check(JCudaDriver.cuMemHostAlloc(pointer, bytes, JCudaDriver.CU_MEMHOSTALLOC_PORTABLE), "cuMemHostAlloc",
                "%,d bytes for %s".formatted(bytes, what));
        return new PinnedMemory(this, pointer, bytes, what);
    }

    /** A stream that does not wait for the default stream, nor lets it wait. */
    public Stream stream() {
        enter();
        Raw.StreamHandle stream = new Raw.StreamHandle();
        Driver.check(JCudaDriver.cuStreamCreate(stream, CUstream_flags.CU_STREAM_NON_BLOCKING), "cuStreamCreate", "");
        return new Stream(this, stream);
    }

    /** An event that keeps no time, which is faster. */
    public Event event() {
        return event(CUevent_flags.CU_EVENT_DISABLE_TIMING);
    }

    /** An event that keeps the time, see {@link Event#millisSince}. */
    public Event timedEvent() {
        return event(CUevent_flags.CU_EVENT_DEFAULT);
    }

    private Event event(int flags) {
        enter();
        CUevent event = new CUevent();
        Driver.check(JCudaDriver.cuEventCreate(event, flags), "cuEventCreate", "");
        return new Event(this, event, flags == CUevent_flags.CU_EVENT_DEFAULT);
    }

    /**
     * Loads compiled kernels.
     *
     * @param image what {@link Nvrtc#compile} made
     * @param name for error messages
     * @throws CudaException if the image is damaged or made for another device
     */
    public KernelModule load(byte[] image, String name) {
        enter();
        CUmodule module = new CUmodule();
        // PTX is text that ends with a zero; CUBIN ignores what follows.
        byte[] terminated = Arrays.copyOf(image, image.length + 1);
        Driver.check(JCudaDriver.cuModuleLoadData(module, terminated), "cuModuleLoadData",
                "kernels \"%s\" (%,d bytes) on %s".formatted(name, image.length, facts.name()));
        return new KernelModule(this, module, name);
    }

    /** Waits for all streams of the device. */
    public void synchronize() {
        enter();
        Driver.check(JCudaDriver.cuCtxSynchronize(), "cuCtxSynchronize", facts.name());
    }

    /** What was made here and is not closed yet, for people. */
    public List<String> alive() {
        return alive.stream().map(Owner::toString).sorted().toList();
    }

    /** Lets go of the device. What is still alive is named in a warning and can no longer be used. Idempotent. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        if (!alive.isEmpty()) {
            LOG.warn("{} is closed with {} things alive: {}", facts.name(), alive.size(), String.join("; ", alive()));
        }
        closed = true;
        Driver.check(JCudaDriver.cuDevicePrimaryCtxRelease(device), "cuDevicePrimaryCtxRelease", facts.name());
    }

    boolean closed() {
        return closed;
    }

    void makeCurrent() {
        Driver.check(JCudaDriver.cuCtxSetCurrent(handle), "cuCtxSetCurrent", facts);
    }

    void born(Owner owner) {
        alive.add(owner);
    }

    void gone(Owner owner) {
        alive.remove(owner);
    }

    private void enter() {
        if (closed) {
            throw new IllegalStateException("the context of " + facts.name() + " is closed");
        }
        makeCurrent();
    }

    private static void requirePositive(long bytes, String what) {
        if (bytes <= 0) {
            throw new IllegalArgumentException("%,d bytes for %s: at least 1".formatted(bytes, what));
        }
    }

    private long[] memory() {
        long[] free = new long[1];
        long[] total = new long[1];
        Driver.check(JCudaDriver.cuMemGetInfo(free, total), "cuMemGetInfo", facts.name());
        return new long[] {free[0], total[0]};
    }

    private CudaException outOfMemory(long bytes, String what) {
        long[] memory = memory();
        return Driver.failure(DriverStatus.OUT_OF_MEMORY, "cuMemAlloc", "%,d bytes for %s were requested, %,d of %,d are free on %s"
                .formatted(bytes, what, memory[0], memory[1], facts.name()));
    }
}

package dev.lamina.cuda.api;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import jcuda.driver.JCudaDriver;

/** Host memory that the device copies from and to without help of the processor. Not thread-safe. */
public final class PinnedMemory extends Owner {
    private final Raw.Host pointer;
    private final Arena access = Arena.ofShared();
    private final MemorySegment segment;

    @SuppressWarnings("restricted")
    PinnedMemory(Context context, Raw.Host pointer, long bytes, String what) {
        super(context, "%,d bytes of pinned memory for %s".formatted(bytes, what));
        this.pointer = pointer;
        this.segment = MemorySegment.ofAddress(pointer.address()).reinterpret(bytes, access, null);
    }

    /** The memory, of exactly the size asked for. Any use after {@link #close()} fails. */
    public MemorySegment segment() {
        ensureOpen();
        return segment;
    }

    @Override
    void release() {
        access.close();
        Driver.check(JCudaDriver.cuMemFreeHost(pointer), "cuMemFreeHost", this);
    }
}

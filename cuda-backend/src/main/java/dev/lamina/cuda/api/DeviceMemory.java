package dev.lamina.cuda.api;

import jcuda.driver.JCudaDriver;

/** Memory on the device. Not thread-safe. */
public final class DeviceMemory extends Owner {
    private final Raw.Device pointer;
    private final long bytes;

    DeviceMemory(Context context, Raw.Device pointer, long bytes, String what) {
        super(context, "%,d bytes of device memory for %s".formatted(bytes, what));
        this.pointer = pointer;
        this.bytes = bytes;
    }

    /**
     * Its address, a multiple of 256.
     *
     * @throws IllegalStateException if it is closed
     */
    public long address() {
        ensureOpen();
        return pointer.address();
    }

    /** Its size. */
    public long bytes() {
        return bytes;
    }

    @Override
    void release() {
        Driver.check(JCudaDriver.cuMemFree(pointer), "cuMemFree", this);
    }
}

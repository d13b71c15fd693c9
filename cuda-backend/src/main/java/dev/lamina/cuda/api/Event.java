package dev.lamina.cuda.api;

import dev.lamina.cuda.libraries.DriverStatus;
import jcuda.driver.CUevent;
import jcuda.driver.JCudaDriver;

/** A mark in a stream. Not thread-safe. */
public final class Event extends Owner {
    private final CUevent handle;
    private final boolean timed;
    private final float[] millis = new float[1];

    Event(Context context, CUevent handle, boolean timed) {
        super(context, timed ? "a timed event" : "an event");
        this.handle = handle;
        this.timed = timed;
    }

    CUevent handle() {
        ensureOpen();
        return handle;
    }

    /** Whether all work before the mark is done; true where it was never recorded. */
    public boolean done() {
        enter();
        int status = JCudaDriver.cuEventQuery(handle);
        if (status == DriverStatus.NOT_READY) {
            return false;
        }
        Driver.check(status, "cuEventQuery", this);
        return true;
    }

    /** Waits for all work before the mark. */
    public void synchronize() {
        enter();
        Driver.check(JCudaDriver.cuEventSynchronize(handle), "cuEventSynchronize", this);
    }

    /**
     * Milliseconds from another mark to this one; both must have been passed.
     *
     * @throws IllegalStateException if one of them keeps no time
     */
    public double millisSince(Event start) {
        enter();
        if (!timed || !start.timed) {
            throw new IllegalStateException("an event keeps no time unless made by timedEvent()");
        }
        Driver.check(JCudaDriver.cuEventElapsedTime(millis, start.handle(), handle), "cuEventElapsedTime", this);
        return millis[0];
    }

    @Override
    void release() {
        Driver.check(JCudaDriver.cuEventDestroy(handle), "cuEventDestroy", this);
    }
}

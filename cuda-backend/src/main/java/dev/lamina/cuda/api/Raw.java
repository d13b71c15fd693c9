package dev.lamina.cuda.api;

import jcuda.Pointer;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUstream;

/** Plain addresses in and out of JCuda's pointer objects, which hide them. */
final class Raw {
    private Raw() { }

    /** A device address. */
    static final class Device extends CUdeviceptr {
        /** To be filled in by an allocation. */
        Device() { }

        Device(long address) {
            super(new CUdeviceptr(), address);
        }

        long address() {
            return getNativePointer() + getByteOffset();
        }
    }

    /** A host address outside the Java heap. */
    static final class Host extends Pointer {
        /** To be filled in by an allocation. */
        Host() { }

        Host(long address) {
            super(address);
        }

        long address() {
            return getNativePointer();
        }
    }

    /** A stream that tells its handle. */
    static final class StreamHandle extends CUstream {
        long address() {
            return getNativePointer();
        }
    }

    /** A context that tells its handle. */
    static final class ContextHandle extends CUcontext {
        long address() {
            return getNativePointer();
        }
    }
}

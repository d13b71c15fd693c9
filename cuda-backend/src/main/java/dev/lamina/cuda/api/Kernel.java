package dev.lamina.cuda.api;

import jcuda.driver.CUfunction;
import jcuda.driver.CUfunction_attribute;
import jcuda.driver.JCudaDriver;

/** A kernel of a module, which it may not outlive. */
public final class Kernel {
    private final KernelModule module;
    private final CUfunction function;
    private final String name;

    Kernel(KernelModule module, CUfunction function, String name) {
        this.module = module;
        this.function = function;
        this.name = name;
    }

    /** Its name in the source. */
    public String name() {
        return name;
    }

    KernelModule module() {
        return module;
    }

    CUfunction function() {
        return function;
    }

    /** Permits more dynamic shared memory than every device has (48 KiB). */
    void allowShared(int bytes) {
        module.enter();
        Driver.check(JCudaDriver.cuFuncSetAttribute(function, CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, bytes),
                "cuFuncSetAttribute", "%,d bytes of shared memory for kernel \"%s\"".formatted(bytes, name));
    }

    @Override
    public String toString() {
        return "kernel \"" + name + "\"";
    }
}

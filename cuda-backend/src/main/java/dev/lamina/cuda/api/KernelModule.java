package dev.lamina.cuda.api;

import java.util.HashMap;
import java.util.Map;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.JCudaDriver;

/** Compiled kernels, loaded into a context. Not thread-safe. */
public final class KernelModule extends Owner {
    private final CUmodule handle;
    private final String name;
    private final Map<String, Kernel> kernels = new HashMap<>();

    KernelModule(Context context, CUmodule handle, String name) {
        super(context, "kernel module \"" + name + "\"");
        this.handle = handle;
        this.name = name;
    }

    /**
     * A kernel by its name in the source ({@code extern "C"}). Equal names give the same object.
     *
     * @throws CudaException if the module has none of that name
     */
    public Kernel kernel(String kernel) {
        enter();
        return kernels.computeIfAbsent(kernel, this::find);
    }

    private Kernel find(String kernel) {
        CUfunction function = new CUfunction();
        Driver.check(JCudaDriver.cuModuleGetFunction(function, handle, kernel), "cuModuleGetFunction",
                "kernel \"" + kernel + "\" in module \"" + name + "\"");
        return new Kernel(this, function, kernel);
    }

    @Override
    void release() {
        kernels.clear();
        Driver.check(JCudaDriver.cuModuleUnload(handle), "cuModuleUnload", this);
    }
}

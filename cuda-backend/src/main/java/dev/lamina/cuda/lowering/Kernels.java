package dev.lamina.cuda.lowering;

import dev.lamina.cuda.api.Kernel;
import java.util.List;
import java.util.function.Supplier;

/** Compiled kernels of one device. Modules are compiled once, kept on disk, and live as long as the backend. Thread-safe. */
public interface Kernels extends AutoCloseable {
    /**
     * A kernel out of a family's source in {@code dev/lamina/kernels/FAMILY.cu}.
     *
     * @param family the file's name without ending
     * @param defines preprocessor definitions, e.g. {@code T=float}; each set of them is a module of its own, so use few
     * @param kernel its name
     * @throws dev.lamina.cuda.api.CudaException if it cannot be compiled; the message holds the compiler's log
     */
    Kernel resource(String family, List<String> defines, String kernel);

    /**
     * A kernel out of generated source. Equal sources are compiled once, and all that were asked for before the first is needed are
     * compiled together.
     */
    Supplier<Kernel> generated(Generated source);

    /**
     * A generated kernel.
     *
     * @param helpers what it is built on: name of a file {@code dev/lamina/kernels/HELPERS.cuh}
     * @param kernel its name, which no other text has
     * @param text the kernel; all its names are its own
     */
    record Generated(String helpers, String kernel, String text) {
    }

    @Override
    void close();
}

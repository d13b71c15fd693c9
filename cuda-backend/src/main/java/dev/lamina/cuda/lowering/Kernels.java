package dev.lamina.cuda.lowering;

import dev.lamina.cuda.api.Kernel;
import java.util.List;

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

    /** A kernel out of generated source. Equal sources are compiled once. */
    Kernel generated(String source, String kernel);

    @Override
    void close();
}

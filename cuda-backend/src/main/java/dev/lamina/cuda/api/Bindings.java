package dev.lamina.cuda.api;

import dev.lamina.cuda.libraries.CudaLibraries;
import dev.lamina.cuda.libraries.Library;

/** Loads NVIDIA's libraries and then JCuda's natives that call them, before any class of JCuda's looks for them itself. */
final class Bindings {
    /** One of JCuda's native libraries. */
    enum Binding {
        DRIVER(Library.DRIVER),
        NVRTC(Library.NVRTC),
        BLAS(Library.CUBLAS),
        DNN(Library.CUDNN);

        private final Library library;

        Binding(Library library) {
            this.library = library;
        }
    }

    private Bindings() { }

    /**
     * Loads a binding and the library it calls; later calls do nothing.
     *
     * @throws dev.lamina.backend.BackendException if the library is missing or unfit
     */
    static void load(Binding binding) {
        CudaLibraries.require(binding.library);
    }
}

package dev.lamina.cpu.onednn;

import dev.lamina.cpu.natives.OneDnnFiles;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The loaded native library, once for the process. The OpenMP runtime is loaded first, by path, so that oneDNN finds that very file and
 * kernels of ours run on its threads. Thread-safe.
 *
 * @param files where the library was found
 * @param dnnl oneDNN's functions
 * @param openMp the OpenMP runtime's functions, if they can be reached
 */
record DnnlLibrary(OneDnnFiles files, SymbolLookup dnnl, Optional<SymbolLookup> openMp) {
    private static DnnlLibrary loaded;

    /**
     * Loads the library, or returns the one that is loaded. A failure is not remembered.
     *
     * @throws dev.lamina.backend.BackendException if it is missing, damaged, or for another platform
     */
    static synchronized DnnlLibrary load() {
        if (loaded == null) {
            OneDnnFiles files = OneDnnFiles.locate();
            try {
                files.openMp().ifPresent(path -> lookup(path.toString()));
                SymbolLookup dnnl = lookup(files.dnnl().toString());
                loaded = new DnnlLibrary(files, dnnl, openMp(files));
            } catch (IllegalArgumentException e) {
                throw files.cannotLoad(e);
            }
        }
        return loaded;
    }

    private static Optional<SymbolLookup> openMp(OneDnnFiles files) {
        try {
            return Optional.of(lookup(files.openMpName()));
        } catch (IllegalArgumentException e) {
            // A system's runtime under another name: kernels then run on Java threads.
            return Optional.empty();
        }
    }

    @SuppressWarnings("restricted")
    private static SymbolLookup lookup(String name) {
        return name.contains("/") || name.contains("\\") ? SymbolLookup.libraryLookup(Path.of(name), Arena.global())
                : SymbolLookup.libraryLookup(name, Arena.global());
    }
}

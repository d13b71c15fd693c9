package dev.lamina.cpu.onednn;

import dev.lamina.backend.BackendException;
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
 * @param openMp the OpenMP runtime's functions, if it is a file of its own
 */
record DnnlLibrary(OneDnnFiles files, SymbolLookup dnnl, Optional<SymbolLookup> openMp) {
    private static DnnlLibrary loaded;

    /**
     * Loads the library, or returns the one that is loaded. A failure is not remembered.
     *
     * @throws BackendException if it is missing, damaged, or for another platform
     */
    static synchronized DnnlLibrary load() {
        if (loaded == null) {
            OneDnnFiles files = OneDnnFiles.locate();
            Optional<SymbolLookup> openMp = files.openMp().map(DnnlLibrary::lookup);
            loaded = new DnnlLibrary(files, lookup(files.dnnl()), openMp);
        }
        return loaded;
    }

    @SuppressWarnings("restricted")
    private static SymbolLookup lookup(Path path) {
        try {
            return SymbolLookup.libraryLookup(path, Arena.global());
        } catch (IllegalArgumentException e) {
            throw new BackendException("native library \"" + path + "\" cannot be loaded: " + e.getMessage() + ".",
                    "Is it for this platform (" + System.getProperty("os.name") + " " + System.getProperty("os.arch")
                            + ")? On Linux, ldd on that file names what it misses.");
        }
    }
}

package dev.lamina.cpu.onednn;

import dev.lamina.backend.BackendException;
import dev.lamina.cpu.natives.OneDnnFiles;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Path;
import java.util.List;
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
    /** The youngest of the functions that are used, and one of every version. */
    private static final List<String> NEEDED = List.of("dnnl_version", "dnnl_primitive_attr_set_deterministic",
            "dnnl_memory_desc_create_with_blob");

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
                for (Path file : files.loadOrder()) {
                    ElfFile.incomplete(file).ifPresent(reason -> {
                        throw new IllegalArgumentException(reason);
                    });
                }
                files.openMp().ifPresent(path -> lookup(path.toString()));
                SymbolLookup dnnl = lookup(files.dnnl().toString());
                requireVersion(dnnl);
                loaded = new DnnlLibrary(files, dnnl, openMp(files));
            } catch (IllegalArgumentException e) {
                throw files.cannotLoad(e);
            } catch (IllegalCallerException e) {
                throw new BackendException("oneDNN: the Java machine refuses to load libraries: " + e.getMessage() + ".",
                        "Start Java with --enable-native-access=ALL-UNNAMED.");
            }
        }
        return loaded;
    }

    private static void requireVersion(SymbolLookup dnnl) {
        for (String function : NEEDED) {
            if (dnnl.find(function).isEmpty()) {
                throw new IllegalArgumentException("it lacks the function " + function + "; needs a newer oneDNN 3");
            }
        }
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

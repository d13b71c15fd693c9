package dev.lamina.cuda.libraries;

import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;

/** Finds and loads NVIDIA's libraries. */
public final class CudaLibraries {
    /** System property that names folders with the libraries. */
    public static final String FOLDERS_PROPERTY = "lamina.cuda.libs";
    /** Environment variable that names folders with the libraries. */
    public static final String FOLDERS_VARIABLE = "LAMINA_CUDA_LIBS";

    private CudaLibraries() { }

    /** Loads a library. */
    @SuppressWarnings("restricted")
    public static void require(Library library) {
        String folders = System.getProperty(FOLDERS_PROPERTY, System.getenv().getOrDefault(FOLDERS_VARIABLE, ""));
        for (String folder : folders.split(java.io.File.pathSeparator)) {
            Path file = Path.of(folder).toAbsolutePath().resolve(library.fileName());
            if (Files.isRegularFile(file)) {
                SymbolLookup.libraryLookup(file, Arena.global());
            }
        }
    }
}

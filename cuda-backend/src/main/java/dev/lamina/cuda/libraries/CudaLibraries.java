package dev.lamina.cuda.libraries;

import dev.lamina.backend.BackendException;
import dev.lamina.backend.natives.Environment;
import dev.lamina.backend.natives.Platform;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * NVIDIA's libraries of this process. Each is taken from the first of:
 * <ol>
 * <li>the folders that the system property {@value #FOLDERS_PROPERTY} or the environment variable {@value #FOLDERS_VARIABLE} names;</li>
 * <li>the artifact that the Maven profile {@code cuda-redist} puts on the class path, unpacked into a folder of the user's own (all but the
 * driver);</li>
 * <li>the system: {@code LD_LIBRARY_PATH}, the loader's cache, toolkits below {@code /usr/local}, Python's packages;</li>
 * <li>where CUDA 13 is there only: a forwarder to its library, built with the machine's C compiler (NVRTC and cuBLAS).</li>
 * </ol>
 * Nothing is loaded from a folder that everybody can write. Thread-safe.
 */
public final class CudaLibraries {
    /** System property that names folders with the libraries, separated as in a class path. */
    public static final String FOLDERS_PROPERTY = "lamina.cuda.libs";
    /** Environment variable that names folders with the libraries, separated as in a class path. */
    public static final String FOLDERS_VARIABLE = "LAMINA_CUDA_LIBS";

    private static final Map<Library, Loaded> LOADED = new EnumMap<>(Library.class);
    private static final String EMULATOR_MESSAGE = "lamina_emulator_last_message";

    private CudaLibraries() { }

    /**
     * A loaded library.
     *
     * @param library which
     * @param candidate its file and how it was found
     * @param version for people
     * @param opened for calls
     */
    record Loaded(Library library, Candidate candidate, String version, NativeLibrary opened) {
        String describe() {
            return version + ", " + candidate;
        }
    }

    /**
     * Finds, checks and loads a library; later calls do nothing. After a failure the next call tries again.
     *
     * @throws BackendException if it is missing, too old, incomplete, or does not load: what, where, and the way out
     */
    public static void require(Library library) {
        load(library);
    }

    /**
     * The devices of the driver, which is loaded where needed.
     *
     * @throws BackendException if there is no driver, it is too old, or it shows no device
     */
    public static List<DeviceLine> devices() {
        return DeviceLine.all(load(Library.DRIVER).opened);
    }

    /** What the emulator of the tests says about the last call that it refused; empty with a real driver, or before one is loaded. */
    public static synchronized String emulatorsMessage() {
        Loaded driver = LOADED.get(Library.DRIVER);
        return driver != null && driver.opened.has(EMULATOR_MESSAGE) ? driver.opened.text(EMULATOR_MESSAGE) : "";
    }

    /** A line for each library, found or not, JCuda's natives and each device; none on a platform without CUDA. */
    public static List<String> report() {
        if (!Finder.hasCuda(Platform.of(Environment.system()))) {
            return List.of();
        }
        List<String> lines = new ArrayList<>();
        for (Library library : Library.values()) {
            lines.add("%-7s %s".formatted(library.title(), attempt(() -> load(library).describe())));
        }
        lines.add("%-7s %s".formatted("JCuda", attempt(() -> {
            JCudaNatives natives = JCudaNatives.unpack();
            return Artifacts.JCUDA + ", natives in " + natives.folder() + natives.note().map(why -> ", because " + why).orElse("");
        })));
        if (loaded(Library.DRIVER).isPresent()) {
            devices().forEach(device -> lines.add("device %d %s".formatted(device.index(), device.describe())));
        }
        return lines;
    }

    private static String attempt(Supplier<String> line) {
        try {
            return line.get();
        } catch (BackendException e) {
            return e.getMessage().replaceFirst("^CUDA: ", "");
        }
    }

    private static synchronized Optional<Loaded> loaded(Library library) {
        return Optional.ofNullable(LOADED.get(library));
    }

    private static synchronized Loaded load(Library library) {
        Loaded known = LOADED.get(library);
        if (known == null) {
            known = load(library, Finder.system());
            LOADED.put(library, known);
        }
        return known;
    }

    private static Loaded load(Library library, Finder finder) {
        Finder.Found found = finder.find(library);
        List<String> missing = finder.missingParts(library, found);
        if (!missing.isEmpty()) {
            throw new BackendException("CUDA: %s %s is incomplete: %s %s not there.".formatted(library.title(), found.library(),
                    String.join(", ", missing), missing.size() == 1 ? "is" : "are"), library.remedy());
        }
        NativeLibrary opened;
        if (library == Library.CUDNN) {
            // The main library is small and says its version; only then the parts, which are large.
            opened = NativeLibrary.open(found.library().file());
            String version = Versions.check(library, found.library(), opened, false);
            found.parts().forEach(NativeLibrary::open);
            return new Loaded(library, found.library(), version, opened);
        }
        found.parts().forEach(NativeLibrary::open);
        opened = NativeLibrary.open(found.library().file());
        String version = Versions.check(library, found.library(), opened, found.target().isPresent());
        return new Loaded(library, found.library(), version, opened);
    }
}

package dev.lamina.cpu.natives;

import dev.lamina.backend.BackendException;
import dev.lamina.backend.natives.Contents;
import dev.lamina.backend.natives.Environment;
import dev.lamina.backend.natives.Platform;
import dev.lamina.backend.natives.UserCache;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * oneDNN's native libraries, ready to be opened.
 *
 * <p>{@link #locate()} takes the first of:
 * <ol>
 * <li>the folder that the system property {@value #FOLDER_PROPERTY} or the environment variable {@value #FOLDER_VARIABLE} names;</li>
 * <li>the libraries on the class path (artifact {@code org.bytedeco:dnnl} with this platform's classifier), unpacked into an owner-only
 * folder: {@code natives} below the folder that {@value #CACHE_PROPERTY} or {@value #CACHE_VARIABLE} names, else below the user's cache;
 * where that cannot be written, a temporary folder that is deleted at exit.</li>
 * </ol>
 *
 * <p>Open {@link #loadOrder()} in its order. On macOS {@code libdnnl} finds its OpenMP library only because it is loaded already; on Linux
 * the loader takes the one loaded already, or the one in the same folder, which is the same file.
 *
 * @param dnnl oneDNN's library, an absolute path
 * @param openMp the OpenMP library in the same folder, an absolute path; empty where the system brings it, see {@link #openMpName()}
 * @param origin where the files come from, for people
 */
public record OneDnnFiles(Path dnnl, Optional<Path> openMp, String origin) {
    /** System property that names a folder with the library. */
    public static final String FOLDER_PROPERTY = "lamina.onednn";
    /** Environment variable that names a folder with the library. */
    public static final String FOLDER_VARIABLE = "LAMINA_ONEDNN";
    /** System property that names the folder below which Lamina keeps what it can make again. */
    public static final String CACHE_PROPERTY = UserCache.PROPERTY;
    /** Environment variable that names the folder below which Lamina keeps what it can make again. */
    public static final String CACHE_VARIABLE = UserCache.VARIABLE;

    private static OneDnnFiles located;

    /**
     * Finds the libraries, unpacking them where needed (about half a second, once). Later calls give the same answer.
     *
     * @throws BackendException if there are none for this platform, the named folder lacks them, or no folder could be written
     */
    public static synchronized OneDnnFiles locate() {
        if (located == null) {
            located = Locator.system().locate();
        }
        return located;
    }

    /**
     * Lines for {@code lamina doctor}: the library, where it comes from, and whether it is what was unpacked (reads all of it). None where
     * there is no library: then the backend says so itself.
     */
    public static List<String> report() {
        try {
            OneDnnFiles files = locate();
            boolean recorded = Files.exists(files.dnnl.resolveSibling(Contents.FILE));
            return List.of("library " + files.describe(), recorded ? files.damage().map(text -> "damaged: " + text)
                    .orElse("its checksums are those recorded when it was unpacked") : "no checksums are known for it");
        } catch (BackendException e) {
            return List.of();
        }
    }

    /** The files to open, in this order. */
    public List<Path> loadOrder() {
        List<Path> order = new ArrayList<>();
        openMp.ifPresent(order::add);
        order.add(dnnl);
        return List.copyOf(order);
    }

    /**
     * The OpenMP library for the system's loader: its path where it came with oneDNN, else the name under which the loader knows the
     * one that {@code libdnnl} has already loaded.
     */
    public String openMpName() {
        return openMp.map(Path::toString).orElseGet(() -> OneDnnNames.openMp(Platform.of(Environment.system())));
    }

    /** One line: origin and paths. */
    public String describe() {
        return dnnl + openMp.map(path -> " with " + path.getFileName()).orElse("") + ", " + origin;
    }

    /**
     * Compares the unpacked files with the checksums recorded when they were unpacked; reads all of them (0.1 to 0.5 s).
     *
     * @return what is wrong, or empty: nothing, or the folder is the user's own and has no checksums
     */
    public Optional<String> damage() {
        Path folder = dnnl.getParent();
        return Files.exists(folder.resolve(Contents.FILE)) ? Contents.damage(folder) : Optional.empty();
    }

    /**
     * What to throw when a library does not open: names the file, the loader's words, any damage and what to do. The next
     * {@link #locate()}, of this process or another, unpacks a damaged copy again.
     */
    public BackendException cannotLoad(Throwable cause) {
        Optional<String> damage = damage();
        damage.ifPresent(_ -> distrust());
        String fact = "oneDNN: " + dnnl + " (" + origin + ") cannot be loaded: " + cause.getMessage()
                + damage.map(text -> "; " + text).orElse("") + ".";
        BackendException exception = new BackendException(fact, damage.isPresent() ? "Start again: it will be unpacked anew." : loadHint());
        exception.initCause(cause);
        return exception;
    }

    private void distrust() {
        synchronized (OneDnnFiles.class) {
            located = null;
        }
        Contents.distrust(loadOrder());
    }

    private String loadHint() {
        Platform here = Platform.of(Environment.system());
        if (!Files.exists(dnnl.resolveSibling(Contents.FILE))) {
            return "It must be oneDNN 3.x for " + here.id() + ", with the libraries that it needs itself.";
        }
        return switch (here.system()) {
            case "windows" -> "It needs Microsoft's Visual C++ redistributable (VCOMP140.DLL, MSVCP140.dll): install it.";
            case "linux" -> "It needs glibc, libstdc++.so.6 (package libstdc++6) and a folder not mounted noexec: name another with -D"
                    + CACHE_PROPERTY + " or " + CACHE_VARIABLE + ".";
            default -> "To take a oneDNN 3.x of your own, name its folder with -D" + FOLDER_PROPERTY + " or " + FOLDER_VARIABLE + ".";
        };
    }
}

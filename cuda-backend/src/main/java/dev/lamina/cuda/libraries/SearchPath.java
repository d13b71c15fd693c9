package dev.lamina.cuda.libraries;

import dev.lamina.backend.BackendException;
import dev.lamina.backend.natives.Environment;
import dev.lamina.backend.natives.Platform;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The folders where NVIDIA's libraries may lie, in the order in which they are asked. The driver is looked for at each start of Lamina, so
 * folders that take time to find come last and only for what may be there. Plain loops: they start faster than streams.
 */
final class SearchPath {
    private static final String LOADER_PATH = "LD_LIBRARY_PATH";
    private static final List<String> SYSTEM = List.of("/usr/lib/x86_64-linux-gnu", "/usr/lib64", "/usr/lib", "/usr/lib/wsl/lib",
            "/run/opengl-driver/lib", "/usr/local/nvidia/lib64", "/usr/local/nvidia/lib", "/usr/local/cuda/lib64");

    private final Environment environment;
    private final boolean windows;
    private final List<Place> named = new ArrayList<>();
    private List<Place> installed;

    /** A folder and what led to it. */
    record Place(Path folder, String origin) { }

    SearchPath(Environment environment, Platform platform) {
        this.environment = environment;
        this.windows = platform.system().equals("windows");
        Optional<Environment.Setting> setting = environment.setting(CudaLibraries.FOLDERS_PROPERTY, CudaLibraries.FOLDERS_VARIABLE);
        if (setting.isPresent()) {
            add(named, setting.get().value(), "named by " + setting.get().name(), "");
        }
    }

    /** The folders that the user names. */
    List<Place> named() {
        return List.copyOf(named);
    }

    /** The file in the folders that the user names. */
    Optional<Candidate> findNamed(String name) {
        return find(named, name);
    }

    /** The file where the system has it. */
    Optional<Candidate> findInSystem(String name) {
        Optional<Candidate> quickly = findDriver(name);
        return quickly.isPresent() || windows ? quickly : find(installed(), name);
    }

    /** The file where a driver may be: all but toolkits and Python's packages. */
    Optional<Candidate> findDriver(String name) {
        return windows ? find(windows(), name) : find(before(), name).or(() -> linker(name)).or(() -> find(fixed(), name));
    }

    private static Optional<Candidate> find(List<Place> places, String name) {
        for (Place place : places) {
            Path file = place.folder.resolve(name);
            if (Files.isRegularFile(file)) {
                return Optional.of(new Candidate(file, place.origin));
            }
        }
        return Optional.empty();
    }

    private static Optional<Candidate> linker(String name) {
        Optional<Path> file = LinkerCache.find(LinkerCache.FILE, name);
        return file.isPresent() && Files.isRegularFile(file.get()) ? Optional.of(new Candidate(file.get(), "the loader's cache"))
                : Optional.empty();
    }

    private List<Place> before() {
        List<Place> places = new ArrayList<>();
        add(places, environment.variable(LOADER_PATH).orElse(""), LOADER_PATH, "");
        add(places, environment.variable("CUDA_HOME").orElse(""), "CUDA_HOME", "lib64");
        add(places, environment.variable("CUDA_PATH").orElse(""), "CUDA_PATH", "lib64");
        return places;
    }

    private static List<Place> fixed() {
        List<Place> places = new ArrayList<>();
        for (String folder : SYSTEM) {
            places.add(new Place(Path.of(folder), "the system"));
        }
        return places;
    }

    private List<Place> installed() {
        if (installed == null) {
            installed = InstalledFolders.find(environment);
        }
        return installed;
    }

    private List<Place> windows() {
        List<Place> places = new ArrayList<>();
        add(places, environment.variable("CUDA_PATH").orElse(""), "CUDA_PATH", "bin");
        add(places, environment.variable("SystemRoot").orElse(""), "the system", "System32");
        add(places, environment.variable("PATH").orElse(""), "PATH", "");
        return places;
    }

    /** Adds the folders of a list, or a folder below each of them. */
    private static void add(List<Place> places, String list, String origin, String below) {
        for (String text : list.split(File.pathSeparator)) {
            if (!text.isBlank()) {
                try {
                    places.add(new Place(Path.of(text).toAbsolutePath().normalize().resolve(below), origin));
                } catch (InvalidPathException e) {
                    throw new BackendException("CUDA: \"" + text + "\" (" + origin + ") is no path: " + e.getReason() + ".",
                            "Name folders.");
                }
            }
        }
    }
}

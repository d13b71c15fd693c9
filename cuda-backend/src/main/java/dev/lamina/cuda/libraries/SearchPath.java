package dev.lamina.cuda.libraries;

import dev.lamina.backend.BackendException;
import dev.lamina.backend.natives.Environment;
import dev.lamina.backend.natives.Platform;
import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The folders where NVIDIA's libraries may lie, in the order in which they are asked.
 *
 * @param named those that the user names
 * @param system those of the system
 * @param linker the loader's own table of names
 */
record SearchPath(List<Place> named, List<Place> system, Map<String, Path> linker) {
    private static final List<String> SYSTEM = List.of("/usr/lib/x86_64-linux-gnu", "/usr/lib64", "/usr/lib", "/usr/lib/wsl/lib",
            "/run/opengl-driver/lib", "/usr/local/nvidia/lib64", "/usr/local/nvidia/lib", "/usr/local/cuda/lib64");

    /** A folder and what led to it. */
    record Place(Path folder, String origin) { }

    static SearchPath of(Environment environment, Platform platform) {
        List<Place> named = environment.setting(CudaLibraries.FOLDERS_PROPERTY, CudaLibraries.FOLDERS_VARIABLE).stream()
                .flatMap(setting -> folders(setting.value(), "named by " + setting.name())).toList();
        if (platform.system().equals("windows")) {
            return new SearchPath(named, windows(environment), Map.of());
        }
        return new SearchPath(named, linux(environment), LinkerCache.read(LinkerCache.FILE));
    }

    /** The file in the folders that the user names. */
    Optional<Candidate> findNamed(String name) {
        return find(named, name);
    }

    /** The file where the system has it. */
    Optional<Candidate> findInSystem(String name) {
        return find(system.stream().filter(place -> place.origin.equals("LD_LIBRARY_PATH")).toList(), name)
                .or(() -> Optional.ofNullable(linker.get(name)).filter(Files::isRegularFile)
                        .map(file -> new Candidate(file, "the loader's cache")))
                .or(() -> find(system, name));
    }

    /** A file of that name, or one that goes on with a minor version, in a folder. */
    static Optional<Path> inFolder(Path folder, String name) {
        Path exact = folder.resolve(name);
        if (Files.isRegularFile(exact)) {
            return Optional.of(exact);
        }
        return matches(folder, name + ".*").max(Comparator.naturalOrder());
    }

    private static Optional<Candidate> find(List<Place> places, String name) {
        return places.stream().filter(place -> Files.isRegularFile(place.folder.resolve(name))).findFirst()
                .map(place -> new Candidate(place.folder.resolve(name), place.origin));
    }

    private static List<Place> linux(Environment environment) {
        List<Place> places = new ArrayList<>();
        environment.variable("LD_LIBRARY_PATH").ifPresent(value -> folders(value, "LD_LIBRARY_PATH").forEach(places::add));
        for (String variable : List.of("CUDA_HOME", "CUDA_PATH")) {
            environment.variable(variable).ifPresent(value -> folders(value, variable)
                    .forEach(place -> places.add(new Place(place.folder.resolve("lib64"), variable))));
        }
        SYSTEM.forEach(folder -> places.add(new Place(Path.of(folder), "the system")));
        matches(Path.of("/usr/local"), "cuda-1[23]*").sorted(Comparator.reverseOrder())
                .forEach(toolkit -> places.add(new Place(toolkit.resolve("lib64"), "the system")));
        python(environment).forEach(folder -> places.add(new Place(folder, "a Python package")));
        return List.copyOf(places);
    }

    /** The folders {@code lib} of NVIDIA's wheels, and conda's own. */
    private static List<Path> python(Environment environment) {
        List<Path> roots = new ArrayList<>();
        List<Path> found = new ArrayList<>();
        for (String variable : List.of("VIRTUAL_ENV", "CONDA_PREFIX")) {
            environment.variable(variable).map(Path::of).map(folder -> folder.resolve("lib")).ifPresent(folder -> {
                roots.add(folder);
                found.add(folder);
            });
        }
        environment.property("user.home").map(home -> Path.of(home, ".local", "lib")).ifPresent(roots::add);
        roots.addAll(List.of(Path.of("/usr/local/lib"), Path.of("/usr/lib"), Path.of("/opt/conda/lib")));
        for (Path root : roots) {
            // Debian's own Python keeps packages outside the folder of one version.
            Stream.concat(Stream.of(root.resolve("python3")), matches(root, "python3.*").sorted(Comparator.reverseOrder()))
                    .flatMap(python -> Stream.of(python.resolve("site-packages"), python.resolve("dist-packages")))
                    .flatMap(packages -> matches(packages.resolve("nvidia"), "*").sorted())
                    .map(each -> each.resolve("lib")).filter(Files::isDirectory).forEach(found::add);
        }
        return found;
    }

    private static List<Place> windows(Environment environment) {
        List<Place> places = new ArrayList<>();
        environment.variable("CUDA_PATH").ifPresent(value -> folders(value, "CUDA_PATH")
                .forEach(place -> places.add(new Place(place.folder.resolve("bin"), "CUDA_PATH"))));
        environment.variable("SystemRoot").ifPresent(root -> places.add(new Place(Path.of(root, "System32"), "the system")));
        environment.variable("PATH").ifPresent(value -> folders(value, "PATH").forEach(places::add));
        return List.copyOf(places);
    }

    private static Stream<Place> folders(String list, String origin) {
        return Arrays.stream(list.split(File.pathSeparator)).filter(text -> !text.isBlank()).map(text -> {
            try {
                return new Place(Path.of(text).toAbsolutePath().normalize(), origin);
            } catch (InvalidPathException e) {
                throw new BackendException("CUDA: \"" + text + "\" (" + origin + ") is no path: " + e.getReason() + ".", "Name folders.");
            }
        });
    }

    private static Stream<Path> matches(Path folder, String pattern) {
        List<Path> found = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, pattern)) {
                entries.forEach(found::add);
            } catch (IOException e) {
                return Stream.empty();
            }
        }
        return found.stream();
    }
}

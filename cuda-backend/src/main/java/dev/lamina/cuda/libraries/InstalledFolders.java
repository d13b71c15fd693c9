package dev.lamina.cuda.libraries;

import dev.lamina.backend.natives.Environment;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Folders whose names have to be found: toolkits of several versions, and the wheels of Python's package manager. */
final class InstalledFolders {
    private InstalledFolders() { }

    /** Toolkits, newest first, then Python's packages. */
    static List<SearchPath.Place> find(Environment environment) {
        List<SearchPath.Place> places = new ArrayList<>();
        for (Path toolkit : matches(Path.of("/usr/local"), "cuda-1[23]*")) {
            places.add(new SearchPath.Place(toolkit.resolve("lib64"), "the system"));
        }
        for (Path root : pythons(environment, places)) {
            for (Path packages : packages(root)) {
                for (Path each : matches(packages.resolve("nvidia"), "*")) {
                    if (Files.isDirectory(each.resolve("lib"))) {
                        places.add(new SearchPath.Place(each.resolve("lib"), "a Python package"));
                    }
                }
            }
        }
        return places;
    }

    /** A file of that name, or the last of those that go on with a minor version, in a folder. */
    static Optional<Path> file(Path folder, String name) {
        Path exact = folder.resolve(name);
        return Files.isRegularFile(exact) ? Optional.of(exact) : matches(folder, name + ".*").stream().findFirst();
    }

    private static List<Path> pythons(Environment environment, List<SearchPath.Place> places) {
        List<Path> roots = new ArrayList<>();
        for (String variable : List.of("VIRTUAL_ENV", "CONDA_PREFIX")) {
            environment.variable(variable).ifPresent(value -> {
                Path lib = Path.of(value, "lib");
                roots.add(lib);
                places.add(new SearchPath.Place(lib, variable));
            });
        }
        environment.property("user.home").ifPresent(home -> roots.add(Path.of(home, ".local", "lib")));
        roots.addAll(List.of(Path.of("/usr/local/lib"), Path.of("/usr/lib"), Path.of("/opt/conda/lib")));
        return roots;
    }

    private static List<Path> packages(Path root) {
        List<Path> folders = new ArrayList<>();
        // Debian's own Python keeps packages outside the folder of one version: python3.
        for (Path python : matches(root, "python3*")) {
            folders.add(python.resolve("site-packages"));
            folders.add(python.resolve("dist-packages"));
        }
        return folders;
    }

    /** The last in the alphabet first. */
    private static List<Path> matches(Path folder, String pattern) {
        List<Path> found = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, pattern)) {
                entries.forEach(found::add);
            } catch (IOException e) {
                return List.of();
            }
        }
        found.sort(Comparator.reverseOrder());
        return found;
    }
}

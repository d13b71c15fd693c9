package dev.lamina.cuda.libraries;

import dev.lamina.backend.BackendException;
import dev.lamina.backend.natives.CacheFolder;
import dev.lamina.backend.natives.Environment;
import dev.lamina.backend.natives.Platform;
import dev.lamina.backend.natives.UserCache;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Finds a library: in the folders that the user names, in the artifact of the profile {@code cuda-redist}, where the system has it, and
 * last a forwarder to CUDA 13.
 *
 * @param path the folders
 * @param redist the artifact
 * @param platform the platform at hand
 * @param forwarder makes forwarders
 * @param natives JCuda's natives
 */
record Finder(SearchPath path, Supplier<Redist> redist, Platform platform, Supplier<Forwarder> forwarder, Supplier<JCudaNatives> natives) {
    /**
     * A library that was found, and its parts.
     *
     * @param library the file to load
     * @param parts files to load before it, in this order
     * @param target the library of CUDA 13 behind a forwarder
     */
    record Found(Candidate library, List<Path> parts, Optional<Candidate> target) { }

    static Finder system() {
        Environment environment = Environment.system();
        Platform platform = Platform.of(environment);
        return new Finder(new SearchPath(environment, platform), () -> new Redist(environment, platform, Finder.class.getClassLoader()),
                platform, () -> new Forwarder(CacheFolder.at(UserCache.folder(environment, platform).resolve("forwarders")),
                        Forwarder.Tools.REAL), JCudaNatives::unpack);
    }

    /** Whether there is CUDA, and JCuda, for the platform. */
    static boolean hasCuda(Platform platform) {
        return platform.id().equals("linux-x86_64") || platform.id().equals("windows-x86_64");
    }

    /**
     * Finds it.
     *
     * @throws BackendException if it is nowhere, incomplete, or not safe to load
     */
    Found find(Library library) {
        if (!hasCuda(platform)) {
            throw new BackendException("CUDA: this is " + platform.id() + "; there is CUDA for linux-x86_64 and windows-x86_64 only.", "");
        }
        String name = library.fileName(platform);
        Optional<Candidate> candidate = path.findNamed(name);
        if (candidate.isEmpty() && library != Library.DRIVER) {
            candidate = redist.get().find(name);
        }
        if (candidate.isEmpty()) {
            candidate = library == Library.DRIVER ? path.findDriver(name) : path.findInSystem(name);
        }
        if (candidate.isPresent()) {
            vet(candidate.get().file());
            return new Found(candidate.get(), parts(library, candidate.get().file()), Optional.empty());
        }
        return library.successor().flatMap(newer -> path.findNamed(newer).or(() -> path.findInSystem(newer)))
                .map(newer -> forwarded(library, name, newer)).orElseThrow(() -> absent(library, name));
    }

    private Found forwarded(Library library, String name, Candidate target) {
        vet(target.file());
        JCudaNatives callers = natives.get();
        Path file = forwarder.get().build(library, name, target.file(), callers.file(library == Library.NVRTC ? "JNvrtc" : "JCublas2"));
        List<Path> parts = library == Library.CUBLAS
                ? InstalledFolders.file(target.file().getParent(), "libcublasLt.so.13").stream().toList() : List.of();
        return new Found(new Candidate(file, "a forwarder to " + target), parts, Optional.of(target));
    }

    /** What it opens at run time by bare name, where the system's loader may not look in its folder. */
    private List<Path> parts(Library library, Path file) {
        List<Path> parts = new ArrayList<>();
        if (platform.system().equals("linux")) {
            for (String part : library.parts()) {
                part(file, part).ifPresent(parts::add);
            }
        }
        return parts;
    }

    /** Parts that are not there. */
    List<String> missingParts(Library library, Found found) {
        return platform.system().equals("linux") && found.target.isEmpty() && library == Library.CUDNN
                ? library.parts().stream().filter(part -> part(found.library.file(), part).isEmpty()).toList() : List.of();
    }

    /** Beside the file or beside what it links to, and nowhere else: parts of another version do not fit. */
    private static Optional<Path> part(Path file, String name) {
        return InstalledFolders.file(file.getParent(), name)
                .or(() -> realFolder(file).flatMap(folder -> InstalledFolders.file(folder, name)));
    }

    private static Optional<Path> realFolder(Path file) {
        try {
            return Optional.of(file.toRealPath().getParent());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Never load what everybody could have put there. */
    private static void vet(Path file) {
        try {
            Path real = file.toRealPath();
            for (Path each : List.of(real, real.getParent(), file.getParent())) {
                if (each.getFileSystem().supportedFileAttributeViews().contains("posix")
                        && Files.getPosixFilePermissions(each).contains(PosixFilePermission.OTHERS_WRITE)) {
                    throw new BackendException("CUDA: " + file + " is not loaded, because " + each + " can be written by everyone.",
                            "Take that right away (chmod o-w), or name another folder with LAMINA_CUDA_LIBS.");
                }
            }
        } catch (IOException e) {
            throw new BackendException("CUDA: " + file + " cannot be examined: " + e.getMessage() + ".", "");
        }
    }

    private BackendException absent(Library library, String name) {
        if (library == Library.DRIVER) {
            return new BackendException("CUDA: no NVIDIA driver: " + name + " is not in " + where() + ".", library.remedy());
        }
        String older = library.predecessors().stream().flatMap(old -> path.findNamed(old).or(() -> path.findInSystem(old)).stream())
                .findFirst().map(old -> "; " + old + " is too old").orElse("");
        return new BackendException("CUDA: " + library.title() + " is missing: " + name + library.successor().map(newer -> " (or " + newer
                + ")").orElse("") + " is not in " + where() + older + ".", library.remedy());
    }

    private String where() {
        List<String> named = path.named().stream().map(place -> place.folder().toString()).toList();
        return (named.isEmpty() ? "" : String.join(", ", named) + ", ") + (platform.system().equals("windows") ? "CUDA_PATH and PATH"
                : "LD_LIBRARY_PATH, the loader's cache, /usr/local/cuda* and Python's packages");
    }
}

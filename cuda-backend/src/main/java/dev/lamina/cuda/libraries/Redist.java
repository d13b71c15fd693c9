package dev.lamina.cuda.libraries;

import dev.lamina.backend.BackendException;
import dev.lamina.backend.natives.Bundled;
import dev.lamina.backend.natives.Contents;
import dev.lamina.backend.natives.Disk;
import dev.lamina.backend.natives.Environment;
import dev.lamina.backend.natives.OwnerOnly;
import dev.lamina.backend.natives.Platform;
import dev.lamina.backend.natives.Reasons;
import dev.lamina.backend.natives.Unpacker;
import dev.lamina.backend.natives.UserCache;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * CUDA 12.6 and cuDNN 9.5 out of {@code org.bytedeco:cuda} with the classifier {@code -redist}, which the Maven profile {@code cuda-redist}
 * puts on the class path (2.0 GB; there is no smaller artifact). Only what is needed is unpacked, once: 1.3 GB. What was unpacked serves
 * later builds without the profile too.
 */
final class Redist {
    private static final Logger LOG = LoggerFactory.getLogger(Redist.class);
    private static final List<String> NAMES = List.of("libnvrtc-builtins.so.12.6", "libnvrtc.so.12", "libcublasLt.so.12", "libcublas.so.12",
            "libcudnn_graph.so.9", "libcudnn_ops.so.9", "libcudnn_cnn.so.9", "libcudnn_heuristic.so.9",
            "libcudnn_engines_runtime_compiled.so.9", "libcudnn_engines_precompiled.so.9", "libcudnn.so.9");

    private final Environment environment;
    private final Platform platform;
    private final ClassLoader loader;
    Redist(Environment environment, Platform platform, ClassLoader loader) {
        this.environment = environment;
        this.platform = platform;
        this.loader = loader;
    }

    /** A library of it; unpacks all of them where needed (seconds, once). */
    Optional<Candidate> find(String name) {
        return locate().map(at -> at.resolve(name)).filter(Files::isRegularFile)
                .map(file -> new Candidate(file, "from org.bytedeco:cuda:" + Artifacts.REDIST + ", profile cuda-redist"));
    }

    private Optional<Path> locate() {
        try {
            Path cache = UserCache.folder(environment, platform).resolve("natives");
            List<Bundled> libraries = bundled();
            if (libraries.isEmpty()) {
                return before(cache);
            }
            String key = "%s-%08x".formatted(prefix(), libraries.getLast().crc());
            return Optional.of(new Unpacker(libraries, key, "CUDA and cuDNN", Disk.REAL).into(cache));
        } catch (IOException e) {
            throw new BackendException("CUDA: the libraries of the profile cuda-redist cannot be unpacked: " + Reasons.of(e) + ".",
                    UserCache.HINT + ".");
        }
    }

    private String prefix() {
        return "cuda-redist-" + Artifacts.REDIST + "-" + platform.id();
    }

    private List<Bundled> bundled() throws IOException {
        List<Bundled> libraries = new ArrayList<>();
        for (String name : NAMES) {
            Optional<Bundled> library = Bundled.find(loader, "org/bytedeco/cuda/" + platform.id() + "/" + name);
            if (library.isEmpty()) {
                return List.of();
            }
            libraries.add(library.get());
        }
        return libraries;
    }

    /** What an earlier build with the profile has unpacked. */
    private Optional<Path> before(Path cache) throws IOException {
        if (!Files.isDirectory(cache)) {
            return Optional.empty();
        }
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(cache, prefix() + "-*")) {
            for (Path found : folders) {
                OwnerOnly.folder(cache);
                Optional<String> problem = Contents.problem(found);
                if (problem.isEmpty()) {
                    return Optional.of(found);
                }
                LOG.warn("{} is not used: {}", found, problem.get());
            }
        }
        return Optional.empty();
    }
}

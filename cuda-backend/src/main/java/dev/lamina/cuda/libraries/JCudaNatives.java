package dev.lamina.cuda.libraries;

import dev.lamina.backend.BackendException;
import dev.lamina.backend.natives.Bundled;
import dev.lamina.backend.natives.Disk;
import dev.lamina.backend.natives.Environment;
import dev.lamina.backend.natives.Platform;
import dev.lamina.backend.natives.Reasons;
import dev.lamina.backend.natives.Unpacker;
import dev.lamina.backend.natives.UserCache;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * JCuda's native libraries, unpacked from the class path into a folder of the user's own. JCuda itself would unpack them into the temporary
 * folder under a fixed name, and take what lies there.
 *
 * @param folder where they are
 * @param note why that is a temporary folder; empty where it is the cache
 */
public record JCudaNatives(Path folder, Optional<String> note) {
    private static final List<String> NAMES = List.of("JCudaDriver", "JNvrtc", "JCublas2", "JCudnn");

    private static JCudaNatives unpacked;

    /**
     * Unpacks them where needed (tens of milliseconds, once).
     *
     * @throws BackendException if the class path has none for this platform, or no folder could be written
     */
    public static synchronized JCudaNatives unpack() {
        if (unpacked == null) {
            Environment environment = Environment.system();
            unpacked = unpack(environment, Platform.of(environment), JCudaNatives.class.getClassLoader());
        }
        return unpacked;
    }

    static JCudaNatives unpack(Environment environment, Platform platform, ClassLoader loader) {
        try {
            List<Bundled> libraries = new ArrayList<>();
            StringBuilder key = new StringBuilder("jcuda-" + Artifacts.JCUDA + "-" + platform.id());
            for (String name : NAMES) {
                String resource = "lib/" + fileName(name, platform);
                Bundled library = Bundled.find(loader, resource).orElseThrow(() -> absent(resource, platform));
                libraries.add(library);
                key.append("-%08x".formatted(library.crc()));
            }
            Unpacker.Unpacked place = new Unpacker(libraries, key.toString(), "JCuda", Disk.REAL)
                    .intoOrTemporary(UserCache.folder(environment, platform).resolve("natives"));
            return new JCudaNatives(place.folder(), place.refused());
        } catch (IOException e) {
            BackendException failure = new BackendException("CUDA: JCuda's natives: " + Reasons.of(e) + ".", UserCache.HINT + ".");
            failure.initCause(e);
            throw failure;
        } catch (IllegalArgumentException e) {
            throw new BackendException("CUDA: " + e.getMessage() + ".", "Name a folder.");
        }
    }

    /** The file of one of JCuda's libraries. */
    public Path file(String name) {
        return folder.resolve(fileName(name, Platform.of(Environment.system())));
    }

    private static String fileName(String name, Platform platform) {
        String stem = name + "-" + Artifacts.JCUDA + "-" + platform.id();
        return platform.system().equals("windows") ? stem + ".dll" : "lib" + stem + ".so";
    }

    private static BackendException absent(String resource, Platform platform) {
        return new BackendException("CUDA: the class path has no " + resource + ".", "JCuda has natives for linux-x86_64 and"
                + " windows-x86_64; build with ./mvnw -Dlamina.cuda.platform=" + platform.id() + ".");
    }
}

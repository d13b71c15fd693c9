package dev.lamina.cpu.natives;

import dev.lamina.backend.BackendException;
import dev.lamina.backend.natives.Bundled;
import dev.lamina.backend.natives.Disk;
import dev.lamina.backend.natives.Environment;
import dev.lamina.backend.natives.Platform;
import dev.lamina.backend.natives.Reasons;
import dev.lamina.backend.natives.Unpacker;
import dev.lamina.backend.natives.UserCache;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;

/**
 * Finds oneDNN's libraries: see {@link OneDnnFiles}.
 *
 * @param environment settings
 * @param platform the platform at hand
 * @param loader the class path
 * @param disk where files are unpacked
 */
record Locator(Environment environment, Platform platform, ClassLoader loader, Disk disk) {
    private static final String OWN_FOLDER =
            "name a folder that has one with -D" + OneDnnFiles.FOLDER_PROPERTY + " or " + OneDnnFiles.FOLDER_VARIABLE;

    static Locator system() {
        Environment environment = Environment.system();
        return new Locator(environment, Platform.of(environment), Locator.class.getClassLoader(), Disk.REAL);
    }

    OneDnnFiles locate() {
        Optional<Environment.Setting> folder = environment.setting(OneDnnFiles.FOLDER_PROPERTY, OneDnnFiles.FOLDER_VARIABLE);
        if (folder.isPresent()) {
            return named(folder.get());
        }
        try {
            return unpacked(bundled());
        } catch (IOException e) {
            throw failure("oneDNN: the libraries on the class path cannot be read: " + Reasons.of(e) + ".",
                    "Build the jar again, or " + OWN_FOLDER + ".", e);
        }
    }

    private OneDnnFiles named(Environment.Setting setting) {
        Path folder = path(setting);
        Path dnnl = OneDnnNames.dnnl(platform).stream().map(folder::resolve).filter(Files::isRegularFile).findFirst()
                .orElseThrow(() -> new BackendException("oneDNN: " + setting.name() + "=" + setting.value() + " "
                        + (Files.isDirectory(folder) ? "has no " + String.join(" or ", OneDnnNames.dnnl(platform)) : "is not a folder")
                        + ".",
                        "Name the folder of oneDNN 3.x for " + platform.id() + ", or unset it to take the library on the class path."));
        Optional<Path> openMp = Optional.of(folder.resolve(OneDnnNames.openMp(platform))).filter(Files::isRegularFile);
        return new OneDnnFiles(dnnl, openMp, "the folder that " + setting.name() + " names");
    }

    private List<Bundled> bundled() throws IOException {
        List<Bundled> libraries = new ArrayList<>();
        List<String> names = OneDnnNames.bringsOpenMp(platform)
                ? List.of(OneDnnNames.dnnl(platform).getFirst(), OneDnnNames.openMp(platform))
                : List.of(OneDnnNames.dnnl(platform).getFirst());
        for (String name : names) {
            libraries.add(Bundled.find(loader, OneDnnNames.resource(platform, name)).orElseThrow(() -> absent(name)));
        }
        return libraries;
    }

    private BackendException absent(String name) {
        List<String> present = OneDnnNames.PUBLISHED.stream()
                .filter(other -> loader.getResource(OneDnnNames.resource(other, OneDnnNames.dnnl(other).getFirst())) != null)
                .map(Platform::id).toList();
        String fact = "oneDNN: the class path has no " + OneDnnNames.resource(platform, name) + " for this platform (os.name "
                + environment.property("os.name").orElse("unknown") + ", os.arch " + environment.property("os.arch").orElse("unknown") + ")"
                + (present.isEmpty() ? "" : ", only libraries for " + String.join(", ", present)) + ".";
        if (!OneDnnNames.PUBLISHED.contains(platform)) {
            String published = String.join(", ", OneDnnNames.PUBLISHED.stream().map(Platform::id).toList());
            return new BackendException(fact,
                    "org.bytedeco:dnnl is made for " + published + "; if you have a oneDNN 3.x, " + OWN_FOLDER + ".");
        }
        return new BackendException(fact, "Build with ./mvnw -Dlamina.platform=" + platform.id() + ", or add org.bytedeco:dnnl:"
                + version() + ":" + platform.id() + " to the class path, or " + OWN_FOLDER + ".");
    }

    private OneDnnFiles unpacked(List<Bundled> libraries) {
        StringBuilder key = new StringBuilder("onednn-" + version() + "-" + platform.id());
        libraries.forEach(library -> key.append("-%08x".formatted(library.crc())));
        Unpacker unpacker = new Unpacker(libraries, key.toString(), "oneDNN", disk);
        String origin = "from org.bytedeco:dnnl:" + version() + ":" + platform.id();
        try {
            Unpacker.Unpacked place = unpacker.intoOrTemporary(cache());
            return files(place.folder(), place.refused().isPresent() ? origin + ", in a temporary folder" : origin);
        } catch (IOException e) {
            throw failure("oneDNN: " + Reasons.of(e) + ".", UserCache.HINT + ", or " + OWN_FOLDER + ".", e);
        }
    }

    private OneDnnFiles files(Path folder, String origin) {
        Optional<Path> openMp = OneDnnNames.bringsOpenMp(platform) ? Optional.of(folder.resolve(OneDnnNames.openMp(platform)))
                : Optional.empty();
        return new OneDnnFiles(folder.resolve(OneDnnNames.dnnl(platform).getFirst()), openMp, origin);
    }

    /** The folder for unpacked libraries; nothing is made yet. */
    Path cache() {
        try {
            return UserCache.folder(environment, platform).resolve("natives");
        } catch (IllegalArgumentException e) {
            throw failure("oneDNN: " + e.getMessage() + ".", "Name a folder.", e);
        }
    }

    private static Path path(Environment.Setting setting) {
        try {
            return Path.of(setting.value()).toAbsolutePath().normalize();
        } catch (InvalidPathException e) {
            throw failure("oneDNN: " + setting.name() + "=" + setting.value() + " is no path: " + e.getReason() + ".", "Name a folder.", e);
        }
    }

    /** The version of the Bytedeco artifact that Lamina was built with. */
    static String version() {
        return Version.TEXT;
    }

    private static BackendException failure(String fact, String hint, Throwable cause) {
        BackendException exception = new BackendException(fact, hint);
        exception.initCause(cause);
        return exception;
    }

    private static final class Version {
        static final String TEXT = read();

        private static String read() {
            try (InputStream in = Version.class.getResourceAsStream("onednn.properties")) {
                Properties properties = new Properties();
                properties.load(in);
                return properties.getProperty("version");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}

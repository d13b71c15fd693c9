package dev.lamina.cpu.natives;

import dev.lamina.backend.BackendException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds oneDNN's libraries: see {@link OneDnnFiles}.
 *
 * @param environment settings
 * @param platform the platform at hand
 * @param loader the class path
 * @param disk where files are unpacked
 */
record Locator(Environment environment, Platform platform, ClassLoader loader, Disk disk) {
    private static final Logger LOG = LoggerFactory.getLogger(Locator.class);
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
            throw failure("oneDNN: the libraries on the class path cannot be read: " + reason(e) + ".",
                    "Build the jar again, or " + OWN_FOLDER + ".", e);
        }
    }

    private OneDnnFiles named(Environment.Setting setting) {
        Path folder = path(setting);
        Path dnnl = platform.dnnlNames().stream().map(folder::resolve).filter(Files::isRegularFile).findFirst()
                .orElseThrow(() -> new BackendException("oneDNN: " + setting.name() + "=" + setting.value() + " "
                        + (Files.isDirectory(folder) ? "has no " + String.join(" or ", platform.dnnlNames()) : "is not a folder") + ".",
                        "Name the folder of oneDNN 3.x for " + platform.id() + ", or unset it to take the library on the class path."));
        Optional<Path> openMp = Optional.of(folder.resolve(platform.openMpName())).filter(Files::isRegularFile);
        return new OneDnnFiles(dnnl, openMp, "the folder that " + setting.name() + " names");
    }

    private List<Bundled> bundled() throws IOException {
        List<Bundled> libraries = new ArrayList<>();
        List<String> names = platform.bringsOpenMp() ? List.of(platform.dnnlNames().getFirst(), platform.openMpName())
                : List.of(platform.dnnlNames().getFirst());
        for (String name : names) {
            libraries.add(Bundled.find(loader, platform, name).orElseThrow(() -> absent(name)));
        }
        return libraries;
    }

    private BackendException absent(String name) {
        List<String> present = Platform.PUBLISHED.stream()
                .filter(other -> loader.getResource(other.resource(other.dnnlNames().getFirst())) != null).map(Platform::id).toList();
        String fact = "oneDNN: the class path has no " + platform.resource(name) + " for this platform (os.name "
                + environment.property("os.name").orElse("unknown") + ", os.arch " + environment.property("os.arch").orElse("unknown") + ")"
                + (present.isEmpty() ? "" : ", only libraries for " + String.join(", ", present)) + ".";
        if (!Platform.PUBLISHED.contains(platform)) {
            String published = String.join(", ", Platform.PUBLISHED.stream().map(Platform::id).toList());
            return new BackendException(fact,
                    "org.bytedeco:dnnl is made for " + published + "; if you have a oneDNN 3.x, " + OWN_FOLDER + ".");
        }
        return new BackendException(fact, "Build with ./mvnw -Dlamina.platform=" + platform.id() + ", or add org.bytedeco:dnnl:"
                + version() + ":" + platform.id() + " to the class path, or " + OWN_FOLDER + ".");
    }

    private OneDnnFiles unpacked(List<Bundled> libraries) {
        StringBuilder key = new StringBuilder("onednn-" + version() + "-" + platform.id());
        libraries.forEach(library -> key.append("-%08x".formatted(library.crc())));
        Unpacker unpacker = new Unpacker(libraries, key.toString(), disk);
        String origin = "from org.bytedeco:dnnl:" + version() + ":" + platform.id();
        Path cache = cache();
        try {
            return files(unpacker.into(cache), origin);
        } catch (IOException e) {
            LOG.warn("oneDNN is unpacked into a temporary folder at each start, because {} cannot serve: {}", cache, reason(e));
            return temporary(unpacker, origin, "cannot unpack into " + cache + ": " + reason(e));
        }
    }

    private OneDnnFiles temporary(Unpacker unpacker, String origin, String before) {
        Path folder = null;
        try {
            folder = Files.createTempDirectory("lamina-onednn-").toRealPath();
            deleteAtExit(folder);
            unpacker.fill(folder);
            return files(folder, origin + ", in a temporary folder");
        } catch (IOException e) {
            if (folder != null) {
                Folders.delete(folder);
            }
            throw failure("oneDNN: " + before + "; nor into the temporary folder: " + reason(e) + ".",
                    "Name a folder with room with -D" + OneDnnFiles.CACHE_PROPERTY + " or " + OneDnnFiles.CACHE_VARIABLE + ", or "
                            + OWN_FOLDER + ".", e);
        }
    }

    private static void deleteAtExit(Path folder) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> Folders.delete(folder), "lamina-onednn-cleanup"));
    }

    private OneDnnFiles files(Path folder, String origin) {
        Optional<Path> openMp = platform.bringsOpenMp() ? Optional.of(folder.resolve(platform.openMpName())) : Optional.empty();
        return new OneDnnFiles(folder.resolve(platform.dnnlNames().getFirst()), openMp, origin);
    }

    /** The folder for unpacked libraries; nothing is made yet. */
    Path cache() {
        return environment.setting(OneDnnFiles.CACHE_PROPERTY, OneDnnFiles.CACHE_VARIABLE).map(Locator::path).orElseGet(this::userCache)
                .resolve("natives");
    }

    private Path userCache() {
        Path home = Path.of(environment.property("user.home").orElse("."));
        return switch (platform.system()) {
            case "windows" -> environment.variable("LOCALAPPDATA").map(Path::of).orElseGet(() -> home.resolve("AppData").resolve("Local"))
                    .resolve("lamina");
            case "macosx" -> home.resolve("Library").resolve("Caches").resolve("lamina");
            // The XDG specification: a relative path is to be ignored.
            default -> environment.variable("XDG_CACHE_HOME").map(Path::of).filter(Path::isAbsolute).orElseGet(() -> home.resolve(".cache"))
                    .resolve("lamina");
        };
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

    /** The words of an input or output error. Those of some file errors are a bare path. */
    static String reason(IOException e) {
        String file = e instanceof FileSystemException f && f.getFile() != null ? f.getFile() : "";
        if (e instanceof NoSuchFileException) {
            return file + " does not exist";
        }
        if (e instanceof AccessDeniedException) {
            return "access to " + file + " is denied";
        }
        String text = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        return text.equals(file) ? text + " (" + e.getClass().getSimpleName() + ")" : text;
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

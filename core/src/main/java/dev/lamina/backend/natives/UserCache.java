package dev.lamina.backend.natives;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** The folder below which Lamina keeps what it can make again. */
public final class UserCache {
    /** System property that names it. */
    public static final String PROPERTY = "lamina.cache";
    /** Environment variable that names it. */
    public static final String VARIABLE = "LAMINA_CACHE";
    /** What to do where it does not serve. */
    public static final String HINT = "Name a folder with room with -D" + PROPERTY + " or " + VARIABLE;

    private UserCache() { }

    /** That of this process, see {@link #folder(Environment, Platform)}. */
    public static Path folder() {
        Environment environment = Environment.system();
        return folder(environment, Platform.of(environment));
    }

    /**
     * The folder that the user names, else {@code lamina} in the user's cache as the system's customs place it. Nothing is made yet.
     *
     * @throws IllegalArgumentException if what the user names is no path
     */
    public static Path folder(Environment environment, Platform platform) {
        return environment.setting(PROPERTY, VARIABLE).map(UserCache::path)
                .orElseGet(() -> custom(environment, platform).resolve("lamina"));
    }

    private static Path custom(Environment environment, Platform platform) {
        Path home = Path.of(environment.property("user.home").orElse("."));
        return switch (platform.system()) {
            case "windows" -> environment.variable("LOCALAPPDATA").map(Path::of)
                    .orElseGet(() -> home.resolve("AppData").resolve("Local"));
            case "macosx" -> home.resolve("Library").resolve("Caches");
            // The XDG specification: a relative path is to be ignored.
            default -> environment.variable("XDG_CACHE_HOME").map(Path::of).filter(Path::isAbsolute)
                    .orElseGet(() -> home.resolve(".cache"));
        };
    }

    private static Path path(Environment.Setting setting) {
        try {
            return Path.of(setting.value()).toAbsolutePath().normalize();
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException(setting.name() + "=" + setting.value() + " is no path: " + e.getReason(), e);
        }
    }
}

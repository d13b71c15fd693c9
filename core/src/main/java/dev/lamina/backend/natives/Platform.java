package dev.lamina.backend.natives;

import java.util.Locale;

/**
 * An operating system and processor as Bytedeco's artifacts name them.
 *
 * @param system linux, macosx, windows, or Java's own name of another system
 * @param processor x86_64, arm64, or Java's own name of another processor
 */
public record Platform(String system, String processor) {
    /** The one at hand. */
    public static Platform of(Environment environment) {
        return of(environment.property("os.name").orElse("unknown"), environment.property("os.arch").orElse("unknown"));
    }

    /** From Java's {@code os.name} and {@code os.arch}. */
    public static Platform of(String name, String arch) {
        String lower = name.toLowerCase(Locale.ROOT);
        String system = lower.startsWith("linux") ? "linux" : lower.startsWith("mac") ? "macosx"
                : lower.startsWith("windows") ? "windows" : lower;
        String processor = switch (arch.toLowerCase(Locale.ROOT)) {
            case "amd64", "x86_64", "x64" -> "x86_64";
            case "aarch64", "arm64" -> "arm64";
            default -> arch;
        };
        return new Platform(system, processor);
    }

    /** The classifier of the Maven artifact, for example linux-x86_64. */
    public String id() {
        return system + "-" + processor;
    }
}

package dev.lamina.cpu.natives;

import java.util.List;
import java.util.Locale;

/**
 * An operating system and processor as Bytedeco's artifacts name them, and what oneDNN's libraries are called there.
 *
 * @param system linux, macosx, windows, or Java's own name of another system
 * @param processor x86_64, arm64, or Java's own name of another processor
 */
record Platform(String system, String processor) {
    /** The platforms that {@code org.bytedeco:dnnl} is made for. */
    static final List<Platform> PUBLISHED = List.of(new Platform("linux", "x86_64"), new Platform("linux", "arm64"),
            new Platform("macosx", "arm64"), new Platform("macosx", "x86_64"), new Platform("windows", "x86_64"));

    static Platform of(Environment environment) {
        return of(environment.property("os.name").orElse("unknown"), environment.property("os.arch").orElse("unknown"));
    }

    /** From Java's {@code os.name} and {@code os.arch}. */
    static Platform of(String name, String arch) {
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
    String id() {
        return system + "-" + processor;
    }

    /** Names of oneDNN's library, the published one first. */
    List<String> dnnlNames() {
        return switch (system) {
            case "windows" -> List.of("dnnl.dll");
            case "macosx" -> List.of("libdnnl.3.dylib", "libdnnl.dylib");
            default -> List.of("libdnnl.so.3", "libdnnl.so");
        };
    }

    /** Name of the OpenMP library that the published oneDNN needs. */
    String openMpName() {
        return switch (system) {
            case "windows" -> "VCOMP140.DLL";
            case "macosx" -> processor.equals("arm64") ? "libomp.dylib" : "libiomp5.dylib";
            default -> "libgomp.so.1";
        };
    }

    /** Whether the OpenMP library comes with oneDNN. On Windows it is part of the Visual C++ redistributable. */
    boolean bringsOpenMp() {
        return !system.equals("windows");
    }

    /** Path of a library among the class path's resources. */
    String resource(String library) {
        return "org/bytedeco/dnnl/" + id() + "/" + library;
    }
}

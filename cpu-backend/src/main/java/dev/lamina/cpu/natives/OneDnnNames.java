package dev.lamina.cpu.natives;

import dev.lamina.backend.natives.Platform;
import java.util.List;

/** What oneDNN's libraries are called on each platform. */
final class OneDnnNames {
    /** The platforms that {@code org.bytedeco:dnnl} is made for. */
    static final List<Platform> PUBLISHED = List.of(new Platform("linux", "x86_64"), new Platform("linux", "arm64"),
            new Platform("macosx", "arm64"), new Platform("macosx", "x86_64"), new Platform("windows", "x86_64"));

    private OneDnnNames() { }

    /** Names of oneDNN's library, the published one first. */
    static List<String> dnnl(Platform platform) {
        return switch (platform.system()) {
            case "windows" -> List.of("dnnl.dll");
            case "macosx" -> List.of("libdnnl.3.dylib", "libdnnl.dylib");
            default -> List.of("libdnnl.so.3", "libdnnl.so");
        };
    }

    /** Name of the OpenMP library that the published oneDNN needs. */
    static String openMp(Platform platform) {
        return switch (platform.system()) {
            case "windows" -> "VCOMP140.DLL";
            case "macosx" -> platform.processor().equals("arm64") ? "libomp.dylib" : "libiomp5.dylib";
            default -> "libgomp.so.1";
        };
    }

    /** Whether the OpenMP library comes with oneDNN. On Windows it is part of the Visual C++ redistributable. */
    static boolean bringsOpenMp(Platform platform) {
        return !platform.system().equals("windows");
    }

    /** Path of a library among the class path's resources. */
    static String resource(Platform platform, String library) {
        return "org/bytedeco/dnnl/" + platform.id() + "/" + library;
    }
}

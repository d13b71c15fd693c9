package dev.lamina.cpu.natives;

import dev.lamina.backend.natives.Disk;
import dev.lamina.backend.natives.FakeFiles;
import dev.lamina.backend.natives.Platform;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Libraries that are none, in jars of their own. */
final class FakeNatives {
    static final Platform LINUX = new Platform("linux", "x86_64");
    static final byte[] DNNL = FakeFiles.bytes(300_000, 1);
    static final byte[] OPEN_MP = FakeFiles.bytes(5_000, 2);

    private FakeNatives() { }

    /** A class path with the libraries of one platform in a jar. */
    static ClassLoader jar(Path folder, Platform platform, byte[] dnnl) throws IOException {
        Map<String, byte[]> files = new HashMap<>();
        files.put(OneDnnNames.resource(platform, OneDnnNames.dnnl(platform).getFirst()), dnnl);
        if (OneDnnNames.bringsOpenMp(platform)) {
            files.put(OneDnnNames.resource(platform, OneDnnNames.openMp(platform)), OPEN_MP);
        }
        return FakeFiles.jar(folder, files);
    }

    /** A class path without libraries. */
    static ClassLoader empty() {
        return new URLClassLoader(new URL[0], null);
    }

    /** A locator on Linux x86-64 that unpacks below the folder. */
    static Locator locator(Path cache, ClassLoader loader, Disk disk) {
        Map<String, String> properties = Map.of(OneDnnFiles.CACHE_PROPERTY, cache.toString(), "os.name", "Linux", "os.arch", "amd64");
        return new Locator(FakeFiles.environment(properties, Map.of()), LINUX, loader, disk);
    }
}

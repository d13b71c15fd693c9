package dev.lamina.cpu.natives;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;

/** Libraries that are none, in jars and class loaders of their own, and settings that are not the machine's. */
final class FakeNatives {
    static final Platform LINUX = new Platform("linux", "x86_64");
    static final byte[] DNNL = bytes(300_000, 1);
    static final byte[] OPEN_MP = bytes(5_000, 2);

    private FakeNatives() { }

    static byte[] bytes(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    /** A class path with the libraries of one platform in a jar. */
    static ClassLoader jar(Path folder, Platform platform, byte[] dnnl) throws IOException {
        Path jar = Files.createTempFile(folder, "natives", ".jar");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
            put(out, platform.resource(platform.dnnlNames().getFirst()), dnnl);
            if (platform.bringsOpenMp()) {
                put(out, platform.resource(platform.openMpName()), OPEN_MP);
            }
        }
        return new URLClassLoader(new URL[] {jar.toUri().toURL()}, null);
    }

    private static void put(JarOutputStream out, String name, byte[] bytes) throws IOException {
        out.putNextEntry(new JarEntry(name));
        out.write(bytes);
        out.closeEntry();
    }

    /** A class path without libraries. */
    static ClassLoader empty() {
        return new URLClassLoader(new URL[0], null);
    }

    static Environment environment(Map<String, String> properties, Map<String, String> variables) {
        return new Environment(properties::get, variables::get);
    }

    /** A locator on Linux x86-64 that unpacks below the folder. */
    static Locator locator(Path cache, ClassLoader loader, Disk disk) {
        Map<String, String> properties = Map.of(OneDnnFiles.CACHE_PROPERTY, cache.toString(), "os.name", "Linux", "os.arch", "amd64");
        return new Locator(environment(properties, Map.of()), LINUX, loader, disk);
    }

    /** A disk that takes so many bytes in all, and says beforehand that so many are free. */
    static Disk disk(long takes, long says) {
        return new Disk() {
            private long left = takes;

            @Override
            public OutputStream create(Path file) throws IOException {
                OutputStream real = Disk.REAL.create(file);
                return new OutputStream() {
                    @Override
                    public void write(int value) throws IOException {
                        write(new byte[] {(byte) value}, 0, 1);
                    }

                    @Override
                    public void write(byte[] bytes, int from, int length) throws IOException {
                        left -= length;
                        if (left < 0) {
                            throw new IOException("No space left on device");
                        }
                        real.write(bytes, from, length);
                    }

                    @Override
                    public void close() throws IOException {
                        real.close();
                    }
                };
            }

            @Override
            public long free(Path folder) {
                return says;
            }
        };
    }
}

package dev.lamina.backend.natives;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;

/** Libraries that are none, in jars and class loaders of their own, settings that are not the machine's, and disks that are full. */
public final class FakeFiles {
    static final String RESOURCES = "fake/";
    static final String ONE = "libone.so";
    static final String TWO = "libtwo.so.1";
    static final byte[] BYTES_ONE = bytes(300_000, 1);
    static final byte[] BYTES_TWO = bytes(5_000, 2);

    private FakeFiles() { }

    /** A class path with two libraries. */
    static ClassLoader libraries(Path folder) throws IOException {
        return jar(folder, Map.of(RESOURCES + ONE, BYTES_ONE, RESOURCES + TWO, BYTES_TWO));
    }

    /** What unpacks those two. */
    static Unpacker unpacker(ClassLoader loader, Disk disk) throws IOException {
        return new Unpacker(List.of(Bundled.find(loader, RESOURCES + ONE).orElseThrow(),
                Bundled.find(loader, RESOURCES + TWO).orElseThrow()), "key", "fakes", disk);
    }

    public static byte[] bytes(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    /** A class path with these files in a jar. */
    public static ClassLoader jar(Path folder, Map<String, byte[]> files) throws IOException {
        Path jar = Files.createTempFile(folder, "natives", ".jar");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                out.putNextEntry(new JarEntry(file.getKey()));
                out.write(file.getValue());
                out.closeEntry();
            }
        }
        return new URLClassLoader(new URL[] {jar.toUri().toURL()}, null);
    }

    public static Environment environment(Map<String, String> properties, Map<String, String> variables) {
        return new Environment(properties::get, variables::get);
    }

    /** A disk that takes so many bytes in all, and says beforehand that so many are free. */
    public static Disk disk(long takes, long says) {
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

package dev.lamina.backend.natives;

import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.util.Optional;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.zip.CRC32;

/**
 * A library on the class path.
 *
 * @param name its file name
 * @param url where it is
 * @param size in bytes
 * @param crc its CRC-32, in a jar from the table of contents
 */
public record Bundled(String name, URL url, long size, long crc) {
    /**
     * Finds a library.
     *
     * @param resource its path on the class path
     * @return empty where the class path has none
     */
    public static Optional<Bundled> find(ClassLoader loader, String resource) throws IOException {
        URL url = loader.getResource(resource);
        if (url == null) {
            return Optional.empty();
        }
        String name = resource.substring(resource.lastIndexOf('/') + 1);
        URLConnection connection = url.openConnection();
        connection.setUseCaches(false);
        if (connection instanceof JarURLConnection jar) {
            try (JarFile file = jar.getJarFile()) {
                JarEntry entry = file.getJarEntry(jar.getEntryName());
                return Optional.of(new Bundled(name, url, entry.getSize(), entry.getCrc()));
            }
        }
        return Optional.of(measure(name, url, connection));
    }

    /** Its bytes. */
    public InputStream open() throws IOException {
        URLConnection connection = url.openConnection();
        connection.setUseCaches(false);
        return connection.getInputStream();
    }

    private static Bundled measure(String name, URL url, URLConnection connection) throws IOException {
        CRC32 crc = new CRC32();
        byte[] buffer = new byte[1 << 16];
        long size = 0;
        try (InputStream in = connection.getInputStream()) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                crc.update(buffer, 0, n);
                size += n;
            }
        }
        return new Bundled(name, url, size, crc.getValue());
    }
}

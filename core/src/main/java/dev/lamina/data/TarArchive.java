package dev.lamina.data;

import dev.lamina.io.AtomicFiles;
import dev.lamina.io.CorruptFileException;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** Takes chosen files out of a {@code .tar.gz} archive. Stateless and thread-safe. */
final class TarArchive {
    private TarArchive() { }

    /**
     * Writes the wanted members into a folder under their own names, without the folders of the archive; each appears whole or not at all.
     *
     * @param wanted names without folders
     * @param limit largest size of a member in bytes
     * @throws CorruptFileException if the archive is malformed or cut short, or a wanted member is missing, double or too large
     */
    static void extract(Path archive, Set<String> wanted, long limit, Path folder) throws IOException {
        Set<String> missing = new TreeSet<>(wanted);
        Set<String> done = new HashSet<>();
        try (InputStream raw = new BufferedInputStream(Files.newInputStream(archive), 1 << 16);
                InputStream in = new BufferedInputStream(new GZIPInputStream(raw, 1 << 16), 1 << 16)) {
            TarReader tar = new TarReader(archive, in);
            for (TarReader.Member member = tar.next(); member != null; member = tar.next()) {
                String name = member.fileName();
                if (!member.file() || !wanted.contains(name)) {
                    continue;
                }
                if (member.size() > limit || !done.add(name)) {
                    throw corrupt(archive, "member " + name + (member.size() > limit
                            ? " has " + member.size() + " bytes, at most " + limit + " are expected" : " occurs twice"));
                }
                byte[] buffer = new byte[1 << 16];
                AtomicFiles.write(folder.resolve(name), out -> {
                    for (int read = tar.read(buffer); read >= 0; read = tar.read(buffer)) {
                        out.write(buffer, 0, read);
                    }
                });
                missing.remove(name);
                if (missing.isEmpty()) {
                    return;
                }
            }
        } catch (ZipException | EOFException e) {
            throw corrupt(archive, "the gzip wrapper is broken: " + e.getMessage());
        }
        throw corrupt(archive, "members " + String.join(", ", missing) + " are missing");
    }

    private static CorruptFileException corrupt(Path archive, String fact) {
        return new CorruptFileException(archive, fact + ". Delete " + archive + " and fetch it again.");
    }
}

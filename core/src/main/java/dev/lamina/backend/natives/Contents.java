package dev.lamina.backend.natives;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The record beside unpacked libraries of what was written there. A start compares owner, size and time only (92 MB are not read again);
 * only where these differ, or where asked, SHA-256 decides.
 */
public final class Contents {
    /** Name of the record. */
    public static final String FILE = "lamina-contents";

    private static final Logger LOG = LoggerFactory.getLogger(Contents.class);

    /** A file as it was written; its time in milliseconds since 1970. */
    record Entry(String name, long size, long modified, String sha256) {
        String line() {
            return sha256 + " " + size + " " + modified + " " + name;
        }

        static Entry parse(String line) throws IOException {
            String[] parts = line.split(" ", 4);
            try {
                return new Entry(parts[3], Long.parseLong(parts[1]), Long.parseLong(parts[2]), parts[0]);
            } catch (ArrayIndexOutOfBoundsException | NumberFormatException e) {
                throw new IOException("unreadable line \"" + line + "\" in " + FILE, e);
            }
        }
    }

    private Contents() { }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    static void write(Path folder, List<Entry> entries) throws IOException {
        Path file = folder.resolve(FILE);
        Files.write(file, entries.stream().map(Entry::line).toList());
        OwnerOnly.seal(file);
    }

    /** The quick comparison, then the full one of each file that failed it; a file that only lost its time gets it back. */
    public static Optional<String> problem(Path folder) {
        return compare(folder, false);
    }

    /** The full comparison of every file. */
    public static Optional<String> damage(Path folder) {
        return compare(folder, true);
    }

    /** Makes the next quick comparison a full one, by taking the files' times away. */
    public static void distrust(List<Path> files) {
        for (Path file : files) {
            try {
                Files.setLastModifiedTime(file, FileTime.fromMillis(0));
            } catch (IOException e) {
                LOG.debug("{} keeps its time: {}", file, Reasons.of(e));
            }
        }
    }

    private static Optional<String> compare(Path folder, boolean full) {
        try {
            OwnerOnly.check(folder);
            for (Entry entry : read(folder)) {
                Path file = folder.resolve(entry.name());
                OwnerOnly.check(file);
                BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
                if (!found.isRegularFile() || found.size() != entry.size()) {
                    return Optional.of(entry.name() + " has " + found.size() + " bytes instead of " + entry.size());
                }
                boolean touched = found.lastModifiedTime().toMillis() != entry.modified();
                if ((full || touched) && !digest(file).equals(entry.sha256())) {
                    return Optional.of(entry.name() + " has other contents than were unpacked (SHA-256 differs)");
                }
                if (touched) {
                    Files.setLastModifiedTime(file, FileTime.fromMillis(entry.modified()));
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(Reasons.of(e));
        }
    }

    private static List<Entry> read(Path folder) throws IOException {
        Path file = folder.resolve(FILE);
        OwnerOnly.check(file);
        List<Entry> entries = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            entries.add(Entry.parse(line));
        }
        if (entries.isEmpty()) {
            throw new IOException(file + " is empty");
        }
        return entries;
    }

    private static String digest(Path file) throws IOException {
        MessageDigest digest = sha256();
        byte[] buffer = new byte[1 << 16];
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                digest.update(buffer, 0, n);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
